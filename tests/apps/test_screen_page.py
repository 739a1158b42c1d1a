"""The page in a real browser: accessible, in French, closed, patient."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from apps.browser import NARROW, WIDE, Served, opened, violations, write_notebook
from apps.demo_states import STATES
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

ENGLISH = re.compile(
    r"\b(the|error|loading|executing|running|kernel|please|server|connection|warning|submit|reload|save|"
    r"select|choose|voil[àa]|traceback|exception)\b",
    re.IGNORECASE,
)
SHOW = "from demo_app import screen\nscreen"


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    """The demonstration, served."""
    notebook = write_notebook(tmp_path_factory.mktemp("demo") / "demo.ipynb", SHOW)
    server = Served(notebook)
    yield server.start()
    server.stop()


def show(page: Page, name: str) -> None:
    """Ask for a state by the address, as a person with a bookmark would."""
    page.evaluate(f"location.hash = '#demo/{name}'")
    page.wait_for_function("title => document.title === title", arg=STATES[name]["title"])
    page.wait_for_timeout(150)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
def test_every_state_is_accessible_french_closed_and_fits(served, new_page, size):
    page = opened(new_page(served.url, size), served.url)
    assert page.evaluate("document.documentElement.lang") == "fr"
    for name in STATES:
        show(page, name)
        assert violations(page) == [], name
        assert not ENGLISH.search(page.inner_text("body")), name
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        assert page.locator("h1").count() == 1
    assert page.outside == [] and page.faults == []


def test_an_address_opens_its_page_and_back_returns(served, new_page):
    page = opened(new_page(served.url), f"{served.url}#demo/collect")
    expect(page).to_have_title(STATES["collect"]["title"])
    show(page, "errors")
    page.go_back()
    expect(page).to_have_title(STATES["collect"]["title"])
    expect(page.locator("h1")).to_be_focused()


def test_the_keyboard_alone_suffices(served, new_page):
    page = opened(new_page(served.url), f"{served.url}#demo/collect")
    expect(page).to_have_title(STATES["collect"]["title"])
    page.keyboard.press("Tab")
    page.evaluate("document.querySelector('.page-skip').focus()")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Cadrage")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".ce-toast")).to_contain_text("step [('id', 'cadrage')]")

    page.get_by_role("tab", selected=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Parcours et montée")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator(".ce-toast")).to_contain_text("tab [('id', 'environnement')]")

    box = page.locator("#f-heures")
    box.focus()
    page.keyboard.type("38,2")
    page.keyboard.press("Enter")
    expect(page.locator(".ce-toast")).to_contain_text("set heures 38,2")
    expect(page.locator("#n-heures")).to_contain_text("enregistré")

    show(page, "analysis")
    page.locator("input[type=radio]:checked").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".ce-toast")).to_contain_text("set level acquis")
    expect(page.get_by_label("C'est acquis")).to_be_checked()


def test_a_refused_value_stays_as_typed_and_a_status_closes_its_box(served, new_page):
    page = opened(new_page(served.url), f"{served.url}#demo/collect")
    box = page.locator("#f-heures")
    box.fill("abc 12")
    box.blur()
    expect(page.locator("#n-heures")).to_contain_text("Ce n'est pas un nombre.")
    expect(box).to_have_value("abc 12")
    expect(box).to_have_attribute("aria-invalid", "true")
    page.locator("#s-achats").select_option("non_pertinent")
    expect(page.locator("#l-achats")).to_contain_text("aucune valeur attendue")
    expect(page.locator("#f-achats")).to_have_attribute("readonly", "")


def test_what_was_typed_and_not_kept_is_offered_after_a_reload(served, new_page):
    page = opened(new_page(served.url), f"{served.url}#demo/collect")
    page.locator("#f-heures").press_sequentially("41,5")
    page.reload()
    found = page.locator("#n-heures")
    expect(found).to_contain_text("41,5")
    found.get_by_role("button", name="Reprendre").click()
    expect(page.locator("#f-heures")).to_have_value("41,5")
    expect(found).to_contain_text("enregistré")


def test_the_problems_take_the_keyboard_and_lead_to_their_fields(served, new_page):
    page = opened(new_page(served.url), f"{served.url}#demo/errors")
    expect(page.locator(".ce-problems")).to_be_focused()
    page.get_by_role("link", name="Date de début").click()
    expect(page.locator("#f-start")).to_be_focused()
    page.keyboard.type("5/3/2025")
    page.keyboard.press("Tab")
    expect(page.locator(".ce-toast")).to_contain_text("set start 2025-03-05")
    expect(page.locator("#f-start")).to_have_value("05/03/2025")
    assert page.url.endswith("#demo/errors")


def test_a_drawing_and_a_text_cannot_run(served, new_page):
    page = opened(new_page(served.url), f"{served.url}#hostile")
    page.locator("#b-bad svg").wait_for()
    drawn = page.locator("#b-bad svg").evaluate("node => node.outerHTML")
    for word in (
        "script",
        "foreignObject",
        "onload",
        "onclick",
        "style",
        "image",
        "example.org",
        "javascript",
    ):
        assert word not in drawn
    assert page.evaluate("window.hacked") is None
    assert page.locator("#b-bad svg").get_attribute("role") == "img"
    clip = page.locator("#b-good clipPath").get_attribute("id")
    assert page.locator("#b-good g").first.get_attribute("clip-path") == f"url(#{clip})"
    assert page.outside == []


def test_a_file_is_saved_by_the_browser(served, new_page):
    page = opened(new_page(served.url), f"{served.url}#demo/restitution")
    with page.expect_download() as waited:
        page.get_by_role("button", name="Télécharger la restitution").click()
    assert waited.value.suggested_filename == "restitution.pdf"


def test_a_lost_connection_is_said_and_comes_back_by_itself(served, new_page):
    page = opened(new_page(served.url), f"{served.url}#demo/collect")
    page.locator("#f-heures").wait_for()
    banner = page.locator("#connexion")
    served.freeze()
    try:
        expect(banner).to_contain_text("La connexion est interrompue", timeout=30_000)
        page.locator("#f-heures").fill("12")
        assert violations(page) == []
        assert not ENGLISH.search(page.inner_text("body"))
    finally:
        served.thaw()
    expect(banner).to_be_empty(timeout=20_000)
    page.locator("#f-heures").blur()
    expect(page.locator("#n-heures")).to_contain_text("enregistré")


def test_a_server_that_restarted_is_joined_again_and_loses_nothing(tmp_path, new_page):
    server = Served(write_notebook(tmp_path / "demo.ipynb", SHOW)).start()
    try:
        page = opened(new_page(server.url), f"{server.url}#demo/collect")
        page.locator("#f-heures").wait_for()
        server.stop(hard=True)
        banner = page.locator("#connexion")
        expect(banner).to_contain_text("Votre saisie reste à l'écran", timeout=30_000)
        page.locator("#f-heures").fill("77")
        page.locator("#f-heures").blur()
        expect(page.locator("#n-heures")).to_contain_text("Pas encore enregistré", timeout=15_000)
        assert not ENGLISH.search(page.inner_text("body"))
        server.start()
        expect(page.locator("#reprise")).to_contain_text("rechargée d'elle-même", timeout=60_000)
        expect(page.locator("#n-heures .ce-saved")).to_have_text("enregistré", timeout=30_000)
        expect(page.locator("#f-heures")).to_have_value("77")
        expect(banner).to_be_empty()
    finally:
        server.stop()


@pytest.mark.parametrize(
    "source", ["1 / 0", "import sys; sys.stderr.write('x'); raise SystemExit(3)", "import os; os._exit(1)"]
)
def test_a_notebook_that_fails_says_so_in_french(tmp_path, new_page, source):
    server = Served(write_notebook(tmp_path / "broken.ipynb", source)).start()
    try:
        page = new_page(server.url)
        page.goto(server.url)
        expect(page.get_by_role("heading", name="L'application n'a pas pu s'ouvrir")).to_be_visible()
        said = page.content() + page.inner_text("body")
        assert "Traceback" not in said and "ZeroDivisionError" not in said and "ExecutionError" not in said
        assert not ENGLISH.search(page.inner_text("body"))
        assert violations(page) == []
    finally:
        server.stop()
