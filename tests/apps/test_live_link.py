"""The link between the page and its process: few files, the state as it is now, a cut mended."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from apps.browser import Served, opened
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FIRST = """
from coorace_eval.apps.components.screen import Screen

def shown(text, toast=""):
    told = {"title": text, "route": "", "heading": {"text": text}, "blocks": [], "toast": toast}
    return told | {"actions": [{"id": "next", "label": "Suivant", "kind": "primary"}]}

screen = Screen(state=shown("Première cellule"))
heard = []

def receive(intent, args):
    heard.append(intent)
    screen.state = shown("Entendu", f"{len(heard)} fois")

screen.on_intent(receive)
screen"""
LATER = "screen.state = shown('Seconde cellule')"
MOST_REQUESTS = 12


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    """A notebook whose second cell changes what the first one shows."""
    path = tmp_path_factory.mktemp("lien") / "lien.ipynb"
    cells = [nbformat.v4.new_code_cell(text) for text in (FIRST, LATER)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    server = Served(path)
    yield server.start()
    server.stop()


def test_a_page_needs_few_files_and_none_of_voila(served, new_page):
    page = new_page(served.url)
    asked = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(served.url)))
    opened(page, served.url)
    page.wait_for_function("() => window.coorace.link.open")
    assert 0 < len(asked) <= MOST_REQUESTS, asked
    assert not [path for path in asked if path.startswith("voila/") or path.startswith("api/")]
    assert page.outside == [] and page.faults == []


def test_what_a_later_cell_changes_is_shown(served, new_page):
    page = opened(new_page(served.url), served.url)
    expect(page.locator("h1#titre")).to_have_text("Seconde cellule")


def test_an_answer_comes_after_the_link_was_cut_and_opened_again(served, new_page):
    page = opened(new_page(served.url), served.url)
    page.wait_for_function("() => window.coorace.link.open")
    page.evaluate(
        "() => { window.cuts = []; window.again = [];"
        "const link = window.coorace.link;"
        "link.addEventListener('closed', (event) => window.cuts.push(event.detail.code));"
        "link.addEventListener('open', (event) => window.again.push(event.detail.again));"
        "link.socket.close(); }"
    )
    page.wait_for_function("() => window.again.length === 1")
    assert page.evaluate("() => [window.cuts.length, window.again]") == [1, [True]]
    assert page.evaluate("() => window.coorace.link.answers()") is True
    page.get_by_role("button", name="Suivant").click()
    expect(page.locator(".ce-toast")).to_contain_text("1 fois")
