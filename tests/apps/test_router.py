"""Every message is untrusted: it is refused in French, nothing is written, nothing breaks."""

from __future__ import annotations

import logging
import shutil

import pytest
from apps.contract import actions_of, breaches, fields_of
from apps.road import CLOSED, DONE, EMPTY, OPEN, base, content, loaded, router, url
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coorace_eval.access import Access
from coorace_eval.apps.directory import STEPS
from coorace_eval.apps.router import Router
from coorace_eval.campaigns.model import State
from coorace_eval.formatting import parse_number
from coorace_eval.storage import open_store

__all__ = ["base", "loaded", "router", "url"]

NASTY = [
    "<img src=x onerror=alert(1)>",
    "=1+1",
    "🌱",
    "عربية",
    "a\0b",
    "\ud800",
    "\u202e",
    "../../etc",
    "'; DROP TABLE",
    "x" * 60_000,
]


def go(router, campaign, page=""):
    router.receive("route", {"path": f"campagne/{campaign[0]}/{campaign[1]}/{page}"})
    assert not router.wide_problem


def refused(router, url, intent, args):
    """Send a message that must change nothing and be answered in French."""
    before = content(url)
    router.receive(intent, args)
    state = router.screen()
    assert breaches(state, router) == []
    assert content(url) == before
    said = " ".join(problem["text"] for problem in state["problems"])
    assert said and "Traceback" not in said and "Error" not in said
    return said


@pytest.mark.parametrize(
    ("intent", "args"),
    [
        ("eval", {"code": "1"}),
        ("", {}),
        ("set", {}),
        ("set", {"id": None, "value": "1"}),
        ("set", {"id": ["salaries_parcours"], "value": "1"}),
        ("set", {"id": "salaries_parcours", "value": None}),
        ("set", {"id": "salaries_parcours", "value": 12}),
        ("set", {"id": "salaries_parcours", "value": True}),
        ("set", {"id": "salaries_parcours", "value": ["1"]}),
        ("set", {"id": "inconnue", "value": "1"}),
        ("set", {"id": "salaries_parcours|sexe:X", "value": "1"}),
        ("set", {"id": "salaries_parcours|type:AI", "value": "1"}),
        ("set", {"id": "salaries_parcours#author", "value": "x"}),
        ("set", {"id": "salaries_parcours|sexe:F#source", "value": "x"}),
        ("set", {"id": "salaries_parcours#source#source", "value": "x"}),
        ("set", {"id": "finalite", "value": "x"}),
        ("set", {"id": "level@lien_social", "value": "acquis"}),
        ("set", {"id": "target@taux_sorties_dynamiques", "value": "65"}),
        ("set", {"id": "__class__", "value": "x"}),
        ("set", {"id": "x" * 5000, "value": "x"}),
        ("set", {"id": "salaries_parcours", "value": "9" * 100_000}),
        ("status", {"id": "salaries_parcours", "value": "denominateur_nul"}),
        ("status", {"id": "salaries_parcours", "value": 1}),
        ("status", {"id": "inconnue", "value": "estime"}),
        ("status", {}),
        ("tab", {"id": "inconnu"}),
        ("tab", {"id": 3}),
        ("tab", {"id": "\ud800"}),
        ("\ud800", {}),
        ("act", {}),
        ("act", {"id": "close_analysis"}),
        ("act", {"id": "close_campaign"}),
        ("act", {"id": "make_report"}),
        ("act", {"id": "__init__"}),
        ("act", {"id": "reopen", "item": "x"}),
        ("act", {"id": "take_mine", "item": "salaries_parcours"}),
        ("act", {"id": "go.restitution"}),
        ("act", {"id": "go.analyse"}),
        ("act", {"id": "go.close"}),
        ("act", {"id": "go."}),
        ("act", {"id": "tab.x"}),
        ("act", {"id": "create"}),
        ("act", {"id": "open", "item": "ateliers_du_marais/2024"}),
        ("step", {"id": "suivi"}),
        ("step", {"id": "close"}),
        ("step", {"id": None}),
        ("route", {"path": "campagne/inconnue/2025"}),
        ("route", {"path": "campagne/ateliers_du_marais/1999/collecte"}),
        ("route", {"path": f"campagne/{OPEN[0]}/{OPEN[1]}/suivi"}),
        ("route", {"path": 12}),
        ("route", {"path": "x" * 500}),
    ],
)
def test_what_no_screen_of_ours_can_have_sent_is_refused(router, url, caplog, intent, args):
    go(router, OPEN, "collecte")
    with caplog.at_level(logging.ERROR):
        refused(router, url, intent, args)
    assert not caplog.records, "refused on purpose, not by accident"


