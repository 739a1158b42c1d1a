"""From a chart to what is put on a page: its SVG, its description, and the chart of nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import cache, lru_cache
from multiprocessing.connection import Client
from typing import Any, ClassVar, TypeAlias

import altair as alt
import pandas as pd

from coorace_eval.charts import theme
from coorace_eval.charts.aside import Aside
from coorace_eval.charts.words import lines, printable
from coorace_eval.indicators import Results
from coorace_eval.language import mark, tr
from coorace_eval.problems import AnswerError, Problem

AnyChart: TypeAlias = alt.Chart | alt.LayerChart | alt.ConcatChart | alt.FacetChart
"""What a chart function gives back."""
Rows: TypeAlias = list[dict[str, Any]]
"""What a layer is drawn from: a missing figure is ``None``."""

NO_DATA = mark("Aucune donnée")
DRAWER = "COORACE_DRAWER"
"""Names the process that draws for all the pages of a server, where there is one."""
DRAWN_WITHIN = 15.0
_HELD = frozenset({"data", "datasets"})


class Plain(alt.LayerSpec):
    """Layers written as plain Vega-Lite, which Altair takes as they are."""

    _class_is_valid_at_instantiation = False

    def __init__(self, layer: Sequence[dict[str, Any]], **about: Any) -> None:
        held: Any = _Written(layer)
        super().__init__(layer=held, **about)


class _Written:
    """Plain Vega-Lite that Altair does not walk through each time it copies or tells a chart."""

    _schema: ClassVar[dict[str, Any]] = {"type": "object"}

    def __init__(self, spec: Any) -> None:
        self._text: str = spec._text if isinstance(spec, _Written) else json.dumps(spec)

    def to_dict(self) -> Any:
        return json.loads(self._text)


class _Layers(alt.LayerChart):
    """A chart whose layers are written as plain Vega-Lite: Altair holds them as one, and tells them all."""

    def to_dict(self, *args: Any, **options: Any) -> dict[str, Any]:
        made: dict[str, Any] = super().to_dict(*args, **options)
        layers = [layer for part in made["layer"] for layer in part.get("layer", [part])]
        return made | {"layer": layers}


def to_svg(chart: AnyChart, *, title: bool = True) -> str:
    """The chart as SVG, drawn without a browser, with the fonts that go with this library.

    Behind a page, the process that the server keeps for all of them draws it.

    Parameters
    ----------
    chart
        A chart of this package.
    title
        Whether the title is drawn; a report writes it in its own caption instead.
    """
    spec = specification(chart)
    if not title:
        spec.pop("title", None)
    spec = json.loads(json.dumps(spec))
    aside = Aside(spec)
    return printable(aside.back_in(_drawn_elsewhere(spec) or _drawn_here(spec)))


def describe(chart: AnyChart) -> str:
    """What the chart shows, in French, for whoever does not see it."""
    told = chart.description
    return told if isinstance(told, str) else ""


def headline(chart: AnyChart) -> str:
    """The question that the chart answers."""
    spec = chart.title
    text = spec.text if isinstance(spec, alt.TitleParams) else spec
    return " ".join(text) if isinstance(text, list) else str(text)


def specification(chart: AnyChart) -> dict[str, Any]:
    """The Vega-Lite specification under our theme, whichever theme is enabled elsewhere."""
    with alt.theme.enable("coorace"), alt.data_transformers.enable("coorace"):
        return dict(chart.to_dict(validate=False))


def layered(layers: Sequence[dict[str, Any]], **about: Any) -> alt.LayerChart:
    """A layered chart from plain Vega-Lite, which takes a tenth of the time that Altair's own words take.

    Parameters
    ----------
    layers
        Each with its rows as ``data``: a table, or a list that other layers may share.
    about
        What Altair's own charts are given: their title, description, width and height.
    """
    sets: dict[int, str] = {}
    rows: dict[str, Rows] = {}
    parts = []
    for layer in layers:
        name = sets.setdefault(id(layer["data"]), f"data-{len(sets)}")
        if name not in rows:
            rows[name] = records(layer["data"])
        parts.append(layer | {"data": {"name": name}})
    held: Any = _Written(rows)
    return _Layers(layer=[Plain(layer=parts)], datasets=held, **about)


def records(data: Any) -> Rows:
    """The rows of a table as JSON has them."""
    return list(_rows(data)["values"]) if isinstance(data, pd.DataFrame) else list(data)


def channel(field: str, kind: str = "quantitative", **more: Any) -> dict[str, Any]:
    """What a mark takes from a column, as Vega-Lite writes it."""
    return {"field": field, "type": kind} | more


def _rows(data: Any) -> Any:
    """The rows of a table as JSON has them: a missing figure is null. Other data go the usual way."""
    if not isinstance(data, pd.DataFrame) or any(kind.kind not in "fiubOTU" for kind in data.dtypes):
        return alt.default_data_transformer(data)
    columns = {
        str(name): [None if cell is pd.NA or cell != cell else cell for cell in data[name].tolist()]
        for name in data
    }
    return {"values": [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]}


alt.data_transformers.register("coorace", _rows)


def blank(question: str) -> alt.Chart:
    """The chart of nothing: the question, and « Aucune donnée »."""
    text = alt.Chart(pd.DataFrame({"said": [tr(NO_DATA)]}), width=640, height=60)
    shown = text.mark_text(align="left", fontSize=14, color=theme.SOFT, x=0, y=20).encode(
        text=alt.Text("said:N")
    )
    said: alt.Chart = shown.properties(title=heading(question), description=f"{question} {tr(NO_DATA)}.")
    return said


def heading(text: str, subtitle: str = "") -> alt.TitleParams:
    """A title cut into lines that fit the width of a chart."""
    below = alt.Undefined if not subtitle else lines(subtitle, 110, 3)
    return alt.TitleParams(lines(text, 76, 3), subtitle=below)


def row_labels(labels: Sequence[str], width: int, y: dict[str, Any]) -> list[dict[str, Any]]:
    """Layers for the names of a list of rows, in lines that stand about the middle of their row."""
    found: dict[float, Rows] = {}
    for row, label in enumerate(labels):
        cut = lines(label, width, 3)
        for rank, text in enumerate(cut):
            shift = (rank - (len(cut) - 1) / 2) * 15.0
            found.setdefault(shift, []).append({"row": row, "text": text, "shift": shift})
    return [
        {
            "data": found[shift], "mark": {"type": "text", "align": "right", "x": -14, "dy": shift},
            "encoding": {"y": y, "text": channel("text", "nominal")},
        }
        for shift in sorted(found)
    ]  # fmt: skip


def one_enterprise(results: Results, question: str) -> str | None:
    """The only enterprise of the results; ``None`` where there is none.

    Raises
    ------
    AnswerError
        When there are several: the chart shows one enterprise beside itself.
    """
    found = list(dict.fromkeys(results.answers.values.index.get_level_values("enterprise")))
    if len(found) > 1:
        cause = tr(
            "Ce graphique montre une seule entreprise ; les résultats en comptent {count}.", count=len(found)
        )
        hint = tr("Choisissez-en une : {code}.", code='results.select(enterprise="…")')
        raise AnswerError(question, [Problem("STO-005", tr("entreprise"), cause, hint)])
    return str(found[0]) if found else None


def _drawn_elsewhere(spec: dict[str, Any]) -> str:
    """What the drawing process answers; nothing where there is none, or where it fails."""
    address = os.environ.get(DRAWER)
    if not address:
        return ""
    try:
        with Client(address, "AF_UNIX") as link:
            link.send_bytes(json.dumps(spec).encode("utf-8"))
            return link.recv_bytes().decode("utf-8") if link.poll(DRAWN_WITHIN) else ""
    except (OSError, EOFError):
        return ""


def _drawn_here(spec: dict[str, Any]) -> str:
    import vl_convert

    _register_fonts()
    rows: dict[str, Rows] = {}
    shape = _without_rows(spec, spec.get("datasets", {}), rows)
    for name in ("datasets", "description"):
        shape.pop(name, None)
    vega = json.loads(_compiled(json.dumps(shape, sort_keys=True)))
    for source in vega.get("data", ()):
        if source["name"] in rows:
            source["values"] = rows[source["name"]]
    drawn: str = vl_convert.vega_to_svg(json.dumps(vega))
    return drawn


def _without_rows(spec: Any, known: dict[str, Rows], rows: dict[str, Rows]) -> Any:
    """What a chart looks like, whatever its figures: each table of rows is left as a name."""
    if isinstance(spec, list):
        return [_without_rows(part, known, rows) for part in spec]
    if not isinstance(spec, dict):
        return spec
    kept = {name: _without_rows(part, known, rows) for name, part in spec.items() if name not in _HELD}
    data = spec.get("data")
    if isinstance(data, dict) and set(data) <= {"values", "name"}:
        name = f"rows-{len(rows)}" if "values" in data else data["name"]
        rows[name] = data["values"] if "values" in data else known.get(name, [])
        data = {"name": name}
    return kept | ({} if data is None else {"data": data})


@lru_cache(128)
def _compiled(shape: str) -> str:
    """A chart without its rows, as Vega: those of a report, and of all reports, have few shapes."""
    import vl_convert

    return json.dumps(vl_convert.vegalite_to_vega(shape))


@cache
def _register_fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(theme.FONTS))
