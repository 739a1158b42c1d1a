"""A director's whole road in a real browser: home, seven steps, the PDF, and what goes wrong on the way."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from apps.browser import NARROW, PATIENCE, ROOT, WIDE, Served, opened, violations
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from coorace_eval.examples import load_examples
from coorace_eval.storage import open_store

pytestmark = pytest.mark.browser

RUN = "from coorace_eval.cli import app; app()"
OPEN = "campagne/coup_de_main_services/2025/collecte"


class Command(Served):
    """The application as ``coorace-eval serve`` starts it."""

    def start(self) -> Served:
        """Start the command and wait until it answers."""
        command = [sys.executable, "-c", RUN, "serve", "--port", str(self.port), "--store", self.store]
        self.log = self.notebook.with_suffix(".log").open("ab")
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=self.log, stderr=self.log)
        return self.answering(60)


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    """The application on a fresh federation."""
    folder = tmp_path_factory.mktemp("walk")
    store = f"sqlite:///{folder / 'walk.db'}"
    load_examples(store)
    server = Command(folder / "serve", store=store)
    yield server.start()
    server.stop()


class Road:
    """One browser window on its way; each page it passes is checked and pictured."""

    def __init__(self, page: Page, server: Served, folder: Path, size: str) -> None:
        self.page, self.server, self.folder, self.size = page, server, folder, size
        self.rank = 0
        opened(page, server.url)

    def arrived(self, title: str) -> None:
        """Wait for a page, then check and picture it."""
        expect(self.page.locator("h1")).to_have_text(title, timeout=PATIENCE)
        self.check(title)

    def check(self, name: str) -> None:
        """No fault of accessibility, nothing wider than the window; a picture stays."""
        self.settled()
        self.rank += 1
        self.page.evaluate("window.scrollTo(0, 0)")
        self.page.screenshot(path=self.folder / f"{self.size}-{self.rank:02}-{name}.png", full_page=True)
        assert violations(self.page) == [], name
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name

    def settled(self) -> None:
        """Wait until nothing is awaited any more."""
        self.page.wait_for_timeout(250)
        expect(self.page.get_by_text("Traitement en cours…")).to_have_count(0)

    def press(self, name: str) -> None:
        """Press a button by its name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def type(self, field: str, text: str) -> None:
        """Type in a field as a person does, and leave it by Tab."""
        box = self.page.locator(f'[id="f-{field}"]')
        box.focus()
        self.page.keyboard.press("Control+A")
        box.press_sequentially(text)
        self.page.keyboard.press("Tab")

    def saved(self, field: str) -> None:
        """Wait until a field is said to be kept."""
        expect(self.page.locator(f'[id="n-{field}"]')).to_contain_text("enregistré")


@pytest.fixture(
    params=[
        pytest.param(WIDE, id="1280"),
        pytest.param(NARROW, id="390", marks=pytest.mark.long),  # each page is, elsewhere
    ]
)
def road(request, served, new_page, tmp_path) -> Iterator[Road]:
    size = str(request.param["width"])
    folder = Path(os.environ.get("COORACE_PICTURES", tmp_path))
    page = new_page(served.url, request.param)
    yield Road(page, served, folder, size)
    assert page.outside == [], "no request leaves the server"
    assert page.faults == []