@pytest.mark.parametrize(
    ("campaign", "page", "action", "item"),
    [
        (DONE, "referentiel", "retire", "nombre_salaries_parcours"),
        (DONE, "collecte", "close_collection", ""),
        (DONE, "analyse", "close_analysis", ""),
        (DONE, "analyse", "remove_verbatim", "inconnu"),
        (CLOSED, "collecte", "reopen", ""),
        (CLOSED, "suivi", "close_campaign", ""),
        (CLOSED, "restitution", "close_feedback", ""),
        (CLOSED, "exploration", "remove_card", "x"),
        (EMPTY, "cadrage", "go.collecte", ""),
        (EMPTY, "cadrage", "go.analyse", ""),
        (EMPTY, "cadrage", "add_card", ""),
    ],
)
def test_a_button_that_is_not_there_does_nothing(router, url, campaign, page, action, item):
    go(router, campaign, page)
    refused(router, url, "act", {"id": action, "item": item})


def test_another_enterprise_s_items_are_out_of_reach(router, url):
    go(router, DONE, "analyse")
    quotes = {v.id for v in router.step.work.story.verbatims}
    assert quotes
    go(router, ("groupe_rives_et_chemins", 2025), "analyse")
    for quote in quotes - {v.id for v in router.step.work.story.verbatims}:
        refused(router, url, "act", {"id": "remove_verbatim", "item": quote})


@pytest.mark.parametrize(
    "path",
    [
        "",
        "#",
        "/",
        "inconnu",
        "campagne",
        "campagne/x",
        "campagne/x/y",
        "campagne/x/٢٠٢٥",
        "campagne/x/" + "9" * 300,
    ],
)
def test_an_address_that_names_nothing_leads_home(router, path):
    go(router, OPEN)
    router.receive("route", {"path": path})
    assert router.step is None and router.screen()["route"] == "accueil"
    assert not router.wide_problem


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_a_text_of_any_kind_is_kept_as_text_or_refused(router, url, base, text):
    places = [
        (EMPTY, "cadrage", "finalite", ""),
        (OPEN, "exploration", "text", "add_card"),
        (OPEN, "referentiel", "label@nombre_salaries_parcours", ""),
        (OPEN, "collecte", "salaries_parcours#comment", ""),
        (DONE, "analyse", "why@lien_social", ""),
        (("groupe_rives_et_chemins", 2025), "suivi", "label", "add_decision"),
    ]
    for campaign, page, field, action in places:
        go(router, campaign, page)
        router.receive("set", {"id": field, "value": text})
        if action:
            router.receive("act", {"id": action})
        assert not router.wide_problem
        assert breaches(router.screen(), router) == []
        again = Router(Access.local(url), base)
        go(again, campaign, page)
        assert breaches(again.screen(), again) == []


def test_what_goes_wrong_unforeseen_is_said_without_a_trace(router, monkeypatch, caplog):
    go(router, OPEN, "collecte")
    monkeypatch.setattr(type(router.step), "set", lambda *_: 1 / 0)
    router.receive("set", {"id": "salaries_parcours", "value": "1"})
    said = router.screen()["problems"][0]["text"]
    assert "Cette action n'a pas abouti" in said and "division" not in said


def test_a_page_that_cannot_be_drawn_says_so_and_leads_home(router, monkeypatch):
    go(router, DONE, "restitution")
    monkeypatch.setattr("coorace_eval.apps.views.figures.figures", lambda work: 1 / 0)
    state = router.screen()
    assert len(state["stepper"]["steps"]) == 7
    assert "ne peut pas s'afficher" in state["problems"][0]["text"]
    router.receive("home", {})
    assert breaches(router.screen(), router) == []


