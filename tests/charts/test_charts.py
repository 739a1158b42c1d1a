"""A chart is read by its specification, its description, its table and its SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from types import SimpleNamespace

import altair as alt
import pandas as pd
import pytest
from charts import sample

from coorace_eval import charts
from coorace_eval.charts import theme, words
from coorace_eval.indicators import evaluate
from coorace_eval.problems import AnswerError

EVERY = [i.id for i in sample.referential().indicators]


def _all(results, story):
    return [
        charts.profile(results, story),
        charts.targets(results, 2025),
        charts.trend(results, "formation_par_personne"),
        charts.evolution(results, EVERY),
    ]


def _texts(svg: str) -> str:
    return " ".join(ElementTree.fromstring(svg).itertext())


def test_the_profile_speaks_in_words_and_never_in_marks():
    chart = charts.profile(sample.results(), sample.story())
    told = _texts(charts.to_svg(chart))
    assert all(level in told for level in ("À construire", "Premiers pas", "Bien engagé", "Acquis"))
    assert "Non appréciée en 2025" in told
    assert "sur 5" not in told and "moyenne" not in charts.describe(chart)


def test_the_profile_tells_the_years_apart_by_shape_as_well_as_colour():
    spec = charts.specification(charts.profile(sample.results(), sample.story()))
    points = [layer for layer in spec["layer"] if layer["mark"].get("type") == "point"]
    assert all({"color", "shape"} <= set(layer["encoding"]) for layer in points)
    assert points[0]["encoding"]["shape"]["scale"] == {
        "domain": ["2025", "2024"],
        "range": ["circle", "diamond"],
    }


def test_the_table_beside_the_profile_says_the_same():
    table = charts.profile_table(sample.results(), sample.story())
    assert list(table.columns) == ["Dimension", "2025", "2024", "Degré de certitude"]
    assert list(table["2025"]) == ["Bien engagé", "Acquis", "Non appréciée"]
    assert list(table["2024"]) == ["Premiers pas", "Acquis", "–"]


def test_targets_are_said_in_words_and_in_their_own_unit():
    table = charts.targets_table(sample.results(), 2025).set_index("Indicateur")
    assert table.at["Taux de sorties dynamiques", "Où en sommes-nous"] == "Cible atteinte"
    assert table.at["Accidents du travail avec arrêt", "Où en sommes-nous"] == "En chemin"
    assert table.at["Part des femmes parmi les personnes en parcours", "Où en sommes-nous"] == "Proche"
    assert table.at["Bénévoles actifs", "Où en sommes-nous"] == "Non renseigné"
    assert table.at["Déchets réemployés", "Valeur 2025"] == "160,2\u00a0t"
    told = _texts(charts.to_svg(charts.targets(sample.results(), 2025)))
    assert all(word in told for word in ("Cible atteinte", "Proche", "En chemin", "Non renseigné"))


@pytest.mark.parametrize(
    ("direction", "target", "balance", "value", "word"),
    [
        ("hausse", 0.6, None, 0.6, "Cible atteinte"),
        ("hausse", 0.6, None, 0.5, "Proche"),
        ("hausse", 0.6, None, 0.1, "En chemin"),
        ("baisse", 3.0, None, 2.0, "Cible atteinte"),
        ("baisse", 3.0, None, 3.5, "Proche"),
        ("baisse", 0.0, None, 0.0, "Cible atteinte"),
        ("baisse", 0.0, None, 4.0, "En chemin"),
        ("equilibre", 0.5, 0.5, 0.62, "En chemin"),
        ("equilibre", 0.5, 0.5, 0.45, "Proche"),
        ("equilibre", 0.45, 0.5, 0.55, "Cible atteinte"),
        ("hausse", -10.0, None, -20.0, "En chemin"),
        ("hausse", -10.0, None, -5.0, "Cible atteinte"),
    ],
)
def test_a_target_respects_the_direction_of_its_indicator(direction, target, balance, value, word):
    indicator = SimpleNamespace(direction=direction, target=SimpleNamespace(value=target), balance=balance)
    share, said = charts.attainment(indicator, value)
    assert said == word
    assert (share >= 1) == (word == "Cible atteinte") or share != share


def test_a_missing_year_is_a_gap_and_never_a_zero():
    spec = charts.specification(charts.trend(sample.results(), "formation_par_personne"))
    rows = [row for rows in spec["datasets"].values() for row in rows if row.get("year") == 2024]
    assert rows and all(row["value"] is None for row in rows)
    assert spec["config"]["line"]["invalid"].startswith("break-paths")
    assert "non disponible en 2024" in charts.describe(
        charts.trend(sample.results(), "formation_par_personne")
    )


def test_a_year_without_any_row_leaves_its_place_on_the_axis():
    figures = sample.figures()
    results = evaluate(sample.referential(), figures[figures["year"] != 2024])
    assert list(charts.trend_table(results, "taux_sorties_dynamiques").iloc[0]) == [
        "ateliers_du_marais", "50\u00a0%", "–", "65\u00a0%",
    ]  # fmt: skip


def test_several_enterprises_have_a_line_each_by_colour_and_shape():
    both = pd.concat([sample.figures(), sample.figures().assign(enterprise="le_relais")])
    spec = charts.specification(
        charts.trend(evaluate(sample.referential(), both), EVERY[0], {"le_relais": "Le Relais"})
    )
    points = next(layer for layer in spec["layer"] if layer["mark"].get("type") == "point")
    assert points["encoding"]["shape"]["scale"]["domain"] == ["ateliers_du_marais", "Le Relais"]


def test_small_multiples_stop_at_nine_and_want_one_enterprise():
    (drawn,) = charts.specification(charts.evolution(sample.results(), EVERY * 3))["concat"]
    assert len(drawn["layer"][0]["data"]["values"]) == 9
    both = pd.concat([sample.figures(), sample.figures().assign(enterprise="le_relais")])
    with pytest.raises(AnswerError, match="une seule entreprise"):
        charts.evolution(evaluate(sample.referential(), both), EVERY)


def test_titles_of_small_charts_are_put_back_as_they_were():
    results = evaluate(sample.rewritten(sample.referential(), "§1 & <b> §0"), sample.figures())
    told = _texts(charts.to_svg(charts.evolution(results, EVERY[:3])))
    assert told.count("§1 & <b> §0") == 3
    assert "h par personne" in told


def test_a_small_chart_says_its_first_and_last_figure_and_its_gap():
    told = _texts(charts.to_svg(charts.evolution(sample.results(), ["formation_par_personne"])))
    assert "27,4" in told and "34,8" in told and "n.\u00a0d." in told


def test_without_data_a_chart_says_so():
    empty = sample.results(**{c: float("nan") for c in sample.figures().columns[3:]})
    silent = replace(sample.story(), appreciations=(), previous_appreciations=())
    for chart in (
        charts.profile(empty, silent),
        charts.targets(sample.results(), 1999),
        charts.trend(empty, EVERY[0]),
        charts.evolution(empty, EVERY),
        charts.evolution(sample.results(), []),
    ):
        assert charts.NO_DATA in _texts(charts.to_svg(chart))
        assert charts.NO_DATA in charts.describe(chart)


@pytest.mark.parametrize("text", sample.HOSTILE)
def test_labels_are_text_and_never_markup(text):
    results = evaluate(sample.rewritten(sample.referential(), text[:300]), sample.figures())
    for chart in _all(results, sample.told_by(text)):
        svg = charts.to_svg(chart)
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
        assert tags <= {"svg", "g", "path", "text", "rect", "line", "defs", "clipPath", "tspan"}
        assert "<script" not in svg and "]]>" not in svg.replace("]]&gt;", "")
        assert "href" not in svg


def test_a_long_label_is_cut_in_the_chart_and_whole_in_the_table():
    long = "Accompagner les personnes et les familles du territoire " * 5
    results = evaluate(sample.rewritten(sample.referential(), long), sample.figures())
    assert "…" in _texts(charts.to_svg(charts.targets(results, 2025)))
    assert charts.targets_table(results, 2025)["Indicateur"][0] == long.strip()


def test_figures_read_as_french_readers_write_them():
    spec = charts.specification(charts.targets(sample.results(), 2025))
    assert spec["config"]["locale"]["number"]["thousands"] == "\u202f"
    assert spec["config"]["locale"]["number"]["percent"] == "\u00a0%"
    assert spec["config"]["aria"] is False
    assert "50\u00a0%" in _texts(charts.to_svg(charts.targets(sample.results(), 2025)))


def test_our_theme_holds_whatever_theme_is_enabled_elsewhere():
    with alt.theme.enable("default"):
        assert charts.specification(charts.targets(sample.results(), 2025))["config"]["font"] == theme.FONT


def test_the_coverage_beside_the_fonts_is_the_coverage_of_the_fonts():
    fonttools = pytest.importorskip("fontTools.ttLib")
    known = set()
    for name in ("Inter-Regular.otf", "NotoSansArabic-Regular.ttf", "NotoEmoji-Regular.ttf"):
        known |= set(fonttools.TTFont(theme.FONTS / name).getBestCmap())
    assert words._drawn() - known <= {0x200B, 0x200C, 0x200D}
    assert known <= words._drawn()


def test_the_fonts_are_light_and_go_with_their_licence():
    assert sum(file.stat().st_size for file in theme.FONTS.iterdir()) < 2_500_000
    assert "SIL OPEN FONT LICENSE" in (theme.FONTS / "OFL.txt").read_text("utf-8")
