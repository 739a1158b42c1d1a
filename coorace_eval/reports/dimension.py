"""One dimension of the restitution: facts, appreciation and words of people, side by side."""

from __future__ import annotations

import math

from coorace_eval.campaigns.story import Story
from coorace_eval.formatting import MISSING, NBSP, format_value
from coorace_eval.indicators import Results
from coorace_eval.indicators.compare import size_of_change
from coorace_eval.language import tr
from coorace_eval.referential.model import Dimension, Indicator
from coorace_eval.reports import figures
from coorace_eval.reports.content import Block, Cell, Heading, Paragraph, Quote, Section, Stance, Table
from coorace_eval.reports.sections import dimension_id
from coorace_eval.reports.trace import reference
from coorace_eval.vocabulary import IndicatorStatus, Level, ValueStatus

MINUS = "\u2212"
MOST_DRAWN = 6
_RANKS = {level: rank for rank, level in enumerate(Level)}


def dimension_section(
    results: Results, enterprise: str, year: int, dimension: Dimension, story: Story | None
) -> Section:
    """What is known, thought and said of one dimension."""
    chosen = [i for contribution in dimension.contributions for i in contribution.indicators]
    blocks: list[Block] = []
    if dimension.question:
        blocks.append(Paragraph(dimension.question, "chapeau"))
    blocks += [Heading(tr("Les faits")), *_facts(results, enterprise, year, dimension, chosen)]
    if story is not None:
        blocks += [Heading(tr("Notre appréciation")), *_appreciation(story, dimension)]
        if quotes := [
            Quote(v.text, v.who) for v in story.verbatims if v.dimension == dimension.id and v.consent
        ]:
            blocks += [Heading(tr("Ce qu'en disent les personnes")), *quotes]
    return Section(dimension.label, tuple(blocks), id=dimension_id(dimension))


def change(indicator: Indicator, value: float, previous: float) -> str:
    """The change since last year: points for a share, the unit's own figure otherwise.

    Examples: « +11,3 points », « −1 », « stable ».
    """
    size = size_of_change(indicator, value - previous, unit=False)
    if size in ("", MISSING):
        return size or tr("stable")
    return ("+" if value > previous else MINUS) + size


def robustness(results: Results, enterprise: str, year: int, indicator: Indicator) -> str:
    """How far the figure can be trusted, where the référentiel says how to know."""
    told = indicator.robustness
    if told is None or (enterprise, year) not in results.values.index:
        return ""
    known = results.explain(indicator.id, enterprise, year)
    if math.isnan(known.robustness):
        return ""
    said = f"{told.label}{NBSP}: {format_value(known.robustness, 'ratio')}"
    return tr("{said}, à lire avec prudence", said=said) if known.fragile else said


def _facts(
    results: Results, enterprise: str, year: int, dimension: Dimension, chosen: list[Indicator]
) -> list[Block]:
    if not chosen:
        return [Paragraph(tr("Aucun indicateur n'a été gardé pour cette dimension."))]
    now, before = _figures(results, enterprise, year), _figures(results, enterprise, year - 1)
    rows = tuple(
        _row(results, enterprise, year, i, now.get(i.id, math.nan), before.get(i.id, math.nan))
        for i in chosen
    )
    label = results.referential.levels.spoken.indicator
    head = (label, str(year), str(year - 1), tr("Évolution"), tr("Cible"))
    caption = tr("Les indicateurs de {year}", year=year)
    blocks: list[Block] = [Table(caption, head, rows, figures=(1, 2, 3, 4))]
    known, drawn = _followed(results, enterprise, chosen)
    if drawn:
        caption = tr("L'évolution au fil des années")
        if len(drawn) < len(known):
            caption = tr(
                "L'évolution au fil des années\u00a0: {drawn} indicateurs sur {known}",
                drawn=len(drawn), known=len(known),
            )  # fmt: skip
        blocks += figures.evolution(results, enterprise, drawn, caption)
    return blocks