def test_the_whole_road(road, tmp_path):
    page, label = road.page, f"Chantier de la Rive {road.size}"
    road.arrived("Mes auto-évaluations")
    road.press("Ouvrir une nouvelle auto-évaluation")
    page.locator("#f-enterprise").select_option(label="Une nouvelle entreprise")
    road.press("Ouvrir cette auto-évaluation")
    expect(page.locator(".ce-problems")).to_be_focused()
    road.check("accueil, à corriger")
    road.type("label", label)
    road.type("department", "17")
    page.get_by_label("ACI :").check()
    road.settled()
    road.press("Ouvrir cette auto-évaluation")

    road.arrived("Cadrage")
    road.type("finalite", "Faire le point avec nos partenaires.")
    road.saved("finalite")
    road.type("debut", "5/3/2026")
    road.saved("debut")
    road.press("Continuer : exploration")

    road.arrived("Exploration")
    road.type("text", "Ici on me dit bonjour")
    road.press("Ajouter la carte")
    expect(page.get_by_role("heading", name="Ici on me dit bonjour")).to_be_visible()
    road.check("une carte")
    road.press("Continuer : référentiel")

    road.arrived("Référentiel")
    budget = page.locator(".ce-meter-text").inner_text()
    row = page.locator('[id="b-frequence_accidents_arret"]')
    row.get_by_role("button", name="Retirer").click()
    road.type("because@frequence_accidents_arret", "Suivi par la médecine du travail.")
    row.get_by_role("button", name="Confirmer le retrait").click()
    expect(row).to_contain_text("Retiré")
    expect(page.locator(".ce-meter-text")).not_to_have_text(budget)
    page.locator('[id="b-taux_sorties_dynamiques"]').get_by_role("button", name="Modifier").click()
    road.type("target@taux_sorties_dynamiques", "65 %")
    road.saved("target@taux_sorties_dynamiques")
    road.check("une cible")
    road.press("Ajouter un indicateur à vous")
    road.type("new.label", "Repas servis")
    page.get_by_text("Une formule", exact=True).click()
    page.locator('[id="f-new.formula"]').press_sequentially("heures_parcour * 2")
    expect(page.locator(".ce-verdict")).to_contain_text(
        "Vouliez-vous dire « heures_parcours »".replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    )
    road.check("une formule")
    page.get_by_text("Un nombre à compter", exact=True).click()
    road.settled()
    road.press("Ajouter cet indicateur")
    expect(page.get_by_role("heading", name="Repas servis")).to_be_visible()
    road.press("Continuer : collecte")

    road.arrived("Collecte")
    road.type("salaries_parcours", "beaucoup")
    expect(page.locator(".ce-problems")).to_be_visible()
    expect(page.locator("#f-salaries_parcours")).to_have_value("beaucoup")
    road.check("une saisie refusée")
    road.type("salaries_parcours", "40")
    road.saved("salaries_parcours")
    road.type("parcours_detld", "41")
    expect(page.get_by_text("À corriger avant de clore la collecte")).to_be_visible()
    road.check("une règle")
    road.type("parcours_detld", "12")
    road.saved("parcours_detld")
    for name, value in {
        "sorties_examinees": "10",
        "sorties_emploi_durable": "4",
        "sorties_positives": "2",
    }.items():
        road.type(name, value)
        road.saved(name)
    page.locator("#s-sorties_emploi_transition").select_option("non_disponible")
    expect(page.locator("#l-sorties_emploi_transition")).to_be_visible()
    road.type("heures_parcours", "38 400,5")
    road.saved("heures_parcours")

    again = page.context.new_page()
    page.close()
    again.outside, again.faults = page.outside, page.faults
    road.page = page = opened(again, road.server.url)
    page.locator(".ce-card", has_text=label).get_by_role("button", name="Reprendre").click()
    road.arrived("Collecte")
    expect(page.locator("#f-heures_parcours")).to_have_value(re.compile(r"38\s400,5"))
    expect(page.locator("#f-salaries_parcours")).to_have_value("40")
    expect(page.locator("#s-sorties_emploi_transition")).to_have_value("non_disponible")
    page.reload()
    road.arrived("Collecte")
    expect(page.locator("#f-parcours_detld")).to_have_value("12")
    last = page.get_by_role("tab").last
    last.click()
    expect(last).to_have_attribute("aria-selected", "true")
    road.settled()
    road.press("Clore la collecte")

    road.arrived("Analyse")
    page.get_by_text("Bien engagé", exact=True).last.click()
    road.settled()
    page.locator("textarea").first.fill("Les sorties vers l'emploi durable progressent.")
    page.keyboard.press("Tab")
    road.settled()
    page.get_by_label("Ce qui a été dit").fill("Je me lève pour quelque chose.")
    page.get_by_label("La personne accepte").check()
    road.settled()
    road.press("Ajouter le témoignage")
    expect(page.get_by_role("heading", name="Je me lève pour quelque chose.")).to_be_visible()
    road.check("un témoignage")
    road.press("Passer à la restitution")

    road.arrived("Restitution")
    with page.expect_download() as waited:
        page.locator('[id="b-download-pdf"]').click()
    waited.value.save_as(tmp_path / "restitution.pdf")
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(tmp_path / "restitution.pdf").pages)
    for said in (label, "Je me lève pour quelque chose.", "Les sorties vers l'emploi durable progressent."):
        assert said.replace("'", "’") in text.replace("'", "’").replace("\n", " ")
    road.press("Passer au suivi")

    road.arrived("Suivi")
    road.type("label", "Ouvrir le jardin aux voisins")
    road.press("Ajouter la décision")
    expect(page.get_by_role("heading", name="Ouvrir le jardin aux voisins")).to_be_visible()
    road.check("une décision")
    road.press("Clore l'auto-évaluation")
    expect(page.get_by_text("Lecture seule")).to_be_visible()
    road.check("close")
    page.go_back()
    road.arrived("Restitution")
    page.get_by_role("button", name="Mes campagnes").or_(
        page.get_by_role("link", name="Mes campagnes")
    ).first.click()
    road.arrived("Mes auto-évaluations")
    with open_store(road.server.store) as store:
        enterprise = next(e for e in store.enterprises() if e.label == label)
        answers = {
            a.variable: a.value
            for a in store.answer_list(enterprise.id, store.campaigns(enterprise.id)[0].year)
        }
    assert (answers["salaries_parcours"], answers["heures_parcours"]) == (40, 38400.5)


