"""A chart as a browser draws it, where each mark says its figure to whoever points at it."""

from __future__ import annotations

from typing import Any, TypeAlias

from coorace_eval.charts.drawing import AnyChart, specification
from coorace_eval.charts.words import NBSP

Spec: TypeAlias = dict[str, Any]

TOLD = "told"
"""The column of a chart's data that says a mark in words; otherwise its label, its figure and its word do."""

_SAID = ("label", "said", "word")
_MARKS = frozenset({"bar", "point", "circle", "square", "geoshape", "rect"})
_INNER = ("layer", "concat", "hconcat", "vconcat")
_TARGET = {"type": "point", "filled": True, "size": 500, "opacity": 0}


def live(chart: AnyChart) -> dict[str, Any]:
    """The specification of a chart whose marks say their figures, in words and in the reader's language.

    Nothing in it asks for the network, and its data hold what the chart shows and no more.
    """
    spec = specification(chart)
    _speak(spec, spec.get("datasets", {}), [])
    spec["autosize"] = {"type": "pad", "contains": "padding"}
    return spec


def _speak(spec: Spec, datasets: dict[str, list[Spec]], around: list[Spec]) -> None:
    rows = _rows(spec, datasets, around)
    for name in _INNER:
        inside = []
        for part in spec.get(name, ()):
            _speak(part, datasets, rows)
            inside += [part, *(_targets(part, _rows(part, datasets, rows)) if name == "layer" else ())]
        if inside:
            spec[name] = inside
    mark = spec.get("mark")
    kind = mark.get("type") if isinstance(mark, dict) else mark
    if kind in _MARKS and _say(rows):
        spec["encoding"] = spec.get("encoding", {}) | {"tooltip": {"field": TOLD, "type": "nominal"}}


def _rows(spec: Spec, datasets: dict[str, list[Spec]], around: list[Spec]) -> list[Spec]:
    data = spec.get("data")
    if not isinstance(data, dict):
        return around
    rows = data.get("values", datasets.get(str(data.get("name")), []))
    return rows if isinstance(rows, list) else []


def _say(rows: list[Spec]) -> bool:
    """Give each row its words; whether they have any."""
    for row in rows:
        if TOLD not in row:
            words = [row[name] for name in _SAID if isinstance(row.get(name), str)]
            if "label" not in row or len(words) < 2:
                return False
            row[TOLD] = f"{words[0]}{NBSP}: {', '.join(words[1:])}"
    return bool(rows)


def _targets(spec: Spec, rows: list[Spec]) -> list[Spec]:
    """Large points to aim at, which cannot be seen, along a line."""
    mark = spec.get("mark")
    if not isinstance(mark, dict) or mark.get("type") != "line" or not _say(rows):
        return []
    encoding = {name: spec["encoding"][name] for name in ("x", "y") if name in spec.get("encoding", {})}
    told = {"field": TOLD, "type": "nominal"}
    return [{k: v for k, v in spec.items() if k == "data"} | {
        "mark": dict(_TARGET), "encoding": encoding | {"tooltip": told},
        "transform": [{"filter": "isValid(datum.value)"}],
    }]  # fmt: skip
