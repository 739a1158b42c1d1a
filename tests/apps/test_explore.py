"""A chart that answers, drawn in the browser under our policy, without anything from outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apps.browser import NARROW, WIDE, Served, opened, violations, write_notebook
from playwright.sync_api import Page, expect

from coorace_eval.access import Access
from coorace_eval.apps.known import referential_of_new_campaigns
from coorace_eval.apps.router import Router
from coorace_eval.examples import load_examples

pytestmark = pytest.mark.browser

ADDRESS = "#campagne/ateliers_du_marais/2025/restitution"
SHOW = "from coorace_eval.apps.launch import auto_evaluation\nauto_evaluation()"
EXPLORE = "Explorer ce graphique"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("explore")
    store = f"sqlite:///{folder / 'explore.db'}"
    load_examples(store)
    server = Served(write_notebook(folder / "explore.ipynb", SHOW), store=store)
    yield server.start()
    server.stop()


def explored(page: Page, served: Served, rank: int) -> Page:
    """The restitution, with one of its charts drawn live."""
    asked = page.asked = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, f"{served.url}{ADDRESS}")
    page.get_by_role("button", name=EXPLORE).first.wait_for()
    assert not any("graphiques.js" in url for url in asked)
    page.get_by_role("button", name=EXPLORE).nth(rank).click()
    return page


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_marks_say_their_figures_by_pointer_and_by_keyboard(served, new_page, tmp_path, size):
    page = explored(new_page(served.url, size), served, 2)
    marks = page.locator(".ce-live svg .role-mark [tabindex]")
    expect(marks.first).to_be_attached()
    tip = page.locator(".ce-tip")
    marks.nth(1).hover()
    expect(tip).to_be_visible()
    pointed = tip.inner_text()
    marks.first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == pointed == tip.inner_text()
    assert ", 202" in pointed and "\u00a0:" in pointed
    page.screenshot(path=tmp_path / "explore.png", full_page=True)
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not page.outside
    assert sum("graphiques.js" in url for url in page.asked) == 1


def test_every_chart_of_the_page_can_be_explored_and_put_back(served, new_page):
    page = explored(new_page(served.url, WIDE), served, 0)
    buttons = page.get_by_role("button", name=EXPLORE)
    for rank in range(1, buttons.count()):
        buttons.nth(rank).click()
    expect(page.locator(".ce-live svg")).to_have_count(buttons.count())
    for rank in range(buttons.count()):
        assert page.locator(".ce-live").nth(rank).locator(".role-mark [tabindex]").count()
    buttons.first.click()
    expect(page.locator(".ce-live svg")).to_have_count(buttons.count() - 1)
    expect(page.locator(".ce-drawing:not(.ce-live) svg").first).to_be_visible()


def test_the_picture_stays_where_the_file_does_not_come(served, new_page):
    page = new_page(served.url, WIDE)
    page.route("**/graphiques.js", lambda route: route.abort())
    explored(page, served, 0)
    expect(page.get_by_text("son image reste affichée")).to_be_visible()
    expect(page.locator(".ce-drawing svg").first).to_be_visible()
    assert page.locator(".ce-live").count() == 0


def test_only_a_figure_of_the_page_in_hand_is_given(tmp_path):
    store = f"sqlite:///{tmp_path / 'explore.db'}"
    load_examples(store)
    router = Router(Access.local(store), referential_of_new_campaigns(None))
    router.receive("route", {"path": ADDRESS.strip("#")})
    figures = [
        b for group in router.screen()["blocks"] for b in group.get("blocks", ()) if b["type"] == "figure"
    ]
    router.receive("explore", {"id": figures[0]["id"]})
    assert router.is_unchanged and router.explored["id"] == figures[0]["id"]
    for wrong in ("", "figure-autre", 3, None, "x" * 500):
        router.receive("explore", {"id": wrong})
        assert router.explored is None and not router.is_unchanged and router.wide_problem
    router.receive("route", {"path": "campagne/ateliers_du_marais/2025/collecte"})
    router.receive("explore", {"id": figures[0]["id"]})
    assert router.explored is None and router.wide_problem