def test_a_locked_database_is_said_and_nothing_is_lost(router, url):
    import sqlite3

    go(router, OPEN, "collecte")
    router.step.work.access = Access.local(f"{url}?timeout=0.1", "Camille")
    with sqlite3.connect(url.removeprefix("sqlite:///")) as other:
        other.execute("BEGIN IMMEDIATE")
        router.receive("set", {"id": "salaries_parcours", "value": "410"})
        other.rollback()
    field = next(f for f in fields_of(router.screen()["blocks"]) if f["id"] == "salaries_parcours")
    assert "y écrit en ce moment" in field["error"] and field["value"] == "410" and not field["saved"]
    router.receive("set", {"id": "salaries_parcours", "value": "410"})
    field = next(f for f in fields_of(router.screen()["blocks"]) if f["id"] == "salaries_parcours")
    assert field["saved"] == "enregistré"


def test_coming_back_opens_the_page_that_was_left(url, base):
    first = Router(Access.local(url), base)
    go(first, OPEN, "referentiel")
    again = Router(Access.local(url), base)
    again.receive("act", {"id": "open", "item": f"{OPEN[0]}/{OPEN[1]}"})
    assert again.step.state is State.REFERENTIEL


PAGES = [state.value for state in STEPS]
VALUES = st.one_of(
    st.sampled_from(
        [
            "1",
            "12,5",
            "0",
            "-3",
            "1 000",
            "",
            "abc",
            "=1",
            "acquis",
            "sur",
            "nouvelle",
            "2026",
            "formule",
            "part",
        ]
    ),
    st.text(max_size=8),
    st.booleans(),
    st.none(),
    st.integers(),
)
STATUSES = ["renseigne", "estime", "non_pertinent", "confidentiel", "denominateur_nul"]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_is_sent_the_screen_holds_and_what_is_said_kept_is_kept(
    data, loaded, base, tmp_path_factory
):
    """A person, or a program, does anything at all with what is on screen and what is not."""
    copy = tmp_path_factory.mktemp("walk") / "walk.db"
    shutil.copy(loaded, copy)
    url = f"sqlite:///{copy}"
    router = Router(Access.local(url, "Camille"), base)
    kept: dict[str, str] = {}
    router.receive("route", {"path": f"campagne/{OPEN[0]}/{OPEN[1]}/collecte"})
    for _ in range(data.draw(st.integers(3, 10))):
        state = router.screen()
        intent, args = data.draw(messages(state))
        router.receive(intent, args)
        state = router.screen()
        assert breaches(state, router) == []
        if state["route"] != f"campagne/{OPEN[0]}/{OPEN[1]}/collecte":
            continue
        for field in fields_of(state["blocks"]):
            if field.get("saved") and field["kind"] == "number":
                kept[field["id"]] = field["value"]
    with open_store(url) as store:
        held = {f"{a.variable}|{a.part}".rstrip("|"): a.value for a in store.answer_list(*OPEN)}
    assert {name: parse_number(value) for name, value in kept.items()} == {
        name: held.get(name) for name in kept
    }


@st.composite
def messages(draw, state):
    """A message that the screen may send, or one that it may not."""
    fields = [field["id"] for field in fields_of(state["blocks"])] or ["label"]
    buttons = [(a["id"], item) for a, item in actions_of(state) if a["id"] != "download"] or [
        ("page.accueil", "")
    ]
    kind = draw(
        st.sampled_from(["set", "set", "set", "status", "act", "act", "step", "tab", "route", "hidden"])
    )
    if kind == "set":
        return kind, {"id": draw(st.sampled_from(fields)), "value": draw(VALUES)}
    if kind == "status":
        return kind, {"id": draw(st.sampled_from(fields)), "value": draw(st.sampled_from(STATUSES))}
    if kind == "act":
        id, item = draw(st.sampled_from(buttons))
        return kind, {"id": id, "item": item}
    if kind == "tab":
        return kind, {
            "id": draw(
                st.sampled_from([item["id"] for item in (state["tabs"] or {"items": []})["items"]] or ["x"])
            )
        }
    if kind == "step":
        return kind, {"id": draw(st.sampled_from(PAGES))}
    if kind == "route":
        return kind, {
            "path": draw(st.sampled_from(["", f"campagne/{OPEN[0]}/{OPEN[1]}/collecte", "campagne/x/2025"]))
        }
    hidden = [
        "close_collection",
        "reopen",
        "close_analysis",
        "close_campaign",
        "retire",
        "restore",
        "add_indicator",
        "add_card",
    ]
    return "act", {
        "id": draw(st.sampled_from(hidden)),
        "item": draw(st.sampled_from(["", "salaries_parcours", "x"])),
    }
