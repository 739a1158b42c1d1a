"""A live chart says its figures mark by mark, and asks for nothing outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from charts import sample

from coorace_eval import charts

EVERY = [i.id for i in sample.referential().indicators]


def _units(spec: dict[str, Any], rows: list[Any]) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    data = spec.get("data", {})
    rows = data.get("values", rows)
    for part in (*spec.get("layer", ()), *spec.get("concat", ())):
        yield from _units(part, rows)
    if "mark" in spec:
        yield spec, rows


@pytest.mark.parametrize("name", ["profile", "targets", "evolution"])
def test_marks_say_their_figures_in_words(name):
    results = sample.results()
    chart = {
        "profile": lambda: charts.profile(results, sample.story()),
        "targets": lambda: charts.targets(results, 2025),
        "evolution": lambda: charts.evolution(results, EVERY),
    }[name]()
    spec = charts.live(chart)
    spoken = [unit for unit, _ in _units(spec, []) if "tooltip" in unit.get("encoding", {})]
    assert spoken and all(unit["encoding"]["tooltip"]["field"] == "told" for unit in spoken)
    told = {row["told"] for rows in spec.get("datasets", {}).values() for row in rows if "told" in row}
    told |= {row["told"] for unit, rows in _units(spec, []) for row in rows if "told" in row}
    assert any("\u00a0:" in words for words in told)
    assert not any("nan" in words.lower().split() for words in told)
    assert "http" not in json.dumps({k: v for k, v in spec.items() if k != "$schema"})


def test_each_mark_says_its_own_year():
    spec = charts.live(charts.profile(sample.results(), sample.story()))
    told = {row["told"] for rows in spec["datasets"].values() for row in rows if "series" in row}
    assert any(", 2024\u00a0: Premiers pas" in words for words in told)
    assert any(", 2025\u00a0: Bien engagé" in words for words in told)


def test_the_chart_itself_stays_as_it_was():
    chart = charts.evolution(sample.results(), EVERY)
    before = charts.to_svg(chart)
    charts.live(chart)
    assert charts.to_svg(chart) == before
