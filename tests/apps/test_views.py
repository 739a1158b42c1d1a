"""Every screen keeps the contract with the component that draws it."""

from __future__ import annotations

import re

import pytest
from apps.contract import actions_of, blocks_of, breaches, fields_of
from apps.road import CLOSED, DONE, EMPTY, OPEN, base, loaded, router, url

from coorace_eval.access import Access
from coorace_eval.apps.router import STEPS
from coorace_eval.apps.typography import french

__all__ = ["base", "loaded", "router", "url"]

PAGES = [step.value for step in STEPS]


def go(router, campaign, page):
    router.receive("route", {"path": f"campagne/{campaign[0]}/{campaign[1]}/{page}"})
    return router.screen()


def sound(router):
    """The screen, which must keep the contract and speak French to the end of its spaces."""
    state = router.screen()
    assert breaches(state, router) == []
    return state


def test_the_home_page_keeps_the_contract(router):
    sound(router)
    router.receive("act", {"id": "open_form"})
    assert {"enterprise", "year", "reference"} == {
        field["id"] for field in fields_of(sound(router)["blocks"])
    }
    router.receive("set", {"id": "enterprise", "value": "nouvelle"})
    router.receive("act", {"id": "create"})
    state = sound(router)
    assert len(state["problems"]) == 3
    named = {field["id"] for field in fields_of(state["blocks"])}
    assert {problem["id"] for problem in state["problems"]} <= named, "each problem leads to its field"


@pytest.mark.parametrize(
    "campaign", [DONE, CLOSED, OPEN, EMPTY], ids=["restitution", "close", "collecte", "cadrage"]
)
def test_every_page_keeps_the_contract(router, campaign):
    for page in PAGES:
        go(router, campaign, page)
        state = sound(router)
        for tab in (state["tabs"] or {"items": []})["items"]:
            router.receive("tab", {"id": tab["id"]})
            shown = sound(router)
            assert [item["id"] for item in shown["tabs"]["items"] if item["current"]] == [tab["id"]]


def test_a_closed_campaign_offers_no_way_to_change_it(router):
    for page in PAGES:
        state = go(router, CLOSED, page)
        assert any(block.get("title") == "Lecture seule" for block in state["blocks"])
        allowed = {"download", "home"}
        leads = ("go.", "tab.", "room.")
        offered = {a["id"] for a, _ in actions_of(state) if not a["id"].startswith(leads)}
        assert offered <= allowed, page
        assert all(field.get("readonly") for field in fields_of(state["blocks"])), page


def test_the_form_of_an_indicator_keeps_the_contract_in_each_mode(router):
    go(router, OPEN, "referentiel")
    router.receive("act", {"id": "open_adding"})
    for mode in ("nombre", "part", "formule"):
        router.receive("set", {"id": "new.mode", "value": mode})
        sound(router)
    router.receive("act", {"id": "edit", "item": "nombre_salaries_parcours"})
    router.receive("act", {"id": "retire", "item": "part_minima_sociaux"})
    named = {field["id"] for field in fields_of(sound(router)["blocks"])}
    assert {"target@nombre_salaries_parcours", "because@part_minima_sociaux", "new.formula"} <= named


def test_a_dispute_is_shown_with_its_two_ways_out(router, url):
    from coorace_eval.apps.steps.collection import CollectionStep
    from coorace_eval.apps.workspace import Workspace

    go(router, OPEN, "collecte")
    CollectionStep(Workspace(Access.local(url, "Dominique"), *OPEN)).set("salaries_parcours", "500")
    router.receive("set", {"id": "salaries_parcours", "value": "410"})
    state = sound(router)
    dispute = next(block for block in blocks_of(state["blocks"]) if block.get("id") == "disputes")
    assert dispute is state["blocks"][0]
    assert "Dominique a écrit" in dispute["items"][0]["text"] and "410" in dispute["items"][0]["text"]
    router.receive("act", {"id": "take_mine", "item": "salaries_parcours"})
    field = next(f for f in fields_of(sound(router)["blocks"]) if f["id"] == "salaries_parcours")
    assert (field["value"], field["error"], field["saved"]) == ("410", "", "enregistré")


def test_last_year_s_figure_stands_beside_the_field(router):
    fields = {field["id"]: field for field in fields_of(go(router, OPEN, "collecte")["blocks"])}
    assert fields["salaries_parcours"]["previous"].startswith("2024\u00a0: ")


def test_a_problem_of_the_page_leads_to_its_field_and_keeps_what_was_typed(router):
    go(router, OPEN, "collecte")
    router.receive("set", {"id": "salaries_parcours", "value": "beaucoup"})
    state = sound(router)
    assert state["problems"][0]["id"] == "salaries_parcours"
    field = next(f for f in fields_of(state["blocks"]) if f["id"] == "salaries_parcours")
    assert (
        field["value"] == "beaucoup" and field["error"] == state["problems"][0]["text"] and not field["saved"]
    )


def test_what_is_drawn_cannot_run(router):
    state = go(router, DONE, "restitution")
    drawings = [block["svg"] for block in blocks_of(state["blocks"]) if block["type"] == "figure"]
    assert len(drawings) == 3
    assert not any(re.search(r"<script|foreignObject|\son\w+=|href=\"http", svg) for svg in drawings)


def test_spaces_hold_signs_to_their_words_and_leave_what_was_typed():
    said = french({"label": "Prêt ? « Oui » : 12 %", "value": "a ? b", "items": ["Non !"]})
    assert said == {
        "label": "Prêt\u202f? «\u00a0Oui\u00a0»\u00a0: 12\u00a0%",
        "value": "a ? b",
        "items": ["Non\u202f!"],
    }


def test_no_screen_lets_a_sign_go_to_the_next_line(router):
    for page in PAGES:
        for text in words_of(go(router, DONE, page)):
            assert not re.search(r" [:;?!»%]|« ", text), text


def words_of(said, name=""):
    """Every text shown, but for what people typed and what only machines read."""
    if isinstance(said, dict):
        for key, value in said.items():
            yield from words_of(value, key)
    elif isinstance(said, list):
        for value in said:
            yield from words_of(value, name)
    elif isinstance(said, str) and name not in ("id", "value", "svg", "route", "item", "target"):
        yield said
