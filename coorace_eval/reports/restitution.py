"""The restitution of an accompanied self-evaluation: what is said, in the order it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import pandas as pd

from coorace_eval import __version__
from coorace_eval.campaigns.decisions import Decision
from coorace_eval.campaigns.edition import Edition
from coorace_eval.campaigns.story import Story
from coorace_eval.charts.drawing import one_enterprise
from coorace_eval.formatting import MISSING, format_date
from coorace_eval.indicators import Results
from coorace_eval.language import mark, speaking, tr, trn
from coorace_eval.network import Band
from coorace_eval.referential import fingerprint
from coorace_eval.reports import figures, sections
from coorace_eval.reports.annex import annex
from coorace_eval.reports.content import (
    Block,
    Cell,
    Entries,
    Entry,
    Heading,
    Paragraph,
    Report,
    Section,
    Table,
)
from coorace_eval.reports.dimension import dimension_section
from coorace_eval.reports.method import method
from coorace_eval.reports.network import network
from coorace_eval.reports.trace import digest
from coorace_eval.vocabulary import ValueStatus

TITLE = mark("Restitution de l'auto-évaluation")
_MOST_ASKED = 12  # beyond, what is missing is a list of names, without the questions
_DRAWN = ("svg", "pixels")


def report(
    results: Results,
    year: int,
    story: Story | None = None,
    *,
    edition: Edition | None = None,
    bands: Mapping[str, Band] | None = None,
) -> Report:
    """The restitution of one enterprise for one year.

    Parameters
    ----------
    results
        The figures of the enterprise, with the years before where they are known.
    year
        The year that is told.
    story
        What was said and decided; without it the report holds figures only.
    edition
        What the enterprise chose: its sections, their order, its comments, the language.
    bands
        How the enterprises of the same type are spread, by indicator; empty where they are too few.
        Without them the report does not speak of the network.

    Raises
    ------
    AnswerError
        When the results hold several enterprises and no story says which.
    CooraceError
        When the edition names sections that do not exist (``RAP-006``).
    """
    chosen = edition or Edition()
    with speaking(chosen.language):
        sections.require(results.referential, chosen)
        if story is not None and set(results.values.index.unique("enterprise")) != {story.enterprise.id}:
            results = results.select(enterprise=story.enterprise.id)
        enterprise = one_enterprise(results, tr(TITLE)) or (story.enterprise.id if story else "")
        told = sections.arrange(list(_told(results, enterprise, year, story, chosen, bands)), chosen)
        name = story.enterprise.label if story else enterprise or tr("Entreprise")
        facts = tuple(_cover(results, year, story))
        whole = Report(tr(TITLE), name, year, facts, told, chosen.language, _settled(results, year))
        return replace(whole, sections=(*told, _colophon(results, whole)))


def _told(
    results: Results,
    enterprise: str,
    year: int,
    story: Story | None,
    edition: Edition,
    bands: Mapping[str, Band] | None,
) -> Iterator[Section]:
    """The sections that will be shown, in their usual order; what is hidden is not even drawn."""
    dimensions = {sections.dimension_id(d): d for d in results.referential.dimensions}
    for id, _ in sections.available(results.referential, story, year, bands):
        if not sections.shown(id, edition):
            continue
        if id in dimensions:
            yield dimension_section(results, enterprise, year, dimensions[id], story)
        elif id == sections.METHOD:
            yield method(results, enterprise, year, story)
        elif id == sections.TARGETS:
            yield _targets(results, enterprise, year)
        elif id == sections.GAPS:
            yield _gaps(results, year)
        elif id == sections.ANNEX:
            yield annex(results, enterprise, year)
        elif id == sections.APPRECIATION and story is not None:
            yield _profile(results, story, bands)
        elif id == sections.DECISIONS and story is not None:
            yield _decisions(story)
        elif id == sections.NETWORK and bands is not None:
            yield network(results, enterprise, year, story, bands)


def _section(id: str, *blocks: Block) -> Section:
    return Section(tr(sections.TITLES[id]), blocks, id=id)


def _cover(results: Results, year: int, story: Story | None) -> Iterator[tuple[str, str]]:
    if story is not None:
        who = story.enterprise
        yield tr("Conventionnements"), ", ".join(kind.label for kind in who.kinds) or MISSING
        place = [who.commune, tr("département {code}", code=who.department), who.region]
        yield tr("Territoire"), ", ".join(filter(None, place))
        if planned := _day(story.framing.get("restitution_prevue", "")):
            yield tr("Restitution prévue"), planned
    found = results.referential
    yield (
        tr("Référentiel"),
        tr(
            "{label} ({reference}, empreinte {print})",
            label=found.label, reference=found.reference, print=fingerprint(found)[:12],
        ),
    )  # fmt: skip
    if settled := _settled(results, year):
        yield tr("Données arrêtées au"), format_date(settled)


def _colophon(results: Results, told: Report) -> Section:
    """What identifies the document: the référentiel, the day of the data, a sum of all that is said."""
    found = results.referential
    entries = [
        Entry(tr("Référentiel"), (found.label, tr("Version {version}", version=found.reference))),
        Entry(tr("Empreinte du référentiel"), (fingerprint(found),)),
        Entry(tr("Données arrêtées au"), (format_date(told.settled) if told.settled else MISSING,)),
        Entry(tr("Empreinte du contenu"), (digest(_said(told.to_dict()), 16),)),
        Entry(tr("Logiciel"), (f"coorace-eval {__version__}",)),
    ]
    text = tr(
        "Ce document se refait à l'identique à partir des mêmes données. Deux exemplaires qui portent la "
        "même empreinte du contenu disent la même chose."
    )
    return _section(sections.COLOPHON, Paragraph(text, "chapeau"), Entries(tuple(entries), "fiche"))


def _said(content: object) -> object:
    """Content without its drawings, which say again what the figures say."""
    if isinstance(content, dict):
        return {key: _said(value) for key, value in content.items() if key not in _DRAWN}
    return [_said(value) for value in content] if isinstance(content, (list, tuple)) else content


def _settled(results: Results, year: int) -> date | None:
    """The day of the last answer of the year: the report is dated by its data, not by the clock."""
    notes = results.answers.notes
    days = pd.to_datetime(notes.loc[notes["year"] == year, "at"], errors="coerce", utc=True).dropna()
    return days.max().date() if len(days) else None


def _day(text: str) -> str:
    try:
        return format_date(date.fromisoformat(text.strip()))
    except ValueError:
        return text.strip()


def _profile(results: Results, story: Story, bands: Mapping[str, Band] | None) -> Section:
    known = {d.id for d in results.referential.dimensions}
    placed = (*story.appreciations, *story.previous_appreciations)
    if not any(a.level and a.dimension in known for a in placed):
        nothing = tr("Aucune appréciation collective n'a encore été écrite.")
        return _section(sections.APPRECIATION, Paragraph(nothing))
    text = tr(
        "Le groupe de travail a situé chaque dimension sur quatre niveaux, en mots, après avoir lu les "
        "faits. Ces niveaux disent un chemin\u00a0: ils ne s'additionnent pas et ne se comparent pas d'une "
        "entreprise à l'autre."
    )
    return _section(
        sections.APPRECIATION, Paragraph(text, "chapeau"), *figures.profile(results, story, bands)
    )


def _targets(results: Results, enterprise: str, year: int) -> Section:
    drawn = figures.targets(results, enterprise, year)
    if not drawn:
        return _section(sections.TARGETS, Paragraph(tr("Aucun indicateur n'a de cible.")))
    text = tr("Une cible est une valeur que l'entreprise s'est donnée, pour elle-même et pour une année.")
    near = tr("« Proche » : au moins 80 % de la cible. « En chemin » : moins de 80 %.")
    return _section(sections.TARGETS, Paragraph(text, "chapeau"), *drawn, Paragraph(near, "note"))


def _gaps(results: Results, year: int) -> Section:
    gaps = results.gaps()
    gaps = gaps[gaps["year"] == year]
    if gaps.empty:
        return _section(sections.GAPS, Paragraph(tr("Aucune donnée ne manque pour cet exercice.")))
    asked = len(gaps) <= _MOST_ASKED
    rows = tuple(
        (
            Cell(g.label, g.question if asked else ""),
            Cell(ValueStatus(g.status).label, quiet=True),
            Cell(_waiting(g.waiting_labels)),
        )
        for g in gaps.itertuples()
    )
    text = trn(
        "{n} donnée manque pour l'exercice {year}. Un calcul au moins l'attend.",
        "{n} données manquent pour l'exercice {year}. Voici lesquelles, et les indicateurs qui les "
        "attendent.",
        len(gaps), year=year,
    )  # fmt: skip
    return _section(
        sections.GAPS,
        Paragraph(text, "chapeau"),
        Table(
            tr("Données manquantes, des plus attendues aux moins attendues"),
            (tr("Donnée"), tr("Statut"), tr("Indicateurs qui l'attendent")),
            rows, wide=(0, 2), tone="texte" if asked else "annexe",
        ),
    )  # fmt: skip


def _waiting(labels: tuple[str, ...], most: int = 3) -> str:
    said = [*labels[:most]]
    if len(labels) > most:
        said.append(trn("et {n} autre", "et {n} autres", len(labels) - most))
    return "\u00a0; ".join(said)


def _decisions(story: Story) -> Section:
    year = story.campaign.year
    nothing = tr("Aucune décision n'a encore été écrite.")
    blocks: list[Block] = [
        Heading(tr("Ce que nous décidons pour la suite de {year}", year=year)),
        _list(story.decisions, tr("À faire"), nothing),
    ]
    if story.previous_decisions:
        blocks += [
            Heading(tr("Ce que nous avions décidé en {year}", year=year - 1)),
            _list(story.previous_decisions, tr("Pas encore fait")),
        ]
    return _section(sections.DECISIONS, *blocks)


def _list(decisions: tuple[Decision, ...], waiting: str, nothing: str = "") -> Entries | Paragraph:
    if not decisions:
        return Paragraph(nothing)
    return Entries(tuple(Entry(d.label, _by(d), tr("Fait") if d.done else waiting) for d in decisions))


def _by(decision: Decision) -> tuple[str, ...]:
    told = [decision.who, tr("échéance\u00a0: {due}", due=decision.due) if decision.due else ""]
    return (", ".join(filter(None, told)),) if any(told) else ()
