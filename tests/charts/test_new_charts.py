"""Place in the network, chain of evidence and map: specification, description, table and SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from math import nan

import pytest
from charts import sample

from coorace_eval import charts
from coorace_eval.campaigns import Answer, Answers, Card, Verbatim
from coorace_eval.charts import evidence
from coorace_eval.charts.chain import _PAD, _SIZE, _WIDTHS, MOST_ROWS, _chosen, _fitted
from coorace_eval.charts.measure import width
from coorace_eval.charts.place import _drawn, _word
from coorace_eval.indicators import Results, evaluate
from coorace_eval.language import speaking
from coorace_eval.network import Band
from coorace_eval.referential.model import Referential
from coorace_eval.vocabulary import EnterpriseKind, ValueStatus

ACI, ID, YEAR = EnterpriseKind.ACI, "ateliers_du_marais", 2025
NOTHING = dict.fromkeys(("p10", "p25", "p50", "p75", "p90"))
WIDE = {"p10": 0.4, "p25": 0.5, "p50": 0.55, "p75": 0.62, "p90": 0.7}
HALF = NOTHING | {"p25": 20.0, "p50": 30.0, "p75": 34.0}


def bands(**cuts: dict[str, float | None]) -> dict[str, Band]:
    return {id: Band(id, 40, ACI, edges) for id, edges in cuts.items()}


ALL = bands(
    taux_sorties_dynamiques=WIDE,
    formation_par_personne=HALF,
    accidents_travail=NOTHING | {"p50": 4.0},
    recettes_activite={"p10": 1e5, "p25": 2e5, "p50": 3e5, "p75": 3.5e5, "p90": 4e5},
    benevoles_actifs=HALF,
)


@pytest.fixture(scope="module")
def results() -> Results:
    return sample.results()


def texts(svg: str) -> str:
    return " ".join(ElementTree.fromstring(svg).itertext())


def test_our_place_is_said_in_words_and_is_no_rank(results):
    table = charts.place_table(results, ALL, YEAR).set_index("Indicateur")
    assert list(table["Où nous situons-nous"]) == [
        "Au-dessus du milieu", "Au-dessus du milieu", "Comme la médiane", "Au-dessus des bandes",
        "Non renseigné",
    ]  # fmt: skip
    assert table.at["Taux de sorties dynamiques", "Moitié du milieu"] == "de 50\u00a0% à 62\u00a0%"
    assert table.at["Heures de formation par personne en parcours", "Huit sur dix"] == "–"
    chart = charts.place(results, ALL, YEAR)
    said = charts.describe(chart) + texts(charts.to_svg(chart))
    assert "médiane 55\u00a0%" in said and "Atelier et chantier d'insertion" in said
    assert "1\u202f318\u202f400\u00a0€" in said and "Non renseigné" in said
    assert not any(word in said.lower() for word in ("rang", "classement", "meilleur", "ateliers_du"))


@pytest.mark.parametrize(
    ("cuts", "value", "word"),
    [
        (WIDE, 0.4999, "Dans la moitié du milieu"),
        (WIDE, 0.45, "En dessous du milieu"),
        (WIDE, 0.3, "En dessous des bandes"),
        (WIDE, 0.9, "Au-dessus des bandes"),
        (NOTHING | {"p50": 0.4}, 0.41, "Au-dessus de la médiane"),
        (NOTHING | {"p50": 0.4}, 0.1, "En dessous de la médiane"),
        (NOTHING | {"p50": 0.4}, 0.404, "Comme la médiane"),
    ],
)
def test_the_word_is_that_of_the_figure_as_it_is_shown(cuts, value, word):
    assert _word(Band("x", 40, ACI, cuts), value, is_ratio=True) == word


@pytest.mark.parametrize("cuts", [WIDE, HALF, NOTHING | {"p50": 0.0}, dict.fromkeys(NOTHING, 3.0)])
@pytest.mark.parametrize("value", [-1e9, 0.0, 0.5, 33.0, 1e9, nan])
def test_every_mark_of_a_row_stays_in_it(cuts, value):
    drawn = _drawn(Band("x", 40, ACI, cuts), value)
    for name in (*NOTHING, "ours", "low", "high"):
        assert drawn[name] != drawn[name] or 0 <= drawn[name] <= 1
    assert drawn["shape"] == ("left" if value == -1e9 else "right" if value == 1e9 else drawn["shape"])


def test_a_figure_beyond_the_scale_is_an_arrow_and_the_subtitle_says_so(results):
    chart = charts.specification(charts.place(results, ALL, YEAR))
    assert "Flèche" in " ".join(chart["title"]["subtitle"])
    inside = charts.specification(charts.place(results, bands(taux_sorties_dynamiques=WIDE), YEAR))
    assert "Flèche" not in " ".join(inside["title"]["subtitle"])


def test_without_bands_without_data_a_chart_says_so(results):
    empty = sample.results(**{c: nan for c in sample.figures().columns[3:]})
    for chart in (
        charts.place(results, {}, YEAR),
        charts.place(results, {"emploi": ALL["taux_sorties_dynamiques"]}, YEAR),
        charts.chain(empty, sample.story(), YEAR), charts.chain(results, sample.story(), 1999),
        charts.territory(None), charts.territory(replace(sample.story().enterprise, department="20")),
    ):  # fmt: skip
        assert charts.describe(chart).endswith(f"{charts.NO_DATA}.")
    assert charts.place_table(results, {}, YEAR).empty


def test_levels_of_others_stand_behind_our_own_appreciation(results):
    others = {"emploi": Band("emploi", 20, ACI, NOTHING | {"p25": 0.0, "p75": 1.0})}
    chart = charts.profile(results, sample.story(), others)
    said = "moitié du milieu du réseau\u00a0: de «\u00a0À construire\u00a0» à «\u00a0Premiers pas\u00a0»"
    assert said in charts.describe(chart)
    bars = [layer for layer in charts.specification(chart)["layer"] if layer["mark"]["type"] == "bar"]
    assert len(bars) == 1
    table = charts.profile_table(results, sample.story(), others)
    assert list(table.iloc[:, -1]) == ["de «\u00a0À construire\u00a0» à «\u00a0Premiers pas\u00a0»", "–", "–"]
    assert len(charts.profile_table(results, sample.story()).columns) == len(table.columns) - 1


def campaign(**given: Answer) -> Results:
    answers = [replace(answer, variable=name) for name, answer in given.items()]
    return evaluate(sample.referential(), Answers.from_list(sample.story().enterprise, YEAR, answers))


def figure(value: float, source: str = "", status: ValueStatus = ValueStatus.RENSEIGNE) -> Answer:
    return Answer("", value, status, source=source)


def test_the_word_for_a_figure_says_what_it_rests_on():
    found = campaign(
        heures_formation=figure(2000, "Registre des heures"), personnes=figure(60, "Registre du personnel"),
        accidents=figure(3), tonnes=figure(150, "Pesées", ValueStatus.ESTIME),
        sorties_total=figure(10, "Suivi"), sorties_dynamiques=figure(6, "Suivi"),
    )  # fmt: skip
    known = {link.indicator.id: link for link in evidence.links(found, ID, YEAR)}
    assert {id: known[id].word for id in known} == {
        "formation_par_personne": "Documenté", "accidents_travail": "Déclaré",
        "tonnes_reemployees": "À lire avec prudence", "part_femmes": "Sans chiffre",
        "taux_sorties_dynamiques": "À lire avec prudence", "recettes_activite": "Sans chiffre",
        "benevoles_actifs": "Sans chiffre", "partenaires_actifs": "Sans chiffre",
    }  # fmt: skip
    assert known["formation_par_personne"].said == "Registre des heures et 1 autre"
    assert known["accidents_travail"].said == "Source non écrite"
    assert known["taux_sorties_dynamiques"].known.replace("\u00a0", " ") == "Sorties connues : 60 %"


def test_what_was_said_is_counted_and_a_quote_without_consent_is_not():
    assert evidence.told(sample.story(), "emploi") == "1 carte de l’atelier, 2 témoignages"
    assert evidence.told(sample.story(), "agir") == "ni carte ni témoignage"


def test_the_chain_shows_contribution_indicator_and_evidence(results):
    chart = charts.chain(results, sample.story(), YEAR)
    said = texts(charts.to_svg(chart))
    for part in ("Faciliter l’accès à l’emploi", "34,8\u00a0h par personne", "Déclaré", "Sans chiffre"):
        assert part in said
    marks = [layer["mark"] for layer in charts.specification(chart)["layer"]]
    dashes = [(mark["strokeWidth"], mark["strokeDash"]) for mark in marks if "strokeDash" in mark]
    assert (1.5, [3, 3]) in dashes and (5.0, [1, 0]) in dashes
    table = charts.chain_table(results, sample.story(), YEAR)
    assert len(table) == 8 and table["Ce qui a été dit"][0].startswith("1 carte")
    assert "Apports" not in said and "sur 8" not in said, "tout y est : rien à dire de ce qui manque"


def long_referential(times: int, label: str = "") -> Referential:
    """The référentiel of these tests, its dimensions repeated under other names."""
    found = sample.referential()
    dimensions = []
    for turn in range(times):
        for dimension in found.dimensions:
            text = dimension.model_dump_json()
            for part in (
                dimension,
                *dimension.contributions,
                *(i for c in dimension.contributions for i in c.indicators),
            ):
                text = text.replace(f'"id":"{part.id}"', f'"id":"{part.id}_{turn}"')
                text = text.replace(f'"label":"{part.label}"', f'"label":"{label}"') if label else text
            dimensions.append(type(dimension).model_validate_json(text))
    return found.model_copy(update={"dimensions": tuple(dimensions)})


def test_of_sixty_indicators_the_best_supported_of_each_dimension_are_shown_and_it_says_so():
    found = Referential.model_validate(long_referential(7).model_dump())
    results = evaluate(found, sample.figures())
    shown = _chosen(evidence.links(results, ID, YEAR))
    assert len(found.indicators) == 56 and len(shown) == MOST_ROWS
    assert len({link.dimension.id for link in shown}) == MOST_ROWS, "une de chaque dimension d'abord"
    assert all(link.strength for link in shown)
    told = charts.describe(charts.chain(results, sample.story(), YEAR))
    assert "8 apports sur 28, 8 chiffres sur 56" in told
    assert len(charts.chain_table(results, sample.story(), YEAR)) == 56


@pytest.mark.parametrize(
    "text", ["W" * 300, "Accompagner les personnes et les familles " * 8, "👩‍🌾 مرحبا بكم 你好 " * 9]
)
def test_a_text_stays_in_its_box(text):
    for column in _WIDTHS:
        for line in _fitted(text, column, 3):
            assert width(line, _SIZE) <= _WIDTHS[column] - _PAD


def test_a_map_says_where_we_are_and_whose_lines_it_draws():
    ours = sample.story().enterprise
    chart = charts.territory(ours)
    told = texts(charts.to_svg(chart))
    assert "Vendée (85)" in told and "Natural Earth, domaine public" in told and "13 régions" in told
    assert "département Vendée (85), région Pays de la Loire" in charts.describe(chart)
    before = charts.territory(replace(ours, department="79"), regions=2015)
    assert "région Poitou-Charentes" in charts.describe(before)
    assert "22 régions" in " ".join(charts.specification(before)["title"]["subtitle"])
    assert charts.territory_table(ours).iloc[0].tolist() == [
        "85",
        "Vendée",
        "Pays de la Loire",
        "Notre département",
    ]


def test_the_network_is_shown_by_classes_and_fewer_than_three_are_not_told_apart():
    none, two, three = ({"44": count} for count in (0, 2, 3))
    same = [charts.territory(None, {"35": 12, **few}) for few in (none, two)]
    assert same[0].to_json() == same[1].to_json()
    shown = charts.territory(None, {"35": 12, **three})
    assert "3 à 5 entreprises du réseau\u00a0: Loire-Atlantique" in charts.describe(shown)
    assert "12" not in charts.describe(shown), "une classe, pas un compte"
    table = charts.territory_table(sample.story().enterprise, {"35": 12, **three})
    assert list(table["Entreprises du réseau"]) == ["moins de 3", "10 et plus", "3 à 5"]


@pytest.mark.parametrize("text", [" ".join(sample.HOSTILE[:4]), sample.HOSTILE[4]])
def test_labels_are_text_and_never_markup(text):
    results = evaluate(sample.rewritten(sample.referential(), text[:300]), sample.figures())
    story = sample.told_by(text)
    story = replace(story, enterprise=replace(story.enterprise, department=text[:40]))
    story = replace(
        story,
        cards=(Card("c", text, text, "emploi"),),
        verbatims=(Verbatim("v", "emploi", text, text, True),),
    )
    for chart in (charts.place(results, ALL, YEAR), charts.chain(results, story, YEAR)):
        svg = charts.to_svg(chart)
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
        assert tags <= {"svg", "g", "path", "text", "rect", "line", "defs", "clipPath", "tspan"}
        assert "<script" not in svg and "href" not in svg
    assert charts.describe(charts.territory(story.enterprise)).endswith(f"{charts.NO_DATA}.")


def test_in_english_every_chart_still_speaks(results):
    with speaking("en"):
        for chart in (
            charts.place(results, ALL, YEAR), charts.chain(results, sample.story(), YEAR),
            charts.territory(sample.story().enterprise, {"44": 5}),
            charts.profile(results, sample.story(), ALL),
        ):  # fmt: skip
            assert charts.describe(chart)