def test_two_tabs_on_one_field_lose_nothing(served, new_page):
    mine, theirs = (opened(new_page(served.url), f"{served.url}#{OPEN}") for _ in range(2))
    for page in (mine, theirs):
        expect(page.locator("#f-salaries_parcours")).to_have_value("403")
    theirs.locator("#f-salaries_parcours").fill("500")
    theirs.keyboard.press("Tab")
    expect(theirs.locator("#n-salaries_parcours")).to_contain_text("enregistré")
    mine.locator("#f-salaries_parcours").fill("410")
    mine.keyboard.press("Tab")
    expect(mine.locator("#b-disputes")).to_contain_text("500")
    expect(mine.locator("#f-salaries_parcours")).to_have_value("410")
    assert violations(mine) == []
    mine.get_by_role("button", name="Garder ma saisie").click()
    expect(mine.locator("#n-salaries_parcours")).to_contain_text("enregistré")
    expect(mine.locator("#b-disputes")).to_have_count(0)

    theirs.locator("#f-salaries_parcours").fill("501")
    theirs.keyboard.press("Tab")
    theirs.get_by_role("button", name="Garder l'autre").click()
    expect(theirs.locator("#f-salaries_parcours")).to_have_value("410")
    expect(theirs.locator("#b-disputes")).to_have_count(0)
    assert mine.outside == theirs.outside == [] and mine.faults == theirs.faults == []


def test_each_person_chooses_their_language_and_the_browser_remembers(served, new_page):
    page = opened(new_page(served.url, NARROW), f"{served.url}#{OPEN}")
    page.get_by_role("button", name="English").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Data collection")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Français")).to_have_attribute("lang", "fr")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("#f-heures_parcours").fill("1,234.5")
    page.keyboard.press("Tab")
    expect(page.locator("#n-heures_parcours")).to_contain_text("saved")
    page.reload()
    expect(page.locator("h1")).to_have_text("Data collection")
    expect(page.locator("#f-heures_parcours")).to_have_value("1,234.5")
    expect(page.locator(".ce-found")).to_have_count(0)
    page.get_by_role("button", name="Français").click()
    expect(page.locator("h1")).to_have_text("Collecte")
    expect(page.locator("#f-heures_parcours")).to_have_value(re.compile(r"^1\s234,5$"))
    assert page.outside == [] and page.faults == []
