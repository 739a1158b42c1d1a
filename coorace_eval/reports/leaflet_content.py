"""What a leaflet says: its figures, one chart, one quote, what comes next, and how it was made.

What the enterprise did not choose is chosen for it: targets that are reached, figures that all the
network follows, figures that moved; always known ones, from several dimensions.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from coorace_eval.campaigns.appreciation import Verbatim
from coorace_eval.campaigns.decisions import Decision
from coorace_eval.campaigns.edition import LAYOUTS, MOST_FIGURES, LeafletChoice
from coorace_eval.campaigns.story import Story
from coorace_eval.charts.targets import REACHED, attainment
from coorace_eval.charts.words import ELLIPSIS, plain
from coorace_eval.formatting import MISSING, NBSP, format_value
from coorace_eval.indicators import Results
from coorace_eval.indicators.compare import size_of_change
from coorace_eval.language import mark, tr, trn
from coorace_eval.problems import CooraceError, Problem, did_you_mean
from coorace_eval.referential import fingerprint
from coorace_eval.referential.model import Indicator
from coorace_eval.reports.trace import reference
from coorace_eval.vocabulary import IndicatorStatus, Level, ValueStatus

TITLE = mark("Ce que nous apportons à notre territoire")
USUAL_FIGURES = 6
_DIGITS = re.compile(r"(?<=\d) (?=\d)")  # a telephone number stays on one line
_OPENING, _CLOSING = re.compile(r"«\s*"), re.compile(r"\s*»")
_MOST_ROWS = 8
_MOST_YEARS = 6
_MOST_DECISIONS = 3
_LONGEST_QUOTE = 320
_RANKS = {level: rank for rank, level in enumerate(Level)}


@dataclass(frozen=True)
class KeyFigure:
    """One figure of a leaflet, in words: its value, its unit, its label, and what it stands beside."""

    value: str
    unit: str
    label: str
    note: str
    ref: str = ""


@dataclass(frozen=True)
class Row:
    """One dimension in the profile: ``level`` and ``before`` are ranks, ``None`` where unknown."""

    label: str
    word: str
    level: int | None
    before: int | None


@dataclass(frozen=True)
class Bar:
    """One year of an indicator: its height between 0 and 1, ``None`` for a gap, and its figure."""

    year: str
    height: float | None
    said: str


@dataclass(frozen=True)
class Picture:
    """The one chart: the profile in words (``rows``) or an indicator over the years (``bars``)."""

    title: str
    alt: str
    rows: tuple[Row, ...] = ()
    bars: tuple[Bar, ...] = ()
    legend: str = ""


@dataclass(frozen=True)
class Words:
    """Everything that a leaflet says, before it is cut to the room there is.

    ``beyond`` tells what one page never holds: decisions after the third, dimensions after the eighth.
    """

    title: str
    name: str
    place: str
    year: str
    text: str
    figures: tuple[KeyFigure, ...]
    picture: Picture | None
    quote: tuple[str, str] | None
    decisions: tuple[tuple[str, str], ...]
    method: str
    contact: str
    beyond: tuple[str, ...] = ()


def words(results: Results, year: int, story: Story, choice: LeafletChoice) -> Words:
    """What the leaflet of one enterprise says.

    Raises
    ------
    CooraceError
        When the choice names what is not there, or too much (``RAP-010``).
    """
    if problems := list(check_choice(results, story, choice)):
        raise CooraceError(tr("Plaquette"), problems)
    who = story.enterprise
    ids = choice.figures or usual_figures(results, who.id, year)
    chosen = [results.referential.indicator(id) for id in ids]
    figures = tuple(_figure(results, who.id, year, indicator) for indicator in chosen)
    return Words(
        title=plain(choice.title) or tr(TITLE),
        name=plain(who.label),
        place=_place(story),
        year=str(year),
        text=choice.text.strip(),
        figures=figures,
        picture=_profile(results, story) or _evolution(results, who.id, year, chosen),
        quote=_quote(story, choice.verbatim),
        decisions=tuple(_decisions(story)),
        method=_method(results, figures),
        contact=_DIGITS.sub(NBSP, plain(choice.contact)),
        beyond=tuple(_beyond(results, story)),
    )


def check_choice(results: Results, story: Story, choice: LeafletChoice) -> Iterator[Problem]:
    """What is wrong in a choice: too many figures, what does not exist, words shown without consent."""
    known = [indicator.id for indicator in results.referential.indicators]
    if choice.layout not in LAYOUTS:
        yield Problem("RAP-010", tr("mise en page"), tr("Cette mise en page n'existe pas."))
    if len(choice.figures) > MOST_FIGURES:
        cause = trn(
            "La plaquette compte {n} chiffre ; elle en montre {most} au plus.",
            "La plaquette compte {n} chiffres ; elle en montre {most} au plus.",
            len(choice.figures), most=MOST_FIGURES,
        )  # fmt: skip
        yield Problem("RAP-010", tr("chiffres"), cause, tr("Décochez ceux dont on peut se passer."))
    if len(set(choice.figures)) < len(choice.figures):
        yield Problem("RAP-010", tr("chiffres"), tr("Un même chiffre est choisi deux fois."))
    for id in choice.figures:
        if id not in known:
            cause = tr("Aucun indicateur ne s'appelle « {id} ».", id=plain(id)[:60])
            yield Problem("RAP-010", tr("chiffres"), cause, did_you_mean(id, known))
    if choice.verbatim and choice.verbatim not in {v.id for v in shareable(story)}:
        cause = tr("Ce verbatim n'existe plus, ou la personne n'a pas donné son accord.")
        yield Problem("RAP-010", tr("verbatim"), cause)


def shareable(story: Story) -> list[Verbatim]:
    """The quotes whose authors agreed that they be shown."""
    return [verbatim for verbatim in story.verbatims if verbatim.consent and verbatim.text.strip()]


def usual_figures(results: Results, enterprise: str, year: int) -> tuple[str, ...]:
    """The figures of an enterprise that chose none, in the order of the référentiel.

    Known ones only; first those whose target is reached, then those of the socle and those that
    moved, two of a dimension at most as long as others tell something.
    """
    now, before = _known(results, enterprise, year), _known(results, enterprise, year - 1)
    ranked: list[tuple[int, int, Indicator]] = []
    for place, indicator in enumerate(results.referential.indicators):
        if indicator.id not in now:
            continue
        value = now[indicator.id]
        worth = 4 * _reached(indicator, value) + 2 * (indicator.status is IndicatorStatus.SOCLE)
        moved = size_of_change(indicator, value - before.get(indicator.id, math.nan))
        worth += moved not in ("", MISSING)
        ranked.append((-worth, place, indicator))
    ranked.sort(key=lambda item: item[:2])
    told: Counter[str] = Counter()
    first: list[tuple[int, str]] = []
    rest: list[tuple[int, str]] = []
    for _, place, indicator in ranked:
        dimension = results.referential.dimension_of(indicator.id).id
        told[dimension] += 1
        (first if told[dimension] <= 2 else rest).append((place, indicator.id))
    return tuple(id for _, id in sorted([*first, *rest][:USUAL_FIGURES]))


def told_figures(results: Results, enterprise: str, year: int) -> dict[str, str]:
    """Each indicator of an enterprise with its value and unit, or why there is none."""
    known = _known(results, enterprise, year)
    return {
        indicator.id: format_value(known[indicator.id], indicator.unit, label=indicator.unit_text)
        if indicator.id in known
        else _why_missing(results, enterprise, year, indicator)
        for indicator in results.referential.indicators
    }


def _known(results: Results, enterprise: str, year: int) -> dict[str, float]:
    """The figures that are known for a year, read from their row at once."""
    if (enterprise, year) not in results.values.index:
        return {}
    row = results.values.loc[[(enterprise, year)]].iloc[0]
    return {str(name): float(value) for name, value in row.dropna().items()}


def _reached(indicator: Indicator, value: float) -> bool:
    return indicator.target is not None and attainment(indicator, value)[1] == REACHED


def _figure(results: Results, enterprise: str, year: int, indicator: Indicator) -> KeyFigure:
    value = results.value(indicator.id, enterprise, year)
    ref = reference(results, indicator.id, enterprise, year)
    if math.isnan(value):
        return KeyFigure(
            MISSING, "", plain(indicator.label), _why_missing(results, enterprise, year, indicator), ref
        )
    said = format_value(value, indicator.unit, label="")
    whole = format_value(value, indicator.unit, label=indicator.unit_text)
    unit = "" if indicator.unit.is_ratio else whole.removeprefix(said).strip()
    if plain(indicator.label).lower().startswith(unit.lower()):
        unit = ""  # « 64 personnes, personnes en parcours » says it twice
    return KeyFigure(
        said, unit, plain(indicator.label), _beside(results, enterprise, year, indicator, value), ref
    )


def _why_missing(results: Results, enterprise: str, year: int, indicator: Indicator) -> str:
    if (enterprise, year) not in results.values.index:
        return tr("{status} en {year}", status=ValueStatus.NON_RENSEIGNE.label, year=year)
    status = ValueStatus(str(results.statuses.at[(enterprise, year), indicator.id]))
    return tr("{status} en {year}", status=status.label, year=year)


def _beside(results: Results, enterprise: str, year: int, indicator: Indicator, value: float) -> str:
    """The year of a figure, with its target or else last year's figure."""
    status = str(results.statuses.at[(enterprise, year), indicator.id])
    now = tr("en {year} (estimé)", year=year) if status == ValueStatus.ESTIME else tr("en {year}", year=year)
    if aim := indicator.target:
        target = format_value(aim.value, indicator.unit, label="")
        if _reached(indicator, value):
            return tr("{now}, cible atteinte ({target})", now=now, target=target)
        return tr("{now}, cible {target} en {when}", now=now, target=target, when=aim.year)
    before = results.value(indicator.id, enterprise, year - 1)
    if math.isnan(before):
        return now
    return tr("{now}, {value} en {before}", now=now, value=format_value(before, indicator.unit, label=""),
              before=year - 1)  # fmt: skip


