"""The sections of a report: which there are, and those that the enterprise chose, in its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coorace_eval.campaigns.edition import Edition, SectionChoice
from coorace_eval.campaigns.story import Story
from coorace_eval.language import mark, tr
from coorace_eval.problems import CooraceError, Problem, did_you_mean
from coorace_eval.referential.model import Dimension, Referential
from coorace_eval.reports.content import Paragraph, Section

METHOD, APPRECIATION, TARGETS, NETWORK = "demarche", "appreciation", "cibles", "reseau"
GAPS, DECISIONS, ANNEX, COLOPHON = "manques", "decisions", "annexe", "colophon"
ALWAYS = frozenset({METHOD, ANNEX})
"""What a report may move and never hides: how it was made, its sources and its gaps."""
TITLES = {
    METHOD: mark("La démarche"),
    APPRECIATION: mark("Notre appréciation, dimension par dimension"),
    TARGETS: mark("Nos cibles"),
    NETWORK: mark("Notre place dans le réseau"),
    GAPS: mark("Ce qui manque"),
    DECISIONS: mark("Nos décisions"),
    ANNEX: mark("Annexe"),
    COLOPHON: mark("À propos de ce document"),
}
"""The titles of the sections that every référentiel has."""
_TOLD = (APPRECIATION, DECISIONS)


def dimension_id(dimension: Dimension) -> str:
    """How a choice names the section of a dimension, such as ``dimension.emploi``."""
    return f"dimension.{dimension.id}"


def available(
    referential: Referential, story: Story | None, year: int, bands: Mapping[str, object] | None = None
) -> list[tuple[str, str]]:
    """The sections that a report has, each with its title, in their usual order.

    Parameters
    ----------
    story
        Without it there is neither appreciation nor decision.
    year
        The year that is told.
    bands
        What is known of the network; ``None`` leaves the comparison out.
    """
    del year
    there = [
        id for id in _usual(referential)
        if not (id in _TOLD and story is None) and not (id == NETWORK and bands is None)
    ]  # fmt: skip
    titles = TITLES | {dimension_id(d): d.label for d in referential.dimensions}
    return [(id, tr(titles[id]) if id in TITLES else titles[id]) for id in there]


def check(referential: Referential, edition: Edition) -> list[Problem]:
    """What is wrong with a choice of sections: names that no section has, or that come twice."""
    known = _usual(referential)
    named = [choice.id for choice in edition.sections]
    problems = []
    for id in dict.fromkeys(named):
        shown = id[:80]
        if id not in known:
            cause = tr("« {name} » n'est pas une section de ce document.", name=shown)
            problems.append(Problem("RAP-006", shown, cause, did_you_mean(id, known)))
        elif named.count(id) > 1:
            cause = tr("La section « {name} » est demandée {n} fois.", name=shown, n=named.count(id))
            problems.append(Problem("RAP-006", shown, cause, tr("Gardez-la une seule fois.")))
    return problems


def require(referential: Referential, edition: Edition) -> None:
    """Refuse a choice that names unknown sections.

    Raises
    ------
    CooraceError
        ``RAP-006``, all of them at once.
    """
    if problems := check(referential, edition):
        raise CooraceError(tr("Choix des sections"), problems)


def shown(id: str, edition: Edition) -> bool:
    """Whether the enterprise keeps a section; the method and the annex are always kept."""
    return id in ALWAYS or next((choice.shown for choice in edition.sections if choice.id == id), True)


def arrange(sections: Sequence[Section], edition: Edition) -> tuple[Section, ...]:
    """The sections as the enterprise wants them: chosen, in its order, with its own words.

    Those that it does not name follow in their usual order.
    """
    found = {section.id: section for section in sections}
    ordered = [choice for choice in edition.sections if choice.id in found]
    named = {choice.id for choice in ordered}
    ordered += [SectionChoice(section.id) for section in sections if section.id not in named]
    return tuple(
        _commented(found[choice.id], choice.comment) for choice in ordered if shown(choice.id, edition)
    )


def _commented(section: Section, comment: str) -> Section:
    if not comment.strip():
        return section
    return replace(section, blocks=(Paragraph(comment.strip(), "commentaire"), *section.blocks))


def _usual(referential: Referential) -> list[str]:
    dimensions = [dimension_id(d) for d in referential.dimensions]
    return [METHOD, APPRECIATION, *dimensions, TARGETS, NETWORK, GAPS, DECISIONS, ANNEX]