def _followed(
    results: Results, enterprise: str, chosen: list[Indicator]
) -> tuple[list[Indicator], list[Indicator]]:
    """The indicators known at least twice, and those to draw, both in the order of the référentiel.

    Drawn first are those that have a target, then the shared core, then those that moved most.
    """
    whose = results.values.index.get_level_values("enterprise") == enterprise
    values = results.values[whose].sort_index()
    known = [indicator for indicator in chosen if values[indicator.id].notna().sum() > 1]

    def rank(indicator: Indicator) -> tuple[bool, bool, float]:
        before, now = map(float, values[indicator.id].dropna().iloc[-2:])
        moved = abs(now - before) / (max(abs(now), abs(before)) or 1.0)
        return indicator.target is None, indicator.status is not IndicatorStatus.SOCLE, -moved

    first = {indicator.id for indicator in sorted(known, key=rank)[:MOST_DRAWN]}
    return known, [indicator for indicator in known if indicator.id in first]


def _figures(results: Results, enterprise: str, year: int) -> dict[str, float]:
    """Every figure of one year, read at once."""
    values = results.values
    return dict(values.loc[(enterprise, year)]) if (enterprise, year) in values.index else {}


def _row(
    results: Results, enterprise: str, year: int, indicator: Indicator, value: float, previous: float
) -> tuple[Cell, ...]:
    target, sure = indicator.target, robustness(results, enterprise, year, indicator)
    aim, by = MISSING, ""
    if target is not None:
        aim, by = figures.figure(indicator, target.value), tr("en {year}", year=target.year)
    return (
        Cell(indicator.label, "\n".join(filter(None, [figures.unit_apart(indicator), sure]))),
        _value(results, enterprise, year, indicator, value),
        _known_before(results, enterprise, year - 1, indicator, previous),
        Cell(change(indicator, value, previous)),
        Cell(aim, by),
    )


def _value(results: Results, enterprise: str, year: int, indicator: Indicator, value: float) -> Cell:
    status = ValueStatus.NON_RENSEIGNE
    if (enterprise, year) in results.statuses.index:
        status = ValueStatus(str(results.statuses.at[(enterprise, year), indicator.id]))
    if math.isnan(value):
        return Cell(status.label, quiet=True)
    estimated = status.label.lower() if status is ValueStatus.ESTIME else ""
    ref = reference(results, indicator.id, enterprise, year)
    return Cell(figures.figure(indicator, value), estimated, ref=ref, unit=figures.unit_apart(indicator))


def _known_before(results: Results, enterprise: str, year: int, indicator: Indicator, value: float) -> Cell:
    ref = "" if math.isnan(value) else reference(results, indicator.id, enterprise, year)
    return Cell(figures.figure(indicator, value), ref=ref, unit=figures.unit_apart(indicator) if ref else "")


def _appreciation(story: Story, dimension: Dimension) -> list[Block]:
    now = next((a for a in story.appreciations if a.dimension == dimension.id), None)
    before = next((a for a in story.previous_appreciations if a.dimension == dimension.id), None)
    last, year = before.level if before else None, story.campaign.year
    if now is None or now.level is None:
        told = tr("Cette dimension n'a pas été appréciée en {year}.", year=year)
        if last:
            told += " " + tr("En {year}, elle était «\u00a0{level}\u00a0».", year=year - 1, level=last.label)
        why = [Paragraph(now.why)] if now and now.why.strip() else []
        return [Paragraph(told), *why]
    said = now.level.label + "."
    if last:
        said = tr(
            "{level} (en {year}\u00a0: {before}).",
            level=now.level.label,
            year=year - 1,
            before=last.label.lower(),
        )
    if now.confidence:
        said += " " + tr("Certitude du groupe\u00a0: {word}.", word=now.confidence.label.lower())
    words = tuple(level.label for level in Level)
    return [Stance(words, _RANKS[now.level], said, now.why, _RANKS[last] if last else None)]
