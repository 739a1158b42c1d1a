"""Where the enterprise stands among those of its type: bands, never a rank nor another's figure."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, isnan

from coorace_eval import charts
from coorace_eval.campaigns.story import Story
from coorace_eval.formatting import MISSING
from coorace_eval.indicators import Results
from coorace_eval.language import mark, tr, trn
from coorace_eval.network import Band
from coorace_eval.network.bands import LEAST, MEDIAN
from coorace_eval.referential.model import Indicator
from coorace_eval.reports import figures
from coorace_eval.reports.content import Block, Cell, ChartData, Figure, Paragraph, Section, Series, Table
from coorace_eval.reports.sections import NETWORK, TITLES
from coorace_eval.reports.trace import reference

MOST_ROWS = 8
"""As many rows as a chart has where its table stays near it."""
_EDGES = {
    "p10": mark("Premier décile"),
    "p25": mark("Premier quartile"),
    "p50": mark("Médiane"),
    "p75": mark("Troisième quartile"),
    "p90": mark("Neuvième décile"),
}


def network(
    results: Results, enterprise: str, year: int, story: Story | None, bands: Mapping[str, Band]
) -> Section:
    """Our figures beside the bands of the others of our type, or why none can be shown."""
    known = {id for id, band in bands.items() if band.cuts.get("p50") is not None}
    placed = [indicator for indicator in results.referential.indicators if indicator.id in known]
    told = _shown(results, enterprise, year, placed, bands) if placed else [Paragraph(_too_few(story, year))]
    return Section(tr(TITLES[NETWORK]), tuple(told), id=NETWORK)


def _too_few(story: Story | None, year: int) -> str:
    parts = {"least": LEAST[MEDIAN], "year": year}
    if story is None or not story.enterprise.kinds:
        return tr(
            "Nos chiffres ne sont pas comparés\u00a0: il faut ceux d'au moins {least} autres entreprises du "
            "même type pour {year}, afin que personne ne puisse reconnaître le chiffre d'une autre.",
            **parts,
        )
    return tr(
        "Nos chiffres ne sont pas comparés\u00a0: il faut ceux d'au moins {least} autres entreprises du "
        "même type ({kind}) pour {year}, afin que personne ne puisse reconnaître le chiffre d'une autre.",
        kind=story.enterprise.kinds[0].label, **parts,
    )  # fmt: skip


def _shown(
    results: Results, enterprise: str, year: int, placed: list[Indicator], bands: Mapping[str, Band]
) -> list[Block]:
    opening = tr(
        "Nos chiffres du socle se lisent ici à côté de ceux des autres entreprises du même type ({kind}). "
        "Ce n'est pas un classement\u00a0: une bande dit où se tiennent la plupart des autres, jamais qui "
        "elles sont.",
        kind=bands[placed[0].id].kind.label,
    )
    told: list[Block] = [Paragraph(opening, "chapeau")]
    parts = ceil(len(placed) / MOST_ROWS)
    each = ceil(len(placed) / parts)
    for rank in range(parts):
        some = placed[rank * each : (rank + 1) * each]
        theirs = {indicator.id: bands[indicator.id] for indicator in some}
        chart = charts.place(results, theirs, year)
        caption = charts.headline(chart)
        if parts > 1:
            caption = tr("{question} ({rank} sur {all})", question=caption, rank=rank + 1, all=parts)
        data = [_data(results, enterprise, year, indicator, bands[indicator.id]) for indicator in some]
        told += [
            Figure.from_chart(chart, caption, data), _table(results, enterprise, year, some, theirs),
        ]  # fmt: skip
    return [*told, Paragraph(_counted(sorted(bands[indicator.id].n for indicator in placed)), "note")]


def _table(
    results: Results, enterprise: str, year: int, placed: list[Indicator], bands: Mapping[str, Band]
) -> Table:
    """Our figure, the median and the two bands; below each name, where we stand in words."""
    words = charts.place_table(results, bands, year).iloc[:, -1]
    rows = []
    for indicator, word in zip(placed, words, strict=True):
        band, ours = bands[indicator.id], results.value(indicator.id, enterprise, year)
        ref = "" if isnan(ours) else reference(results, indicator.id, enterprise, year)
        rows.append((
            Cell(indicator.label, "\n".join(filter(None, [figures.unit_apart(indicator), str(word)]))),
            Cell(figures.figure(indicator, ours), ref=ref, unit=figures.unit_apart(indicator)),
            Cell(figures.figure(indicator, band.cuts["p50"] or 0.0)),
            Cell(_between(indicator, band.half)), Cell(_between(indicator, band.deciles)), Cell(str(band.n)),
        ))  # fmt: skip
    head = (
        results.referential.levels.spoken.indicator, tr("Nous, en {year}", year=year), tr("Médiane"),
        tr("Moitié du milieu"), tr("Huit sur dix"), tr("Autres"),
    )  # fmt: skip
    return Table(tr("Nos chiffres et ceux du réseau"), head, tuple(rows), (1, 2, 3, 4, 5), (0,), "annexe")


def _between(indicator: Indicator, edges: tuple[float, float] | None) -> str:
    if edges is None:
        return MISSING
    low, high = (figures.figure(indicator, edge) for edge in edges)
    return tr("{low} à {high}", low=low, high=high)


def _counted(others: list[int]) -> str:
    low, high = others[0], others[-1]
    if low == high:
        said = trn(
            "Ces bandes reposent sur {n} autre entreprise.",
            "Ces bandes reposent sur {n} autres entreprises.",
            low,
        )
    else:
        said = tr(
            "Ces bandes reposent, selon l'indicateur, sur {low} à {high} autres entreprises.",
            low=low, high=high,
        )  # fmt: skip
    rule = tr(
        "Il en faut au moins {least} pour montrer une médiane\u00a0; les bornes sont arrondies.",
        least=LEAST[MEDIAN],
    )
    return f"{said} {rule}"


def _data(results: Results, enterprise: str, year: int, indicator: Indicator, band: Band) -> ChartData:
    ours = results.value(indicator.id, enterprise, year)
    edges = {name: band.cuts[id] for id, name in _EDGES.items() if band.cuts.get(id) is not None}
    return ChartData(
        "barres",
        indicator.label,
        (*(tr(name) for name in edges), tr("Nous, en {year}", year=year)),
        (Series(indicator.label, (*edges.values(), None if isnan(ours) else ours)),),
        "ratio" if indicator.unit == "ratio" else indicator.unit_text,
    )
