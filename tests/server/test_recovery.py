"""What a person lives through when something breaks under an open page: a real browser, real faults."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from apps.browser import NARROW, WIDE, opened, violations
from playwright.sync_api import Locator, Page, expect
from server.breaking import Breakable
from server.relay import Relay

from coorace_eval.campaigns.model import State
from coorace_eval.storage import open_store

pytestmark = [pytest.mark.browser, pytest.mark.long]

ENTERPRISE, YEAR = "coup_de_main_services", 2025
ROUTE = f"campagne/{ENTERPRISE}/{YEAR}/collecte"
SOON = 30_000
FIRST, SECOND = "salaries_parcours", "heures_parcours"
RELOADED = "La page s'est rechargée d'elle-même"
CUT = "La connexion est interrompue"


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Breakable]:
    """The application, to be broken and mended by each test."""
    server = Breakable(tmp_path_factory.mktemp("recovery"))
    yield server.start()
    server.stop()


@pytest.fixture
def relay(server) -> Iterator[Relay]:
    """The network between the browser and the server."""
    relay = Relay(server.port)
    yield relay
    relay.close()


@pytest.fixture
def at_collection(new_page) -> Callable[..., Page]:
    """Open the collection of figures, under any address of the server."""

    def open(url: str) -> Page:
        page = opened(new_page(url), f"{url}#{ROUTE}")
        expect(page.locator("h1")).to_have_text("Collecte")
        page.evaluate("window.neverReloaded = true")
        return page

    return open


def field(page: Page, name: str) -> Locator:
    return page.locator(f'[id="f-{name}"]')


def note(page: Page, name: str) -> Locator:
    return page.locator(f'[id="n-{name}"]')


def saved(page: Page, name: str) -> Locator:
    return note(page, name).locator(".ce-saved")


def type_in(page: Page, name: str, text: str) -> None:
    """Type in a field as a person does, without leaving it."""
    field(page, name).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def enter(page: Page, name: str, text: str) -> None:
    """Type in a field, leave it, and see that it is said to be kept."""
    type_in(page, name, text)
    page.keyboard.press("Tab")
    expect(saved(page, name)).to_have_text("enregistré", timeout=SOON)


def kept(server: Breakable, name: str) -> float | None:
    """What the store holds, and that its history ends with it."""
    with open_store(server.store) as store:
        values = {a.variable: a.value for a in store.answer_list(ENTERPRISE, YEAR) if not a.part}
        history = store.history(ENTERPRISE, YEAR, name)
    if name in values and not history.empty:
        assert history["value"].iat[-1] == values[name]
    return values.get(name)


def session(page: Page) -> str:
    return str(
        page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    )


def drafts(page: Page) -> list[str]:
    return [str(key) for key in page.evaluate("Object.keys(sessionStorage)") if ":saisie:" in key]


def picture(page: Page, name: str) -> None:
    """Find no fault of accessibility at two widths; keep a picture of each where one is asked for."""
    before, folder = page.viewport_size or WIDE, os.environ.get("COORACE_PICTURES")
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        if folder:
            page.screenshot(path=Path(folder) / f"{name}-{size['width']}.png")
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    page.set_viewport_size(before)


def test_a_killed_process_is_replaced_and_the_person_is_where_they_were(server, at_collection):
    page = at_collection(server.url)
    place = page.get_by_role("tab").nth(1)
    place.click()
    expect(place).to_have_attribute("aria-selected", "true")
    names = page.locator(".ce-field.is-number .ce-row > .ce-reply input").evaluate_all(
        "all => all.map(e => e.id.slice(2))"
    )
    enter(page, names[0], "31")
    type_in(page, names[1], "4")
    server.kill(session(page))
    page.keyboard.type("2")
    banner = page.locator("#connexion")
    expect(banner).to_contain_text("La page va se recharger d'elle-même", timeout=SOON)
    expect(page.locator("#reprise")).to_contain_text(RELOADED, timeout=SOON)
    expect(page.locator("h1")).to_have_text("Collecte")
    picture(page, "reprise")
    expect(page.get_by_role("tab").nth(1)).to_have_attribute("aria-selected", "true")
    expect(field(page, names[1])).to_be_focused()
    expect(field(page, names[1])).to_have_value("42")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    expect(saved(page, names[1])).to_have_text("enregistré", timeout=SOON)
    assert (kept(server, names[0]), kept(server, names[1])) == (31, 423)
    expect(field(page, names[0])).to_have_value("31")
    assert drafts(page) == []
    expect(banner).to_be_empty()


def test_the_page_waits_for_a_pause_before_it_reloads(server, at_collection):
    page = at_collection(server.url)
    server.kill(session(page))
    said = "Une phrase assez longue pour que la page s'aperçoive de la panne pendant qu'on l'écrit."
    box = field(page, f"{FIRST}#comment")
    page.locator("details", has=box).first.evaluate("one => one.open = true")
    box.focus()
    page.keyboard.type(said, delay=150)
    assert page.evaluate("window.neverReloaded")
    expect(page.locator("#connexion")).to_contain_text("La page va se recharger")
    expect(page.locator("#reprise")).to_contain_text(RELOADED, timeout=SOON)
    expect(field(page, f"{FIRST}#comment")).to_have_value(said)


def test_a_restarted_server_gets_what_it_had_not_taken_in(server, at_collection):
    page = at_collection(server.url)
    enter(page, FIRST, "401")
    server.crash()
    type_in(page, SECOND, "38 400,5")
    page.keyboard.press("Tab")
    banner = page.locator("#connexion")
    expect(banner).to_contain_text(CUT, timeout=SOON)
    expect(note(page, SECOND)).to_contain_text("Pas encore enregistré", timeout=SOON)
    picture(page, "coupure")
    assert len(drafts(page)) == 1
    server.start()
    expect(page.locator("#reprise")).to_contain_text(RELOADED, timeout=SOON)
    expect(saved(page, SECOND)).to_have_text("enregistré", timeout=SOON)
    assert (kept(server, FIRST), kept(server, SECOND)) == (401, 38400.5)
    assert drafts(page) == []
    expect(banner).to_be_empty()


def test_an_action_is_never_replayed_and_the_person_is_told(server, at_collection):
    page = at_collection(server.url)
    server.crash()
    page.get_by_role("tab").last.focus()
    page.get_by_role("button", name="Clore la collecte").click()
    server.start()
    told = page.locator("#reprise")
    expect(told).to_contain_text("votre dernière action n'a peut-être pas abouti", timeout=SOON)
    picture(page, "action")
    expect(page.locator("h1")).to_have_text("Collecte")
    told.get_by_role("button", name="Fermer").press("Enter")
    expect(told).to_be_empty()
    with open_store(server.store) as store:
        assert store.campaign(ENTERPRISE, YEAR).state is State.COLLECTE


def test_a_cut_network_lets_people_type_and_mends_by_itself(relay, server, at_collection):
    page = at_collection(relay.url)
    relay.cut()
    type_in(page, FIRST, "411")
    page.keyboard.press("Tab")
    type_in(page, SECOND, "412")
    page.keyboard.press("Tab")
    banner = page.locator("#connexion")
    expect(banner).to_contain_text(CUT, timeout=SOON)
    relay.mend()
    expect(banner).to_be_empty(timeout=SOON)
    for name in (FIRST, SECOND):
        expect(saved(page, name)).to_have_text("enregistré", timeout=SOON)
    assert (kept(server, FIRST), kept(server, SECOND)) == (411, 412)
    assert page.evaluate("window.neverReloaded")


def test_a_connection_that_breaks_at_the_moment_of_saving_saves_once(relay, server, at_collection):
    page = at_collection(relay.url)
    for value in range(421, 427):
        type_in(page, FIRST, str(value))
        page.keyboard.press("Tab")
        relay.drop()
        expect(saved(page, FIRST)).to_have_text("enregistré", timeout=SOON)
    assert kept(server, FIRST) == 426
    with open_store(server.store) as store:
        values = store.history(ENTERPRISE, YEAR, FIRST)["value"].tolist()[-6:]
    assert values == [421, 422, 423, 424, 425, 426]


def test_a_laptop_that_was_closed_finds_its_session_again(relay, server, at_collection):
    page = at_collection(relay.url)
    enter(page, FIRST, "430")
    relay.forget()
    type_in(page, FIRST, "431")
    page.keyboard.press("Tab")
    expect(saved(page, FIRST)).to_have_text("enregistré", timeout=SOON)
    assert kept(server, FIRST) == 431
    assert page.evaluate("window.neverReloaded")


def test_a_frozen_server_is_said_and_forgiven(server, at_collection):
    page = at_collection(server.url)
    server.freeze()
    try:
        expect(page.locator("#connexion")).to_contain_text(CUT, timeout=SOON)
        type_in(page, FIRST, "441")
        page.keyboard.press("Tab")
    finally:
        server.thaw()
    expect(page.locator("#connexion")).to_be_empty(timeout=SOON)
    expect(saved(page, FIRST)).to_have_text("enregistré", timeout=SOON)
    assert kept(server, FIRST) == 441


def test_a_browser_without_network_says_so_and_comes_back(server, at_collection):
    page = at_collection(server.url)
    page.context.set_offline(True)
    type_in(page, FIRST, "451")
    page.keyboard.press("Tab")
    expect(page.locator("#connexion")).to_contain_text(CUT, timeout=SOON)
    page.context.set_offline(False)
    expect(page.locator("#connexion")).to_be_empty(timeout=SOON)
    expect(saved(page, FIRST)).to_have_text("enregistré", timeout=SOON)
    assert kept(server, FIRST) == 451


def test_a_session_that_lives_but_cannot_be_reached_leads_to_another_one(relay, server, at_collection):
    page = at_collection(relay.url)
    enter(page, FIRST, "460")
    relay.refuse(b"/channels")
    type_in(page, FIRST, "461")
    page.keyboard.press("Tab")
    expect(page.locator("#connexion")).to_contain_text(CUT, timeout=SOON)
    page.wait_for_function("() => window.neverReloaded === undefined", timeout=120_000)
    relay.mend()
    expect(saved(page, FIRST)).to_have_text("enregistré", timeout=120_000)
    assert kept(server, FIRST) == 461


def test_a_page_never_reloads_for_ever(server, at_collection):
    page = at_collection(server.url)
    page.evaluate("sessionStorage.setItem('coorace-essais', JSON.stringify(Array(4).fill(Date.now())))")
    server.kill(session(page))
    banner = page.locator("#connexion")
    expect(banner).to_contain_text("rechargée plusieurs fois", timeout=SOON)
    picture(page, "assez")
    type_in(page, FIRST, "471")
    page.keyboard.press("Tab")
    banner.get_by_role("button", name="Recharger").press("Enter")
    expect(saved(page, FIRST)).to_have_text("enregistré", timeout=SOON)
    assert kept(server, FIRST) == 471


def test_a_reload_by_hand_offers_what_was_typed(server, at_collection):
    page = at_collection(server.url)
    enter(page, FIRST, "480")
    type_in(page, FIRST, "481")
    page.reload()
    expect(note(page, FIRST)).to_contain_text(re.compile("retrouvée.*481"), timeout=SOON)
    expect(field(page, FIRST)).to_have_value("480")
    note(page, FIRST).get_by_role("button", name="Reprendre").press("Enter")
    expect(saved(page, FIRST)).to_have_text("enregistré", timeout=SOON)
    assert kept(server, FIRST) == 481


def test_a_text_that_a_button_would_have_kept_comes_back(server, at_collection):
    page = at_collection(server.url)
    page.get_by_role("button", name="Exploration").click()
    expect(page.locator("h1")).to_have_text("Exploration")
    type_in(page, "text", "On se parle à la pause")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Traitement en cours…")).to_have_count(0)
    page.wait_for_timeout(500)
    server.kill(session(page))
    expect(page.locator("#reprise")).to_contain_text(RELOADED, timeout=SOON)
    expect(field(page, "text")).to_have_value("On se parle à la pause")
    page.get_by_role("button", name="Ajouter la carte").click()
    expect(page.get_by_role("heading", name="On se parle à la pause")).to_be_visible(timeout=SOON)
    expect(field(page, "text")).to_have_value("")
    assert drafts(page) == []


def test_two_people_on_one_field_choose_even_after_a_failure(server, at_collection):
    mine, theirs = at_collection(server.url), at_collection(server.url)
    enter(mine, FIRST, "490")
    theirs.reload()
    expect(field(theirs, FIRST)).to_have_value("490")
    enter(theirs, FIRST, "500")
    type_in(mine, FIRST, "510")
    mine.keyboard.press("Tab")
    expect(mine.locator("#b-disputes")).to_contain_text("500", timeout=SOON)
    picture(mine, "deux-personnes")
    server.kill(session(mine))
    expect(mine.locator("#reprise")).to_contain_text(RELOADED, timeout=SOON)
    expect(field(mine, FIRST)).to_have_value("500")
    expect(note(mine, FIRST)).to_contain_text("510")
    assert kept(server, FIRST) == 500, "what someone else wrote is never written over unseen"
    note(mine, FIRST).get_by_role("button", name="Reprendre").press("Enter")
    expect(saved(mine, FIRST)).to_have_text("enregistré", timeout=SOON)
    assert kept(server, FIRST) == 510


def test_a_page_left_alone_is_closed_and_comes_back(tmp_path, at_collection):
    settings = {"Kernels": {"cull_idle_timeout": 2, "cull_interval": 1}}
    server = Breakable(tmp_path, settings).start()
    relay = Relay(server.port)
    try:
        page = at_collection(relay.url)
        enter(page, FIRST, "521")
        before = session(page)
        relay.cut()
        type_in(page, SECOND, "522")
        page.keyboard.press("Tab")
        page.wait_for_timeout(500)
        for _ in range(300):
            if before not in server.kernels():
                break
            page.wait_for_timeout(100)
        assert before not in server.kernels(), "nobody looks at it, so it is closed"
        relay.mend()
        expect(page.locator("#reprise")).to_contain_text(RELOADED, timeout=SOON)
        expect(saved(page, SECOND)).to_have_text("enregistré", timeout=SOON)
        assert (kept(server, FIRST), kept(server, SECOND)) == (521, 522)
    finally:
        relay.close()
        server.stop()
