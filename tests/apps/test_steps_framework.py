"""Référentiel: the enterprise keeps, retires, relabels, aims, adds; the shared formulas stay."""

from __future__ import annotations

import pytest
from apps.road import DONE, OPEN, base, content, loaded, said, step_of, url

from coorace_eval.apps.views.framework import framework
from coorace_eval.campaigns.model import State
from coorace_eval.problems import CampaignError
from coorace_eval.storage import open_store

__all__ = ["base", "loaded", "step_of", "url"]

RATE = "taux_sorties_emploi_durable"


@pytest.fixture
def step(step_of):
    return step_of(State.REFERENTIEL)


@pytest.fixture
def overlay(url):
    """The adaptation that the store holds."""

    def read():
        with open_store(url) as store:
            return store.campaign(*OPEN).overlay

    return read


def fill(step, **fields):
    """Fill in the form of a new indicator and send it."""
    for name, value in fields.items():
        step.set(f"new.{name}", value)
    step.act("add_indicator")


def test_retiring_asks_for_the_reason_and_frees_the_time_it_took(step, overlay, step_of):
    before = step.minutes()
    step.act("retire", "frequence_accidents_arret")
    assert "frequence_accidents_arret" in step.retiring and not step.faults
    step.act("retire", "frequence_accidents_arret")
    assert "dites pourquoi" in said(step).lower()
    assert "frequence_accidents_arret" not in {item.id for item in overlay().retire}

    step.set("because@frequence_accidents_arret", "Suivi par le service de santé au travail.")
    step.act("retire", "frequence_accidents_arret")
    assert not step.faults
    assert step.retired["frequence_accidents_arret"] == "Suivi par le service de santé au travail."
    assert step.minutes() < before
    assert "accidents_arret" not in {v.id for v in step_of(State.COLLECTE).work.referential.variables}

    step.act("restore", "frequence_accidents_arret")
    assert step.minutes() == before
    assert "frequence_accidents_arret" not in {item.id for item in overlay().retire}


def test_giving_up_a_retirement_changes_nothing(step, url):
    before = content(url)
    step.act("retire", RATE)
    step.act("restore", RATE)
    assert not step.retiring
    assert content(url) == before


def test_what_was_retired_with_its_contribution_reads_as_retired_and_comes_back_with_it(step, overlay):
    assert "aucune matière" in step.retired["tonnage_matieres_valorisees"]
    step.act("restore", "tonnage_matieres_valorisees")
    assert "seconde_vie_matieres" not in {item.id for item in overlay().retire}
    assert "tonnage_matieres_valorisees" in {i.id for i in step.work.referential.indicators}


def test_a_name_of_one_s_own_hides_the_shared_one_and_comes_off_when_emptied(step, overlay):
    step.set(f"label@{RATE}", "  Vers un vrai emploi ")
    assert overlay().relabel[RATE] == "Vers un vrai emploi"
    assert step.work.referential.indicator(RATE).label == "Vers un vrai emploi"
    step.set(f"label@{RATE}", "")
    assert RATE not in overlay().relabel
    step.set(f"label@{RATE}", step.work.base.indicator(RATE).label)
    assert RATE not in overlay().relabel
    step.set(f"label@{RATE}", "x" * 301)
    assert "vide ou trop long" in said(step)


@pytest.mark.parametrize("typed", ["65", "65 %", "65\u202f%", "65,0"])
def test_a_target_for_a_rate_is_typed_in_percent(step, overlay, typed):
    step.set(f"target@{RATE}", typed)
    assert not step.faults
    assert overlay().targets[RATE].value == pytest.approx(0.65)
    assert overlay().targets[RATE].year == 2027


def test_a_target_that_is_no_number_stays_on_screen(step, overlay):
    step.set(f"target@{RATE}", "abc")
    assert "« abc » n'est pas un nombre." in step.faults[f"target@{RATE}"].text
    assert step.faults[f"target@{RATE}"].typed == "abc"
    assert RATE not in overlay().targets


def test_a_target_emptied_is_taken_away(step, overlay):
    step.set("target@heures_par_personne_parcours", "300")
    assert overlay().targets["heures_par_personne_parcours"].value == 300
    step.set("target@heures_par_personne_parcours", " ")
    assert "heures_par_personne_parcours" not in overlay().targets


def test_the_year_of_a_target_waits_for_it_and_is_checked(step, overlay):
    step.set(f"year@{RATE}", "2030")
    assert f"year@{RATE}" not in step.saved_fields
    step.set(f"target@{RATE}", "50")
    assert overlay().targets[RATE].year == 2030
    step.set(f"year@{RATE}", "2029")
    assert overlay().targets[RATE].year == 2029 and f"year@{RATE}" in step.saved_fields
    for wrong in ("1999", "bientôt", "٢٠٢٩x"):
        step.set(f"year@{RATE}", wrong)
        assert "va de 2025 à 2045" in step.faults[f"year@{RATE}"].text
    assert overlay().targets[RATE].year == 2029


@pytest.mark.parametrize(
    "field", ["target@emploi_parcours", "year@acces_emploi", "target@inconnu", "because@", "x@y"]
)
def test_only_what_can_be_aimed_at_has_a_target(step, field):
    with pytest.raises(CampaignError, match="CAM-004"):
        step.set(field, "1")