def _place(story: Story) -> str:
    """What the enterprise is, and where: never more than its main conventionnement."""
    who = story.enterprise
    kind = who.kinds[0].label if who.kinds else ""
    where = tr("{commune} ({department})", commune=plain(who.commune), department=who.department)
    return ", ".join(filter(None, [kind, where if who.commune.strip() else ""]))


def _profile(results: Results, story: Story) -> Picture | None:
    """The collective appreciation; nothing where fewer than two dimensions have one."""
    now = {a.dimension: a.level for a in story.appreciations if a.level}
    before = {a.dimension: a.level for a in story.previous_appreciations if a.level}
    told = [d for d in results.referential.dimensions if d.id in now]
    if len(told) < 2:
        return None
    ranks = {id: _RANKS[level] for id, level in before.items()}
    rows = tuple(
        Row(plain(d.label), now[d.id].label, _RANKS[now[d.id]], ranks.get(d.id)) for d in told[:_MOST_ROWS]
    )
    last = story.campaign.year - 1
    alt = [
        tr("{label} : {word}, {word_before} en {year}", label=row.label, word=row.word.lower(),
           word_before=list(Level)[row.before].label.lower(), year=last)
        if row.before is not None
        else tr("{label} : {word}", label=row.label, word=row.word.lower())
        for row in rows
    ]  # fmt: skip
    scale = ", ".join(level.label.lower() for level in Level)
    opening = tr("Appréciation collective, sur quatre niveaux en mots ({scale}).", scale=scale)
    legend = tr("niveau en {year}", year=last) if any(row.before is not None for row in rows) else ""
    return Picture(tr("Où nous pensons en être"), f"{opening} {' ; '.join(alt)}.", rows, legend=legend)


