"""The rooms of a restitution in a real browser: by keyboard, at three widths, while the network is cut."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from apps.browser import NARROW, PATIENCE, WIDE, Served, opened, violations
from apps.test_walk import Command
from playwright.sync_api import Page, expect

from coorace_eval.access import Access
from coorace_eval.apps.workspace import Workspace
from coorace_eval.campaigns.edition import LARGEST_FILE
from coorace_eval.examples import load_examples
from coorace_eval.reports.trace import reference
from coorace_eval.storage import open_store

pytestmark = pytest.mark.browser

DONE = ("ateliers_du_marais", 2025)
HOME = "campagne/ateliers_du_marais/2025"
PROJECTOR = {"width": 1920, "height": 1080}


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> str:
    """The example federation."""
    address = f"sqlite:///{tmp_path_factory.mktemp('rooms') / 'rooms.db'}"
    load_examples(address)
    return address


@pytest.fixture(scope="module")
def served(store, tmp_path_factory) -> Iterator[Served]:
    """The application on it."""
    server = Command(tmp_path_factory.mktemp("serving") / "serve", store=store)
    yield server.start()
    server.stop()


@pytest.fixture
def enter(served, new_page, tmp_path):
    """Open a room, and check what is left behind: ``enter("documents", WIDE)``."""
    pages: list[Page] = []

    def entered(room: str, size: dict[str, int]) -> Page:
        page = opened(new_page(served.url, size), f"{served.url}#{HOME}/{room}")
        pages.append(page)
        return page

    yield entered
    for page in pages:
        assert page.outside == [] and page.faults == []


def checked(page: Page, name: str, folder: Path) -> None:
    """No fault of accessibility, nothing wider than the window; a picture stays."""
    page.wait_for_timeout(250)
    width = page.viewport_size["width"]
    page.screenshot(path=Path(os.environ.get("COORACE_PICTURES", folder)) / f"{width}-{name}.png")
    assert violations(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


def go(page: Page, room: str) -> None:
    """Open another room of the same campaign by its address."""
    page.evaluate("path => { location.hash = path; }", f"{HOME}/{room}")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
def test_a_document_is_composed_and_a_figure_is_traced_by_keyboard(enter, size, tmp_path, store):
    page = enter("documents", size)
    expect(page.locator("h1")).to_have_text("Composer le document")
    section = "manques" if size is WIDE else "decisions"
    title = page.locator(f'[id="b-{section}"] h3')
    name = title.inner_text()
    rank = page.locator(f'[id="b-{section}"] .ce-arranged-rank')
    before = int(rank.inner_text())
    page.locator(f'[id="b-move_up-{section}"]').press("Enter")
    expect(rank).to_have_text(str(before - 1))
    expect(page.locator(f'[id="b-move_up-{section}"]')).to_be_focused()
    expect(page.locator("[role=status]", has_text=f"{name} : place {before - 1} sur ")).to_have_count(1)
    page.locator(f'[id="f-shown@{section}"]').uncheck()
    expect(title).to_contain_text("Masquée")
    checked(page, "documents", tmp_path)
    with open_store(store) as opened_store:
        kept = {choice.id: choice.shown for choice in opened_store.edition(*DONE).sections}
    assert kept[section] is False

    work = Workspace(Access.local(store, "Camille"), *DONE)
    right = reference(work.results, "taux_sorties_dynamiques", *DONE)
    go(page, "chiffre")
    page.locator("#f-reference").fill("zzzz zzzz")
    page.keyboard.press("Enter")
    expect(page.locator("#n-reference")).to_contain_text("RAP-007")
    page.locator("#f-reference").fill(right.lower().replace("-", " "))
    page.keyboard.press("Enter")
    expect(page.locator(".ce-thread-one")).to_have_count(5)
    expect(page.get_by_text("C'est bien le chiffre qui a été imprimé")).to_be_visible()
    assert page.url.endswith(f"#{HOME}/chiffre/{right}")
    checked(page, "chiffre", tmp_path)


def test_a_template_goes_out_comes_back_in_pieces_and_is_removed(enter, tmp_path):
    page = enter("documents", WIDE)
    with page.expect_download() as given:
        page.get_by_role("button", name="Télécharger un modèle d'exemple").click()
    example = tmp_path / given.value.suggested_filename
    given.value.save_as(example)
    box = page.locator("input[type=file]")
    box.set_input_files({"name": "photo.png", "mimeType": "image/png", "buffer": b"x"})
    expect(page.locator("#n-modele_word")).to_contain_text("Ce genre de fichier ne convient pas.")
    box.set_input_files({"name": "gros.docx", "mimeType": "", "buffer": bytes(LARGEST_FILE + 1)})
    expect(page.locator("#n-modele_word")).to_contain_text("Le fichier dépasse 4")
    box.set_input_files({"name": "faux.docx", "mimeType": "", "buffer": os.urandom(180_000)})
    expect(page.get_by_text("À corriger dans votre modèle")).to_be_visible()
    checked(page, "modèle refusé", tmp_path)
    box.set_input_files(example)
    expect(page.locator(".ce-file-name")).to_have_text(example.name)
    expect(page.locator("#f-modele_word")).to_be_focused()
    page.locator('[id="b-remove_template-modele_word"]').click()
    expect(page.locator(".ce-file-name")).to_have_count(0)
    expect(page.locator("#f-modele_word")).to_be_focused()

    go(page, "analyse")
    page.get_by_role("button", name=re.compile(r"^60\s%\s?, d'où vient ce chiffre")).click()
    expect(page.locator(".ce-thread-one.is-key")).to_contain_text("60")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Analyse")


SIZE = "e => parseFloat(getComputedStyle(e).fontSize)"


@pytest.mark.parametrize("size", [PROJECTOR, NARROW], ids=["1920", "390"])
def test_slides_turn_by_keyboard_and_say_where_one_is(enter, size, tmp_path):
    page = enter("presentation", size)
    page.locator(".ce-slide").first.wait_for()
    count, place = page.locator(".ce-slide").count(), page.locator(".ce-stage-place")
    expect(page.locator("h2:focus")).to_have_text("Les Ateliers du Marais")
    assert page.locator(".ce-bar, .ce-stepper").count() == 0
    checked(page, "diapositive 1", tmp_path)
    for key, rank in (
        ("ArrowRight", 2), ("Space", 3), ("PageDown", 4), ("ArrowLeft", 3), ("PageUp", 2), ("End", count),
        ("ArrowRight", count), ("Home", 1), ("ArrowLeft", 1),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(place).to_have_text(f"{rank} / {count}")
        expect(page.locator(".ce-slide:not([hidden]) h2")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(place).to_have_text(f"3 / {count}")
    expect(page.locator("[role=status]", has_text=f"Diapositive 3 sur {count}")).to_have_count(1)
    expect(page.locator(".ce-slide:not([hidden]) .ce-drawing > svg")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".ce-slide:not([hidden]) .ce-text p").first.evaluate(SIZE) >= (
        28 if size is PROJECTOR else 18
    )
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    checked(page, "diapositive 4", tmp_path)
    page.emulate_media(media="print")
    assert page.locator(".ce-slide:visible").count() == count
    assert not page.locator(".ce-stage-bar").is_visible()
    page.emulate_media(media="screen")
    page.reload()
    expect(place).to_have_text(f"4 / {count}")
    page.keyboard.press("Escape")
    expect(page.locator("h1")).to_have_text("Restitution")


def test_an_appreciation_changes_live_and_a_cut_stops_nobody(enter, served, store, tmp_path):
    page = enter("presentation", WIDE)
    page.locator(".ce-slide").first.wait_for()
    slides = page.locator(".ce-slide")
    ids = slides.evaluate_all("all => all.map((one) => one.getAttribute('aria-labelledby'))")
    rank = ids.index("h-diapo-emploi_parcours-appreciation")
    for _ in range(rank):
        page.keyboard.press("ArrowRight")
    slide = page.locator(".ce-slide:not([hidden])")
    slide.get_by_text("Acquis", exact=True).click()
    expect(slide).to_contain_text(re.compile(r"Dernier changement\s?: de «\sBien engagé\s» à «\sAcquis\s»"))
    served.freeze()
    try:
        slide.get_by_label("Si vous changez d'avis").fill("Une cliente l'a dit : ça f f f.")
        page.keyboard.press("Escape")
        expect(slide.locator("h2")).to_be_focused()
        for ahead in (2, 3, 4):
            page.keyboard.press("ArrowRight")
            expect(page.locator(".ce-stage-place")).to_contain_text(f"{rank + ahead} /")
        assert slide.locator("h2").is_visible()
    finally:
        served.thaw()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(slide.locator('[id="n-reason@emploi_parcours"]')).to_contain_text("enregistré", timeout=PATIENCE)
    checked(page, "appréciation", tmp_path)
    with open_store(store) as opened_store:
        history = opened_store.appreciation_history(*DONE, "emploi_parcours")
    assert history["level"].iloc[-1] == "acquis" and history["reason"].iloc[-1].endswith("ça f f f.")
    page.get_by_role("button", name="Plein écran").click()
    expect(page.get_by_role("button", name="Réduire")).to_be_visible()
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Plein écran")).to_be_visible()
