"""Texts kept out of a drawing while it is made, and put back where they belong.

Measuring letters takes nearly all the time of a drawing. A text whose width decides nothing, or whose
width we know (``measure``), travels as the number of a place: the engine draws an empty text that bears
that number as its font. Where the end of a text may widen the drawing, an empty text stands there too,
and is taken away afterwards. The picture is the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeGuard
from xml.sax.saxutils import escape

from coorace_eval.charts.measure import face, width
from coorace_eval.charts.theme import FONT, LETTERS

Spec: TypeAlias = dict[str, Any]

_EMPTY = " "
_MARK = "§"
_PLACED = re.compile(rf'<text ([^>]*?)font-family="{_MARK}(\d*)"([^>]*?)(?:/>|>(.*?)</text>)')
_SPOKEN = re.compile(r'(<(?:g|path) [^>]*?)(?: (?:role|aria-[a-z]+)="[^"]*")+')
_IDLE = re.compile(r'<g class="mark-text[^>]*>\s*</g>|<path class="[a-z]+" d="[^"]*"[^>]* display="none"/>')
_LINE = re.compile(r"<tspan([^>]*?)(?:/>|></tspan>)")
_SHIFTS = {"left": (1.0,), "right": (-1.0,), "center": (0.5, -0.5)}
_LAYERS = ("layer", "concat", "hconcat", "vconcat")
_KNOWN_MARK = {
    "type", "align", "baseline", "dx", "dy", "x", "y", "fontSize", "fontWeight", "fontStyle", "color",
    "opacity", "fill", "clip", "tooltip",
}  # fmt: skip
_KNOWN_ENCODING = {"x", "y", "text", "color", "opacity", "detail", "order", "xOffset", "yOffset", "fill"}
_KNOWN_TEXT = {"field", "type", "value", "title"}
_AXIS_GAP = 8.0


class _Along(NamedTuple):
    """Where the years of a chart stand across it, in pixels."""

    field: str
    places: dict[object, float]
    wide: float

    def holds(self, row: Spec, shift: Any, letters: float, align: str) -> bool:
        """Whether a text as wide as this ends inside the chart."""
        name = re.fullmatch(r"datum\.(\w+)", shift["expr"]) if isinstance(shift, dict) else None
        found = row.get(name[1], 0.0) if name else shift
        if not isinstance(found, (int, float)) or row.get(self.field) not in self.places:
            return False
        place = self.places[row[self.field]] + found
        return all(0 <= place + part * letters <= self.wide for part in _SHIFTS[align])


class Aside:
    """The texts that a drawing leaves out; each place holds the lines of one text.

    Parameters
    ----------
    spec
        A specification that nothing else holds: it is changed in place.
    """

    def __init__(self, spec: Spec) -> None:
        self.places: list[Sequence[str]] = []
        self._datasets = spec.get("datasets", {})
        self._axes: dict[tuple[object, ...], int] = {}
        self._unit(spec, None, 0.0, {})

    def back_in(self, drawn: str) -> str:
        """The picture with its texts."""
        return _IDLE.sub("", _SPOKEN.sub(r"\1", _PLACED.sub(self._written, drawn)))

    def _written(self, found: re.Match[str]) -> str:
        before, number, after, inner = found.groups()
        if not number:
            return ""
        said = iter([escape(line.strip()) for line in self.places[int(number)]])
        if inner:
            inner = _LINE.sub(lambda line: f"<tspan{line[1]}>{next(said, '')}</tspan>", inner)
        return f'<text {before}font-family="{FONT}"{after}>{inner or next(said, "")}</text>'

    def _place(self, lines: Sequence[str]) -> int:
        self.places.append(lines)
        return len(self.places) - 1

    def _unit(self, spec: Spec, rows: list[Spec] | None, wide: float, across: Spec) -> None:
        """One chart and those inside it; ``rows``, ``wide`` and ``across`` come from the chart around it."""
        rows = self._rows(spec, rows)
        wide = spec["width"] if isinstance(spec.get("width"), (int, float)) else wide
        self._titles(spec, wide)
        across = spec.get("encoding", {}).get("x") or across
        self._axis(across, wide)
        for name in _LAYERS:
            inside = []
            for part in spec.get(name, ()):
                part = dict(part)
                self._unit(part, rows, wide, across)
                inside += [
                    part,
                    *(self._stakes(part, rows, _places(across, wide)) if name == "layer" else ()),
                ]
            if inside:
                spec[name] = inside

    def _rows(self, spec: Spec, around: list[Spec] | None) -> list[Spec] | None:
        data = spec.get("data")
        if not isinstance(data, dict):
            return around
        rows = data.get("values", self._datasets.get(data.get("name")))
        return rows if isinstance(rows, list) else None

    def _titles(self, spec: Spec, wide: float) -> None:
        """A title decides nothing above a small chart, nor above a chart that is wider than it."""
        title = spec.get("title")
        if not isinstance(title, dict):
            return
        for part in ("text", "subtitle"):
            lines, look = title.get(part), LETTERS[part]
            if (
                isinstance(lines, list)
                and lines
                and (title.get("frame") == "group" or _fits(lines, look, wide))
            ):
                number = self._place([str(line) for line in lines])
                font = "font" if part == "text" else "subtitleFont"
                title |= {part: [_EMPTY] * len(lines), font: f"{_MARK}{number}"}
        spec["title"] = title

    def _axis(self, channel: Any, wide: float) -> None:
        """The years below a chart, where each has its room: then none is left out, and none goes beyond."""
        if not isinstance(channel, dict) or not isinstance(channel.get("axis"), dict):
            return
        axis, scale = channel["axis"], channel.get("scale") or {}
        years = scale.get("domain")
        plain = axis.get("labelAngle") == 0 and not {"labelExpr", "format", "labels", "orient"} & set(axis)
        if not (plain and scale.get("type") == "point" and isinstance(years, list) and "padding" in scale):
            return
        if not all(type(year) is int for year in years):
            return
        step = wide / max(1, len(years) - 1 + 2 * scale["padding"])
        room = min(step, 2 * step * scale["padding"])
        size, _ = LETTERS["axis"]
        if max(width(str(year), size) for year in years) + _AXIS_GAP > room:
            return
        first = self._axes.setdefault(tuple(years), len(self.places))
        if first == len(self.places):
            self.places += [(str(year),) for year in years]
        font = f"'{_MARK}' + ({first} + indexof({json.dumps(years)}, datum.value))"
        channel["axis"] = axis | {"labelExpr": f"'{_EMPTY}'", "labelFont": {"expr": font}}

    def _stakes(self, spec: Spec, rows: list[Spec] | None, along: _Along | None) -> Iterator[Spec]:
        """Set the texts of one layer aside; what comes back stands where they end, unless all end inside."""
        rows = self._rows(spec, rows)
        mark, encoding = spec.get("mark"), spec.get("encoding", {})
        if not isinstance(mark, dict) or mark.get("type") != "text":
            return
        about, align = encoding.get("text"), mark.get("align", "center")
        letters = face(mark.get("fontWeight", 400), mark.get("fontStyle", "normal"))
        size = mark.get("fontSize", LETTERS["mark"][0])
        known = set(mark) <= _KNOWN_MARK and set(encoding) <= _KNOWN_ENCODING and align in _SHIFTS
        if not (known and letters and isinstance(size, (int, float)) and isinstance(about, dict)):
            return
        if not set(about) <= _KNOWN_TEXT or not isinstance(shift := _expression(mark.get("dx", 0)), str):
            return
        font: Any
        if isinstance(about.get("value"), str):
            font, wide = f"{_MARK}{self._place([about['value']])}", ""
            end = str(width(about["value"], size, letters))
        elif rows and _is_name(name := about.get("field")) and all(_is_text(row.get(name)) for row in rows):
            number, wide = f"{_MARK}number {name}", f"{_MARK}width {name} {size} {letters}"
            for row in rows:
                if number not in row:
                    row[number] = self._place([row.get(name) or ""])
                row[wide] = width(row.get(name) or "", size, letters)
            font = {"expr": f"'{_MARK}' + datum[{json.dumps(number)}]"}
            end = f"datum[{json.dumps(wide)}]"
        else:
            return
        spec["encoding"] = encoding | {"text": {"value": _EMPTY}}
        spec["mark"] = mark | {"font": font}
        if wide and along and rows and "x" not in encoding and "x" not in mark:
            shift_of = mark.get("dx", 0)
            if all(along.holds(row, shift_of, row.get(wide, 0.0), align) for row in rows):
                return
        for part in _SHIFTS[align]:
            yield spec | {"mark": mark | {"font": _MARK, "dx": {"expr": f"{shift} + {part} * {end}"}}}


def _places(channel: Spec, wide: float) -> _Along | None:
    """Where the years of an axis stand, where each has a point of its own."""
    scale, field = channel.get("scale") or {}, channel.get("field")
    years = scale.get("domain")
    if scale.get("type") != "point" or "padding" not in scale or not isinstance(years, list) or not wide:
        return None
    if not (_is_name(field) and years and all(type(year) is int for year in years)):
        return None
    step = wide / max(1, len(years) - 1 + 2 * scale["padding"])
    return _Along(field, {year: step * (scale["padding"] + rank) for rank, year in enumerate(years)}, wide)


def _is_name(field: object) -> TypeGuard[str]:
    return isinstance(field, str) and field.isidentifier()


def _is_text(value: object) -> bool:
    return value is None or (isinstance(value, str) and "\n" not in value)


def _expression(shift: Any) -> str | None:
    """A shift in pixels as an expression, be it a figure or an expression already."""
    if isinstance(shift, dict) and set(shift) == {"expr"}:
        return f"({shift['expr']})"
    return str(shift) if isinstance(shift, (int, float)) else None


def _fits(lines: object, look: tuple[float, int], wide: float) -> bool:
    size, letters = look[0], face(look[1])
    return (
        isinstance(lines, list)
        and letters is not None
        and all(width(str(line), size, letters) < wide for line in lines)
    )
