"""Accueil: the campaigns one follows, and the way to open another."""

from __future__ import annotations

from datetime import datetime

import pytest
from apps.road import OPEN, base, content, loaded, url

from coorace_eval.access import Access
from coorace_eval.apps.steps.home import HomePage
from coorace_eval.apps.views.home import home
from coorace_eval.campaigns.model import State
from coorace_eval.problems import CampaignError
from coorace_eval.storage import open_store

__all__ = ["base", "loaded", "url"]


@pytest.fixture
def step(url, base):
    return HomePage(Access.local(url), base, clock=lambda: datetime(2027, 2, 3))


def fill(step, **fields):
    for name, value in fields.items():
        step.set(name.replace("kind_", "kind."), value)
    step.act("create")
    going, step.going = step.going, None
    return going


def test_every_campaign_is_there_the_ones_under_way_first(step):
    assert len(step.lines) == 36
    assert {line.campaign.year for line in step.under_way} == {2025}
    line = next(line for line in step.lines if (line.campaign.enterprise, line.campaign.year) == OPEN)
    assert (line.done, line.asked) == (27, 71)
    assert len(home(step)["blocks"][0]["blocks"][0]["items"]) == len(step.under_way)


def test_the_year_proposed_is_the_one_that_ended(step):
    assert step.draft.year == "2026"


def test_an_enterprise_that_is_known_goes_on_from_last_year(step, url):
    assert fill(step, enterprise=OPEN[0], year="2026") == (OPEN[0], 2026)
    with open_store(url) as store:
        kept, before = store.campaign(OPEN[0], 2026), store.campaign(*OPEN)
    assert kept.state is State.CADRAGE
    assert kept.overlay == before.overlay and kept.overlay is not None
    assert kept.fingerprint == before.fingerprint


def test_a_new_enterprise_is_known_from_then_on(step, url):
    going = fill(
        step, enterprise="nouvelle", year="2026", label="  L'Atelier d'Été ", department="2a", region="PACA",
        kind_ACI=True, kind_ETTI=True, kind_EI=True,
    )  # fmt: skip
    assert going is not None and not step.faults
    with open_store(url) as store:
        enterprise = store.enterprise(going[0])
    assert (enterprise.label, enterprise.department, enterprise.region) == ("L'Atelier d'Été", "2A", "PACA")
    assert {kind.value for kind in enterprise.kinds} == {"ACI", "ETTI", "EI"}
    assert enterprise.id == "l_atelier_d_ete"
    assert not step.opening and step.draft.label == ""


def test_every_problem_is_said_at_once_beside_its_field(step, url):
    before = content(url)
    assert fill(step, enterprise="nouvelle", year="l'an dernier", department="Charente-Maritime") is None
    assert set(step.faults) == {"year", "label", "kinds", "department"}
    step.opening = True
    shown = {
        f["id"]: f["error"]
        for block in home(step)["blocks"]
        for f in block.get("fields", [])
        if f.get("error")
    }
    assert len(shown) == 4 and all(shown.values())
    assert content(url) == before


@pytest.mark.parametrize("year", ["", "1999", "20 25", "9" * 50, "2025.0", "²⁰²⁵", "2029"])
def test_a_year_is_four_digits_of_our_time(step, year):
    assert fill(step, enterprise=OPEN[0], year=year) is None
    assert "year" in step.faults


def test_one_campaign_a_year_for_one_enterprise(step, url):
    before = content(url)
    assert fill(step, enterprise=OPEN[0], year="2025") is None
    assert "a déjà une auto-évaluation pour 2025" in step.faults["year"].text
    assert content(url) == before


def test_an_enterprise_is_not_written_twice(step):
    fill(
        step,
        enterprise="nouvelle",
        year="2026",
        label="les ateliers du MARAIS",
        department="79",
        kind_ACI=True,
    )
    assert "est déjà dans la liste" in step.faults["label"].text


def test_nothing_chosen_is_said(step):
    assert fill(step) is None
    assert "Choisissez une entreprise." in step.faults["enterprise"].text


def test_a_name_without_a_latin_letter_still_gets_an_identifier(step):
    going = fill(step, enterprise="nouvelle", year="2026", label="ورشة 🌱", department="974", kind_AI=True)
    assert going is not None and going[0].isascii()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind.XYZ", True),
        ("kind.ACI", "oui"),
        ("label", True),
        ("label", ["a"]),
        ("siret", "1"),
        ("", ""),
    ],
)
def test_what_the_form_does_not_hold_is_refused(step, name, value):
    with pytest.raises(CampaignError, match="CAM-004"):
        step.set(name, value)


def test_a_name_that_is_too_long_is_said_beside_its_field(step):
    step.set("label", "x" * 301)
    assert "301 caractères" in step.faults["label"].text and step.draft.label == ""


def test_what_is_wrong_is_said_until_it_is_mended(step):
    fill(step, enterprise="nouvelle", year="2026")
    step.set("label", "Chantier neuf")
    assert set(step.faults) == {"kinds", "department"}