def _evolution(results: Results, enterprise: str, year: int, chosen: list[Indicator]) -> Picture | None:
    """The first chosen indicator that is known for two years or more, none of them negative."""
    for indicator in chosen:
        years = range(year - _MOST_YEARS + 1, year + 1)
        values = [results.value(indicator.id, enterprise, when) for when in years]
        known = [value for value in values if not math.isnan(value)]
        if len(known) < 2 or min(known) < 0 or max(known) == 0 or math.isnan(values[-1]):
            continue
        first = next(rank for rank, value in enumerate(values) if not math.isnan(value))
        bars = tuple(
            Bar(
                str(when),
                None if math.isnan(value) else value / max(known),
                tr("n. d.") if math.isnan(value) else format_value(value, indicator.unit, label=""),
            )
            for when, value in list(zip(years, values, strict=True))[first:]
        )
        told = " ; ".join(tr("{value} en {year}", value=bar.said, year=bar.year) for bar in bars)
        unit = "" if indicator.unit.is_ratio else tr("en {unit}", unit=indicator.unit_text)
        gap = tr("n. d. : non disponible") if any(bar.height is None for bar in bars) else ""
        label = plain(indicator.label)
        return Picture(label, tr("{label} : {told}.", label=label, told=told), bars=bars,
                       legend=", ".join(filter(None, [unit, gap])))  # fmt: skip
    return None


