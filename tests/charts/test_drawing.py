"""A drawing whose letters were not measured is the one that measuring gives."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from functools import cache
from typing import Any

import altair as alt
import pandas as pd
import pytest
import vl_convert
from charts import sample

from coorace_eval import charts
from coorace_eval.charts import drawing, measure
from coorace_eval.charts.words import printable

EVERY = [i.id for i in sample.referential().indicators]


@cache
def _charts() -> dict[str, Any]:
    results, story = sample.results(), sample.story()
    long = sample.rewritten(
        sample.referential(), "Un libellé & <b>assez long</b> pour « dépasser » le bord §3"
    )
    return {
        "profile": charts.profile(results, story),
        "targets": charts.targets(results, 2025),
        "trend": charts.trend(results, "formation_par_personne"),
        "evolution": charts.evolution(results, EVERY),
        "long": charts.targets(charts_of(long), 2025),
        "blank": charts.targets(results, 1999),
    }


def charts_of(referential: Any) -> Any:
    from coorace_eval.indicators import evaluate

    return evaluate(referential, sample.figures())


def _measured(chart: Any, *, title: bool) -> str:
    drawing._register_fonts()
    spec = charts.specification(chart)
    if not title:
        spec.pop("title", None)
    return printable(vl_convert.vegalite_to_svg(spec))


def _texts(svg: str) -> list[tuple[Any, ...]]:
    """Each text with its place on the page, its letters and its anchor."""
    found: list[tuple[Any, ...]] = []

    def walk(node: ElementTree.Element, x: float, y: float) -> None:
        moved = re.search(r"translate\(([-\d.e]+),([-\d.e]+)\)", node.get("transform", ""))
        if moved:
            x, y = x + float(moved[1]), y + float(moved[2])
        if node.tag.endswith("}text"):
            look = [
                node.get(name) for name in ("font-family", "font-size", "font-weight", "text-anchor", "fill")
            ]
            found.append((" ".join(node.itertext()), *look, round(x, 3), round(y, 3)))
        for child in node:
            walk(child, x, y)

    walk(ElementTree.fromstring(svg), 0.0, 0.0)
    return sorted(found)


@pytest.mark.parametrize("title", [True, False])
@pytest.mark.parametrize("name", ["profile", "targets", "trend", "evolution", "long", "blank"])
def test_it_is_the_picture_that_measuring_gives(name, title):
    chart = _charts()[name]
    quick, slow = charts.to_svg(chart, title=title), _measured(chart, title=title)
    wanted, found = (
        [*map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())] for svg in (slow, quick)
    )
    assert abs(wanted[0] - found[0]) <= 2 and wanted[1] == found[1]
    for before, after in zip(_texts(slow), _texts(quick), strict=True):
        assert after[:-2] == before[:-2]
        assert abs(after[-2] - before[-2]) <= 2 and after[-1] == before[-1]
    assert quick.count("<path") + quick.count("<line") > 0 or name == "blank"
    assert "§" not in quick.replace("§3", "")


def test_the_same_chart_drawn_twice_is_the_same():
    chart = _charts()["evolution"]
    assert charts.to_svg(chart) == charts.to_svg(chart)


def test_a_text_that_goes_beyond_widens_the_drawing():
    rows = pd.DataFrame({"at": [1.0], "said": ["Un texte bien plus long que le graphique qui le porte"]})
    base = alt.Chart(rows, width=60, height=20)
    for align, wider in (("left", 200), ("right", 200), ("center", 100)):
        text = base.mark_text(align=align).encode(x=alt.X("at:Q", axis=None), text="said:N")
        svg = charts.to_svg(alt.layer(base.mark_point().encode(x=alt.X("at:Q", axis=None)), text))
        assert int(re.search(r'width="(\d+)"', svg)[1]) > wider
        assert "bien plus long" in svg


def test_what_it_does_not_know_is_measured_as_before():
    rows = pd.DataFrame({"at": [1.0, 2.0], "said": ["Été", "Deux\nlignes"], "value": [0.1, 0.2]})
    base = alt.Chart(rows, width=90, height=40).encode(x="at:Q", y="value:Q")
    for text in (
        base.mark_text(angle=45).encode(text="said:N"),
        base.mark_text().encode(text="value:Q"),
        base.mark_text().encode(text=alt.Text("value:Q", format=".0%")),
        base.mark_text(limit=20).encode(text="said:N"),
        base.mark_text(fontWeight=300).encode(text="said:N"),
    ):
        chart = alt.layer(base.mark_point(), text)
        assert _texts(charts.to_svg(chart)) == _texts(_measured(chart, title=True))


@pytest.mark.parametrize(
    "text", ["2025", "Taux de sorties dynamiques", "1\u202f234,5\u00a0%", "L’été à Luçon\u00a0: « œuvre »"]
)
@pytest.mark.parametrize(
    ("weight", "style"), [(400, "normal"), (600, "normal"), (700, "normal"), (400, "italic")]
)
def test_a_width_is_the_one_that_the_engine_measures(text, weight, style):
    mark = {"type": "text", "font": "Inter", "fontSize": 100, "fontWeight": weight, "fontStyle": style,
            "align": "left", "text": text}  # fmt: skip
    spec = {"data": {"values": [{}]}, "width": 1, "height": 1, "padding": 0, "mark": mark,
            "encoding": {"x": {"value": 0}, "y": {"value": 0}}, "view": {"stroke": None}}  # fmt: skip
    drawing._register_fonts()
    drawn = float(re.search(r'width="([\d.]+)"', vl_convert.vegalite_to_svg(spec))[1])
    assert measure.width(text, 100, measure.face(weight, style)) == pytest.approx(drawn, rel=0.035)


def test_letters_of_other_scripts_have_a_width_too():
    assert measure.width("مرحبا", 12) > 20 and measure.width("🙂", 12) > 8
    assert measure.width("\u200b\uffff", 12) >= 0
    assert measure.face(300) is None and measure.face("bold") == "Bold"
