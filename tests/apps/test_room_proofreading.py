"""The proofreading room: what it reads, what it writes when asked, what it never touches."""

from __future__ import annotations

from dataclasses import replace

import pytest
from apps.browser import NARROW, Served, opened, violations, write_notebook
from apps.contract import breaches
from apps.road import CLOSED, DONE, EMPTY, OPEN, base, content, loaded, router, said, step_of, url
from playwright.sync_api import expect
from typer.testing import CliRunner

from coorace_eval.access import Access
from coorace_eval.apps.steps.proofreading import ProofreadingRoom
from coorace_eval.apps.views.proofreading import proofreading
from coorace_eval.apps.workspace import Workspace
from coorace_eval.campaigns.appreciation import Verbatim
from coorace_eval.campaigns.decisions import Decision
from coorace_eval.campaigns.edition import Edition, SectionChoice
from coorace_eval.campaigns.model import State
from coorace_eval.campaigns.workshop import Card
from coorace_eval.cli import app
from coorace_eval.problems import CampaignError
from coorace_eval.storage import open_store

__all__ = ["base", "loaded", "router", "step_of", "url"]

SHOW = "from coorace_eval.apps.launch import auto_evaluation\nauto_evaluation()"
WRITTEN = "Les usagers de l'atelier et les salarié·e·s ont relu le bilan."


@pytest.fixture
def written(url):
    """The finished campaign, with something to say better in each kind of text."""
    with open_store(url) as store:
        store.save_framing(*DONE, {"finalite": WRITTEN, "usage": "Un reporting pour la commune."})
        judged = store.appreciations(*DONE)[0]
        store.save_appreciation(*DONE, replace(judged, why="L'impact social est réel."), author="Camille")
        store.save_decision(*DONE, Decision("d1", "Réunir les clients", "", "", False))
        store.save_verbatim(
            *DONE, Verbatim("v1", judged.dimension, "Nos bénéficiaires, les usagers.", "", True)
        )
        store.save_card(*DONE, Card("c1", "Les usagers sont contents", "une usagère", ""))
        store.save_edition(*DONE, Edition((SectionChoice("cibles", comment="Les habitants nous aident."),)))
    return url


def room_of(url, campaign=DONE, author="Camille"):
    return ProofreadingRoom(Workspace(Access.local(url, author), *campaign))


def finding(room, found):
    return next(item for item in room.items if item.remark.found == found)


def test_every_text_of_the_enterprise_is_read_and_no_word_of_people(written):
    room = room_of(written)
    found = {item.remark.found for item in room.items}
    assert {"Les usagers", "salarié·e·s", "L'impact social", "clients", "habitants"} <= found
    assert not {"Nos bénéficiaires", "les usagers"} & found
    assert len({item.key for item in room.items}) == len(room.items)


@pytest.mark.parametrize(
    ("found", "after"),
    [
        ("Les usagers", "Les personnes accueillies de l'atelier et les salarié·e·s ont relu le bilan."),
        ("L'impact social", "L'effet sur les personnes est réel."),
        ("clients", "Réunir les clientes et clients"),
        ("habitants", "Les habitantes et habitants nous aident."),
    ],
)
def test_following_a_remark_changes_that_one_place(written, found, after):
    room, before = room_of(written), content(written)
    item = finding(room, found)
    room.act("apply_remark", item.key)
    assert not room.faults and room.spoken == "Corrigé." and room.saved
    texts = {i.text for i in room_of(written).items}
    assert after in texts or item.key not in {i.key for i in room_of(written).items}
    changed = {table for table, rows in content(written).items() if rows != before[table]}
    assert len(changed - {"appreciation_history", "journal", "events", "ledger"}) == 1, changed


def test_a_label_of_ones_own_is_corrected_only_while_the_referential_may_change(url):
    room = room_of(url, OPEN)
    with room.work.writing() as store:
        label = {"taux_sorties_dynamiques": "Sorties des salariés"}
        overlay = room.work.overlay.changed(relabel=label)
        store.save_campaign(replace(room.work.campaign, overlay=overlay))
    room.act("apply_remark", finding(room, "salariés").key)
    assert not room.faults, said(room)
    assert room_of(url, OPEN).work.overlay.relabel["taux_sorties_dynamiques"] == "Sorties des salarié-e-s"
    with room.work.writing() as store:
        overlay = room.work.overlay.changed(relabel=label)
        store.save_campaign(replace(room.work.campaign, overlay=overlay))
    room.work.move(State.ANALYSE)
    item = finding(room, "salariés")
    assert "ne change plus" in room.why_not(item.place)
    room.act("apply_remark", item.key)
    assert "CAM-001" in said(room)