def _quote(story: Story, chosen: str) -> tuple[str, str] | None:
    """The chosen quote; else the first one short enough to be read standing."""
    there = shareable(story)
    if chosen:
        there = [verbatim for verbatim in there if verbatim.id == chosen]
    there.sort(key=lambda verbatim: len(verbatim.text) > _LONGEST_QUOTE)
    return (_inner(there[0].text), plain(there[0].who)) if there else None


def _inner(text: str) -> str:
    """A text that will stand between « and »: its own marks go, or become those of a quote in a quote.

    >>> _inner("« Je disais « je ne sais rien faire ». »")
    'Je disais “je ne sais rien faire”.'
    """
    text = text.strip()
    if text.startswith("«") and text.endswith("»"):
        text = text[1:-1]
    return _CLOSING.sub("”", _OPENING.sub("“", text.strip().strip('"'))).strip()


def _decisions(story: Story) -> Iterator[tuple[str, str]]:
    """What is still to do, three at most, each with by when."""
    for decision in _waiting(story)[:_MOST_DECISIONS]:
        yield plain(decision.label), plain(decision.due)


def _waiting(story: Story) -> list[Decision]:
    return [decision for decision in story.decisions if not decision.done and decision.label.strip()]


def _beyond(results: Results, story: Story) -> Iterator[str]:
    """What does not even begin on the page, in words."""
    known = {dimension.id for dimension in results.referential.dimensions}
    told = sum(1 for a in story.appreciations if a.level and a.dimension in known)
    if (left := told - _MOST_ROWS) > 0:
        yield trn("{n} dimension laissée de côté", "{n} dimensions laissées de côté", left)
    if (left := len(_waiting(story)) - _MOST_DECISIONS) > 0:
        yield trn("{n} décision laissée de côté", "{n} décisions laissées de côté", left)


def _method(results: Results, figures: tuple[KeyFigure, ...]) -> str:
    found = results.referential
    told = tr(
        "Auto-évaluation accompagnée : l'entreprise regarde elle-même ce qu'elle apporte, avec ses parties "
        "prenantes. Chaque chiffre est calculé par une formule écrite dans le référentiel « {label} » "
        "({reference}, empreinte {print}).",
        label=plain(found.label), reference=found.reference, print=fingerprint(found)[:12],
    )  # fmt: skip
    refs = ", ".join(figure.ref for figure in figures if figure.ref)
    if not refs:
        return told
    return " ".join([told, tr("Références des chiffres, dans l'ordre : {refs}.", refs=refs)])


def shortened(text: str, limit: int) -> str:
    """A text of at most ``limit`` signs, cut after a sentence where there is one, else after a word.

    >>> shortened("Une phrase. Une autre, bien plus longue.", 24)
    'Une phrase. …'
    """
    if len(text) <= limit:
        return text
    cut = text[: limit - 2]
    sentence = max(cut.rfind(end) for end in (". ", "! ", "? ", ".\n", "!\n", "?\n"))
    if sentence >= limit // 3:
        return f"{cut[: sentence + 1]} {ELLIPSIS}"
    word = max(cut.rfind(" "), cut.rfind("\n"))
    return cut[: word if word > limit // 2 else None].rstrip(" ,;:\n\u00a0") + ELLIPSIS