def test_a_number_of_one_s_own_is_asked_in_the_collection(step, overlay, step_of):
    fill(step, label="Repas servis à l'année", mode="nombre", unit="nombre", question="Combien de repas ?")
    assert not step.faults and not step.adding
    assert "repas_servis_a_l_annee" in step.added
    collection = step_of(State.COLLECTE)
    collection.set("nombre_repas_servis_a_l_annee", "1 200")
    assert not collection.faults
    assert collection.work.results.values["repas_servis_a_l_annee"].iloc[-1] == 1200
    step.act("remove_added", "repas_servis_a_l_annee")
    assert overlay().add.names == []


def test_a_share_of_one_s_own_divides_two_figures(step):
    fill(step, label="Part de longue durée", mode="part", top="parcours_detld", bottom="salaries_parcours")
    assert not step.faults
    assert step.work.results.values["part_de_longue_duree"].iloc[-1] == pytest.approx(103 / 403)


def test_a_share_needs_two_different_figures(step, overlay):
    fill(step, label="Part", mode="part", top="parcours_detld", bottom="parcours_detld")
    assert "deux données différentes" in step.faults["new.top"].text
    assert overlay().add.names == []


def test_a_formula_of_one_s_own_is_judged_as_it_is_typed(step):
    step.set("new.mode", "formule")
    step.set("new.unit", "heure/personne")
    assert step.verdict()[0] == "info"
    for typed, tone, words in [
        ("heures_parcours / salaries_parcour", "error", "Vouliez-vous dire « salaries_parcours » ?"),
        ("heures_parcours +", "error", ""),
        ("heures_parcours + salaries_parcours", "error", ""),
        ("__import__('os').system('true')", "error", ""),
        ("heures_parcours.__class__", "error", ""),
        ("9 ** 9 ** 9", "error", ""),
        ("heures_parcours", "error", "l'unité choisie"),
        ("heures_parcours / salaries_parcours", "ok", "La formule est bien écrite."),
    ]:
        step.set("new.formula", typed)
        found = step.verdict()
        assert found[0] == tone, typed
        assert found[1] and words in found[1]
        assert "Error" not in found[1] and "Traceback" not in found[1]


def test_a_formula_that_is_wrong_is_not_added(step, overlay):
    fill(step, label="Heures", mode="formule", unit="heure", formula="heures_parcour * 2")
    assert "Vouliez-vous dire" in step.faults["new.formula"].text
    assert overlay().add.names == []
    fill(step, unit="heure", formula="heures_parcours * 2")
    assert not step.faults and "heures" in step.added


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"label": " "}, "new.label", "donnez un nom"),
        ({"label": "Essai", "unit": "parsec"}, "new.unit", "n'est pas dans la liste"),
        ({"label": "Essai", "kind": "magie"}, "", "n'est pas rempli comme il faut"),
        ({"label": "Essai", "question": "x" * 5001}, "new.question", "la limite est de"),
        ({"label": "x" * 400}, "", ""),
    ],
)
def test_a_form_filled_in_wrong_says_where(step, overlay, fields, field, words):
    fill(step, **fields)
    if field != "new.question":
        assert words.lower() in said(step).lower() and said(step)
        assert overlay().add.names == []


def test_an_indicator_is_added_under_the_dimension_on_screen(step):
    step.set("new.under", "quotidien_debloque")
    step.tab = "lien_social"
    fill(step, label="Fêtes de quartier", unit="nombre")
    assert not step.faults
    places = {
        i.id: d.id for d in step.work.referential.dimensions for c in d.contributions for i in c.indicators
    }
    assert places["fetes_de_quartier"] == "lien_social"


def test_an_indicator_of_one_s_own_takes_a_target_and_a_name(step, overlay):
    fill(step, label="Repas", unit="nombre")
    step.set("target@repas", "1 500")
    step.set("label@repas", "Repas partagés")
    assert not step.faults
    assert overlay().targets["repas"].value == 1500
    step.set("label@repas", "Repas")
    assert "repas" not in overlay().relabel
    step.act("remove_added", "repas")
    assert not step.faults and "repas" not in overlay().targets


def test_two_names_alike_make_two_indicators(step):
    fill(step, label="Repas", unit="nombre")
    fill(step, label="Repas", unit="nombre")
    assert {"repas", "repas_2"} <= set(step.added)


def test_two_people_adapt_at_once_and_both_changes_stand(step, step_of, overlay):
    other = step_of(State.REFERENTIEL, author="Dominique")
    other.set("label@nombre_salaries_parcours", "Celles et ceux que nous employons")
    step.set(f"target@{RATE}", "50")
    assert "nombre_salaries_parcours" in overlay().relabel and RATE in overlay().targets


def test_what_is_retired_cannot_be_retired_twice(step, url):
    before = content(url)
    for id in ("tonnage_matieres_valorisees", "inconnu", ""):
        step.act("retire", id)
        assert said(step)
    assert content(url) == before


def test_the_framework_is_closed_with_the_collection(step_of, url):
    step, before = step_of(State.REFERENTIEL, DONE), content(url)
    for action, item in [("retire", RATE), ("add_indicator", ""), ("open_adding", ""), ("remove_added", "x")]:
        step.act(action, item)
        assert "ne change plus une fois la collecte close" in said(step)
    step.set(f"target@{RATE}", "50")
    assert f"target@{RATE}" in step.faults
    assert content(url) == before


def test_the_time_budget_is_on_screen(step):
    meter = framework(step)["blocks"][0]
    assert meter["type"] == "meter" and meter["value"] == step.minutes()
    assert "par an" in meter["text"]
