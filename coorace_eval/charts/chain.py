"""What we bring, what we count of it, and what each figure rests on.

Boxes and their links are placed in pixels, in Python, as the texts decide how tall each box is.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, islice, zip_longest
from typing import Any

import pandas as pd

from coorace_eval.campaigns.story import Story
from coorace_eval.charts import theme
from coorace_eval.charts.drawing import AnyChart, Rows, blank, channel, heading, layered, one_enterprise
from coorace_eval.charts.evidence import STRENGTHS, Link, links, told
from coorace_eval.charts.measure import width
from coorace_eval.charts.words import lines, plain, sentence, shorten
from coorace_eval.indicators import Results
from coorace_eval.language import mark, tr

QUESTION = mark("Sur quoi repose ce que nous disons apporter\u00a0?")
LEGEND = mark("Plus le trait est épais, plus le chiffre est solide\u00a0: le mot le dit à droite.")
BEST = mark("De chaque dimension, les apports les mieux étayés.")
MOST_ROWS, MOST_EACH = 8, 2
_WIDTHS = {"bring": 196, "count": 226, "rest": 190}
_SIZE, _GAP, _LINE, _PAD, _BETWEEN, _HEAD, _COLUMN = 13, 38, 16, 8, 9, 30, 24
_LETTERS = {"bring": 26, "count": 31, "rest": 26}
_FEWEST = 12
_THICK = {0: 1.5, 1: 2.5, 2: 5.0, 3: 9.0}


class _Drawing:
    """Marks gathered on the way down the page; ``y`` is where one stands."""

    def __init__(self) -> None:
        self.y = 0.0
        self.boxes: Rows = []
        self.texts: Rows = []
        self.strokes: Rows = []
        self.rules: Rows = []

    def box(self, column: str, top: float, tall: float, text: str) -> None:
        """A box that says its whole text to whoever points at it."""
        left = _left(column)
        self.boxes.append({
            "x": left, "x2": left + _WIDTHS[column], "y": top, "y2": top + tall,
            "fill": theme.GROUND if column == "rest" else "white", "told": text,
        })  # fmt: skip

    def text(self, x: float, y: float, said: str, *, look: str = "") -> None:
        self.texts.append({"x": x, "y": y, "text": said, "look": look})

    def paragraph(self, column: str, middle: float, said: Sequence[tuple[str, str]]) -> None:
        """Lines of text in a box, each with its look, about its middle."""
        top = middle - (len(said) - 1) * _LINE / 2
        for rank, (text, look) in enumerate(said):
            self.text(_left(column) + _PAD + 2, top + rank * _LINE, text, look=look)

    def stroke(self, start: tuple[float, float], end: tuple[float, float], strength: int | None) -> None:
        """A link from the right of a box to the left of the next; ``None`` says nothing of its strength."""
        number, (x, y), (x2, y2) = len(self.strokes), start, end
        wide = 1.5 if strength is None else _THICK[strength]
        for share in (0.0, 1.0) if y == y2 else (0.0, 0.12, 0.3, 0.5, 0.7, 0.88, 1.0):
            eased = share * share * (3 - 2 * share)
            self.strokes.append({
                "x": x + (x2 - x) * share, "y": y + (y2 - y) * eased, "link": number, "wide": wide,
                "colour": theme.QUIET if strength is None else theme.BLUE,
            })  # fmt: skip


def chain(results: Results, story: Story, year: int) -> AnyChart:
    """From what we bring to what it rests on: contribution, indicator, evidence.

    A link is as thick as its evidence is solid, and the word for it stands in the last column; a figure
    that is missing has a dashed link. Beyond eight indicators the best supported contributions of each
    dimension are drawn, two indicators each at most, and the subtitle says so.
    """
    every = _every(results, year)
    if not any(link.strength for link in every):
        return blank(tr(QUESTION))
    shown = _chosen(every)
    drawing = _Drawing()
    for column, title in zip(_WIDTHS, _titles(results), strict=True):
        drawing.text(_left(column), 6, shorten(title, _LETTERS[column]), look="title")
    drawing.y = _COLUMN
    for _, in_dimension in groupby(shown, key=lambda link: link.dimension.id):
        _dimension(drawing, list(in_dimension), story)
    subtitle = tr(LEGEND)
    if len(shown) < len(every):
        subtitle = f"{_counted(shown, every)} {tr(BEST)} {subtitle}"
    said = _description(shown, every, story, year)
    return _drawn(drawing, title=heading(tr(QUESTION), subtitle), description=said)


def chain_table(results: Results, story: Story, year: int, *, drawn: bool = False) -> pd.DataFrame:
    """The table that stands beside the chart: every indicator, what it says and what it rests on.

    With ``drawn`` only those that the chart shows, for a page that has no room for all.
    """
    levels = results.referential.levels.spoken
    every = _every(results, year)
    rows = [
        (
            plain(link.dimension.label), plain(link.contribution.label), plain(link.indicator.label),
            link.value, link.word, " · ".join(filter(None, [link.said, link.known])),
            told(story, link.dimension.id),
        )
        for link in (_chosen(every) if drawn else every)
    ]  # fmt: skip
    return pd.DataFrame(
        rows,
        columns=[
            levels.dimension, levels.contribution, levels.indicator, tr("Valeur {year}", year=year),
            tr("Solidité"), tr("Source"), tr("Ce qui a été dit"),
        ],
    )  # fmt: skip


def _every(results: Results, year: int) -> list[Link]:
    enterprise = one_enterprise(results, tr(QUESTION))
    if enterprise is None or (enterprise, year) not in results.answers.values.index:
        return []
    return links(results, enterprise, year)


def _chosen(every: list[Link]) -> list[Link]:
    """What is drawn: all of it where it fits, else the best supported of each dimension in turn."""
    if len(every) <= MOST_ROWS:
        return every
    queues = [_best_first(list(group)) for _, group in groupby(every, key=lambda link: link.dimension.id)]
    in_turn = (link for turn in zip_longest(*queues) for link in turn)
    kept = list(islice((link for link in in_turn if link is not None and link.strength), MOST_ROWS))
    return [link for link in every if link in kept]


def _best_first(held: list[Link]) -> list[Link]:
    """The indicators of a dimension, those of the best supported contribution first."""
    found = _contributions(held)
    found.sort(key=lambda group: -max(link.strength for link in group))
    return [
        link for group in found for link in sorted(group, key=lambda link: -link.strength)[:MOST_EACH]
    ]  # fmt: skip


def _contributions(held: list[Link]) -> list[list[Link]]:
    return [list(group) for _, group in groupby(held, key=lambda link: link.contribution.id)]


def _dimension(drawing: _Drawing, held: list[Link], story: Story) -> None:
    about = held[0].dimension
    drawing.rules.append({"y": drawing.y})
    drawing.text(0, drawing.y + _HEAD / 2, shorten(about.label, 58), look="dimension")
    drawing.text(_right("rest"), drawing.y + _HEAD / 2, told(story, about.id), look="aside")
    drawing.y += _HEAD
    for group in _contributions(held):
        _contribution(drawing, group)
    drawing.y += _BETWEEN / 2


def _contribution(drawing: _Drawing, held: list[Link]) -> None:
    """One contribution at the left, facing its indicators and their evidence."""
    rows = [(link, _indicator_lines(link), _evidence_lines(link)) for link in held]
    label = [(line, "") for line in _fitted(held[0].contribution.label, "bring", 5)]
    talls = [2 * _PAD + _LINE * max(len(count), len(rest)) for _, count, rest in rows]
    mine = 2 * _PAD + _LINE * len(label)
    whole = max(mine, sum(talls) + _BETWEEN * (len(rows) - 1))
    spare = (whole - sum(talls) - _BETWEEN * (len(rows) - 1)) / len(rows)
    middle = drawing.y + whole / 2
    drawing.box("bring", middle - mine / 2, mine, plain(held[0].contribution.label))
    drawing.paragraph("bring", middle, label)
    top = drawing.y
    for (link, count, rest), tall in zip(rows, talls, strict=True):
        here = top + (tall + spare) / 2
        drawing.stroke((_right("bring"), middle), (_left("count"), here), None)
        drawing.stroke((_right("count"), here), (_left("rest"), here), link.strength)
        wholes = (f"{plain(link.indicator.label)}, {link.value}", f"{link.word}, {link.said}")
        for column, said, whole_text in (("count", count, wholes[0]), ("rest", rest, wholes[1])):
            drawing.box(column, here - tall / 2, tall, whole_text)
            drawing.paragraph(column, here, said)
        top += tall + spare + _BETWEEN
    drawing.y += whole + _BETWEEN


def _indicator_lines(link: Link) -> list[tuple[str, str]]:
    label = [(line, "") for line in _fitted(link.indicator.label, "count", 2)]
    return [*label, (shorten(link.value, _LETTERS["count"]), "strong")]


def _evidence_lines(link: Link) -> list[tuple[str, str]]:
    said = [(line, "quiet") for line in _fitted(link.said, "rest", 1 if link.known else 2)]
    known = [(line, "quiet") for line in _fitted(link.known, "rest", 1) if line]
    return [(link.word, "strong"), *said, *known]


def _fitted(text: str, column: str, most: int) -> list[str]:
    """A text cut into lines that stay in their box, however wide its letters are."""
    room, letters = _WIDTHS[column] - 2 * _PAD, _LETTERS[column]
    while True:
        cut = lines(text, letters, most)
        if letters <= _FEWEST or max(width(line, _SIZE) for line in cut) <= room:
            return cut
        letters -= 3


_TEXT: dict[str, Any] = {"type": "text", "align": "left", "baseline": "middle", "fontSize": _SIZE}
_LOOKS: dict[str, dict[str, Any]] = {
    "": {}, "strong": {"fontWeight": 600}, "quiet": {"color": theme.SOFT},
    "title": {"color": theme.SOFT}, "dimension": {"fontWeight": 700},
    "aside": {"color": theme.SOFT, "align": "right"},
}  # fmt: skip


def _drawn(drawing: _Drawing, **about: Any) -> AnyChart:
    wide, tall = _right("rest"), drawing.y
    flat: dict[str, Any] = {"nice": False, "zero": False}
    x = channel("x", axis=None, scale=flat | {"domain": [0, wide]})
    y = channel("y", axis=None, scale=flat | {"domain": [tall, 0]})
    at = {"x": x, "y": y}
    along = at | {"detail": channel("link", "nominal"), "order": channel("x")}
    beside = {"x2": {"field": "x2"}, "y2": {"field": "y2"}, "fill": channel("fill", "nominal", scale=None)}
    kinds = sorted({(row["wide"], row["colour"]) for row in drawing.strokes})
    layers = [
        {"data": drawing.rules, "mark": {"type": "rule", "color": theme.GRID}, "encoding": {"y": y}},
        *(
            {
                "data": [row for row in drawing.strokes if (row["wide"], row["colour"]) == (thick, colour)],
                "mark": {"type": "line", "color": colour, "strokeWidth": thick, "strokeDash": dash},
                "encoding": along,
            }
            for thick, colour in kinds
            for dash in [[3, 3] if thick == _THICK[0] and colour == theme.BLUE else [1, 0]]
        ),
        {
            "data": drawing.boxes,
            "mark": {"type": "rect", "stroke": theme.SOFT, "strokeWidth": 1, "cornerRadius": 4},
            "encoding": at | beside,
        },
        *(
            {
                "data": [row for row in drawing.texts if row["look"] == look],
                "mark": _TEXT | style,
                "encoding": at | {"text": channel("text", "nominal")},
            }
            for look, style in _LOOKS.items()
        ),
    ]
    return layered(layers, width=wide, height=tall, **about)


def _left(column: str) -> float:
    names = list(_WIDTHS)
    return float(sum(_WIDTHS[name] + _GAP for name in names[: names.index(column)]))


def _right(column: str) -> float:
    return _left(column) + _WIDTHS[column]


def _titles(results: Results) -> tuple[str, str, str]:
    levels = results.referential.levels.spoken
    return levels.contribution, levels.indicator, tr("Ce sur quoi il repose")


def _counted(shown: list[Link], every: list[Link]) -> str:
    brought, whole = (len({link.contribution.id for link in some}) for some in (shown, every))
    return tr(
        "{some} apports sur {whole}, {few} chiffres sur {all}.",
        some=brought, whole=whole, few=len(shown), all=len(every),
    )  # fmt: skip


def _description(shown: list[Link], every: list[Link], story: Story, year: int) -> str:
    said = [
        tr(
            "{contribution} : {indicator}, {value} ({word}, {source})",
            contribution=plain(link.contribution.label), indicator=plain(link.indicator.label),
            value=link.value, word=link.word.lower(), source=link.said,
        )
        for link in shown
    ]  # fmt: skip
    counts = [(sum(link.strength == rank for link in every), tr(word)) for rank, word in enumerate(STRENGTHS)]
    lead = tr(
        "Chaîne de l'apport à la preuve en {year}\u00a0: {counts}.",
        year=year, counts=", ".join(f"{word.lower()} {count}" for count, word in counts if count),
    )  # fmt: skip
    left = [] if len(shown) == len(every) else [_counted(shown, every)]
    return sentence([" ".join([lead, *left, said[0]]), *said[1:]])