def test_a_text_that_someone_else_changed_is_not_touched(written):
    mine, theirs = room_of(written), room_of(written, author="Dominique")
    item = finding(mine, "Les usagers")
    with theirs.work.writing() as store:
        store.save_framing(*DONE, {"finalite": "Autre chose."})
    mine.act("apply_remark", item.key)
    assert "a changé depuis" in said(mine) and "REP-013" in said(mine)
    assert room_of(written).work.story.framing["finalite"] == "Autre chose."


def test_what_is_left_as_it_is_stays_aside_until_the_campaign_is_opened_again(written):
    room, before = room_of(written), content(written)
    item, many = room.items[0], len(room.items)
    room.act("leave_remark", item.key)
    assert item.key not in {i.key for i in room.items} and room.left == 1
    room.act("leave_remark", item.key)
    assert not room.faults, "a second press comes too late, and harms nobody"
    assert room.focus == f"leave_remark-{room.items[0].key}"
    again = ProofreadingRoom(room.work)
    assert len(again.items) == many - 1
    again.act("show_left")
    assert len(again.items) == many == len(room_of(written).items)
    assert content(written) == before


@pytest.mark.parametrize("key", ["", "nulle-part", "../..", "0" * 16])
def test_a_remark_that_is_not_there_is_refused(written, key):
    room, before = room_of(written), content(written)
    room.act("apply_remark", key)
    room.act("leave_remark", key)
    assert "n'est plus là" in said(room) and content(written) == before


def test_a_closed_campaign_is_read_and_not_written(url):
    room = room_of(url, CLOSED)
    state = proofreading(room)
    assert state["blocks"][0]["title"] == "Lecture seule"
    for item in room.items:
        room.act("apply_remark", item.key)
    assert content(url) and all("CAM-002" in fault.text for fault in room.faults.values())


def test_the_room_opens_with_the_exploration(url):
    with pytest.raises(CampaignError):
        room_of(url, EMPTY)
    assert room_of(url, OPEN).state is State.COLLECTE and room_of(url, DONE).state is State.RESTITUTION


def test_the_screen_keeps_the_contract_and_says_when_there_is_nothing_to_take_up(router, written):
    router.receive("route", {"path": "campagne/ateliers_du_marais/2025/relecture"})
    state = router.screen()
    assert breaches(state, router) == []
    rows = [row for block in state["blocks"] if block["type"] == "list" for row in block["items"]]
    assert len(rows) == len(router.step.items)
    for row in rows:
        router.receive("act", {"id": "leave_remark", "item": row["id"]})
    empty = router.screen()
    assert breaches(empty, router) == []
    assert empty["blocks"][0]["title"] == "Rien à reprendre"


def test_the_command_prints_remarks_and_is_strict_where_asked(root):
    run = CliRunner().invoke
    done = run(app, ["words", str(root / "referentials/utilite_sociale/base.yaml")])
    assert done.exit_code == 0 and "textes relus" in done.output and "Sigle à expliquer" in done.output
    assert (
        run(app, ["words", str(root / "referentials/utilite_sociale/base.yaml"), "--strict"]).exit_code == 1
    )
    assert run(app, ["words", str(root / "absent.yaml")]).exit_code == 1


@pytest.mark.browser
def test_everyone_can_use_the_room(written, new_page, tmp_path):
    notebook = write_notebook(tmp_path / "app.ipynb", SHOW)
    served = Served(notebook, store=written)
    served.start()
    try:
        page = opened(new_page(served.url), f"{served.url}#campagne/{DONE[0]}/{DONE[1]}/relecture")
        expect(page.locator("h1")).to_have_text("Relire les textes")
        assert violations(page) == []
        first = page.locator(".ce-item").first
        title = first.locator("h3").inner_text()
        first.get_by_role("button", name="Appliquer").click()
        expect(page.get_by_role("heading", name=title, exact=True)).to_have_count(0)
        expect(page.get_by_role("button", name="Laisser ainsi").first).to_be_focused()
        page.set_viewport_size(NARROW)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        assert page.outside == [] and page.faults == []
    finally:
        served.stop()
