"""The pages of each role in a real browser, behind the real door: accessible, by keyboard, at two widths."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from apps.browser import NARROW, PATIENCE, WIDE, Served, create_account, signed_in, violations, write_notebook
from playwright.sync_api import Page, expect

from coorace_eval.accounts import Role
from coorace_eval.examples import load_examples
from coorace_eval.storage import open_store

pytestmark = [pytest.mark.browser, pytest.mark.long]

SHOW = "from coorace_eval.apps.launch import auto_evaluation\nauto_evaluation()"
SECRET = "une phrase longue à retenir"
MINE = "coup_de_main_services"


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    """The example federation, shared: remi follows nine enterprises, ana works in one."""
    folder = tmp_path_factory.mktemp("roles")
    store = f"sqlite:///{folder / 'roles.db'}"
    load_examples(store)
    with open_store(store) as opened:
        nine = [enterprise.id for enterprise in opened.enterprises()][:9]
    create_account(store, "ana-sophie-vandenbroucke-delattre@marais.example", SECRET, "entreprise", [MINE])
    create_account(store, "remi", SECRET, "referent", nine)
    create_account(store, "chloe", SECRET, "chercheur")
    create_account(store, "fede", SECRET, "federation")
    server = Served(write_notebook(folder / "roles.ipynb", SHOW), store=store, accounts=True)
    yield server.start()
    server.stop()


@pytest.fixture(params=[WIDE, NARROW], ids=["1280", "390"])
def enter(request, served, new_page) -> Iterator[Callable[[str], Page]]:
    """Sign in as someone; the page must neither fail nor ask anything elsewhere."""
    pages = []

    def entered(login: str) -> Page:
        page = signed_in(new_page(served.url, request.param), served, login, SECRET)
        page.wide = request.param["width"]  # type: ignore[attr-defined]
        pages.append(page)
        return page

    yield entered
    for page in pages:
        assert page.outside == [] and page.faults == []


def check(page: Page, heading: str, name: str = "") -> None:
    """Wait for a page, then check it and picture it."""
    expect(page.locator("h1")).to_have_text(heading, timeout=PATIENCE)
    expect(page.get_by_text("Traitement en cours…")).to_have_count(0, timeout=PATIENCE)
    if folder := os.environ.get("COORACE_PICTURES"):
        page.screenshot(path=Path(folder) / f"roles-{page.wide}-{name or heading}.png", full_page=True)
    assert violations(page) == [], heading
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), heading


def press(page: Page, name: str) -> None:
    """Press a button by the keyboard alone."""
    button = page.get_by_role("button", name=re.compile(f"^{name}")).first
    button.focus()
    page.keyboard.press("Enter")


def type_in(page: Page, field: str, text: str) -> None:
    """Type in a field as a person does, and leave it by Tab."""
    page.locator(f'[id="f-{field}"]').press_sequentially(text)
    page.keyboard.press("Tab")


def test_a_referent_invites_helps_and_follows_by_the_keyboard(enter, served):
    page = enter("remi")
    login = f"jb{page.wide}"
    check(page, "Mes entreprises")
    expect(page.get_by_role("row")).to_have_count(1 + 9 + 1 + 9)
    press(page, "Personnes")
    check(page, "Les personnes")
    press(page, "Inviter une personne")
    expect(page.get_by_role("button", name="Fermer le formulaire")).to_be_focused()
    press(page, "Créer l'invitation")
    expect(page.locator(".ce-problems")).to_be_focused()
    check(page, "Les personnes", "à corriger")
    type_in(page, "nom", "Jean-Baptiste Lemaître")
    type_in(page, "identifiant", login)
    page.get_by_label("Coup de main services").focus()
    page.keyboard.press("Space")
    press(page, "Créer l'invitation")
    link = page.get_by_role("group", name="Lien d'invitation pour Jean-Baptiste")
    expect(link).to_be_focused()
    check(page, "Les personnes", "le lien")
    address = link.get_by_role("textbox").input_value()
    assert address.startswith(f"{served.url}lien/")
    press(page, "Copier le lien")
    expect(link.get_by_role("status")).to_have_text(re.compile("Lien copié|Le lien est sélectionné"))

    guest = page.context.browser.new_context().new_page()
    guest.goto(address)
    expect(guest.locator('input[type="password"]').first).to_be_visible()
    guest.context.close()

    row = page.locator(".ce-item", has_text=login)
    leave = row.get_by_role("button", name=re.compile("^Désactiver"))
    leave.focus()
    page.keyboard.press("Enter")
    expect(row).to_contain_text("ne pourra plus se connecter")
    expect(row.get_by_role("button", name=re.compile("^Garder l'accès"))).to_be_focused()
    check(page, "Les personnes", "confirmer")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Désactivé")

    press(page, "Réseau")
    check(page, "Le réseau")
    press(page, "Mes entreprises")
    check(page, "Mes entreprises", "retour")
    press(page, "Ouvrir ?, Coup de main")
    expect(page.locator(".ce-stepper")).to_be_visible(timeout=PATIENCE)
    press(page, "Qui a vu nos chiffres")
    check(page, "Qui a vu nos chiffres")
    expect(page.locator(".ce-item").first).to_contain_text("Remi")
    page.go_back()
    expect(page.locator(".ce-stepper")).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize(
    ("login", "heading"),
    [
        ("ana-sophie-vandenbroucke-delattre@marais.example", "Mes auto-évaluations"),
        ("chloe", "Le réseau"),
        ("fede", "L'avancement des démarches"),
    ],
)
def test_each_other_role_enters_by_a_page_that_all_can_read(enter, login, heading):
    check(enter(login), heading)


def test_one_s_account_and_the_way_out_are_one_key_away(enter, served):
    page = enter("chloe")
    who = page.locator(".ce-person summary")
    who.focus()
    page.keyboard.press("Enter")
    account = page.get_by_role("link", name="Mon compte")
    assert account.evaluate("link => link.href") == f"{served.url}compte"
    check(page, "Le réseau", "menu")
    page.keyboard.press("Escape")
    expect(account).to_be_hidden()
    expect(who).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Se déconnecter").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Mot de passe", exact=True)).to_be_visible()
    page.goto(served.url)
    expect(page.get_by_label("Mot de passe", exact=True)).to_be_visible()


def test_a_session_that_ends_shows_the_door_and_a_membership_taken_back_says_so(enter, served):
    page = enter("remi")
    press(page, "Ouvrir ?, Coup de main")
    expect(page.locator(".ce-stepper")).to_be_visible(timeout=PATIENCE)
    with open_store(served.store) as store:
        remi = store.account("remi")
        store.save_account(
            type(remi)(remi.key, remi.login, remi.name, Role.REFERENT, remi.enterprises - {MINE})
        )
    press(page, "Revenir")
    check(page, "Vous n'avez plus accès à «\u00a0Coup de main services · 2025\u00a0»", "plus accès")
    press(page, "Revenir à l'accueil")
    check(page, "Mes entreprises", "une de moins")
    with open_store(served.store) as store:
        store.save_account(remi)
        store.end_sessions(remi.key)
    press(page, "Réseau")
    check(page, "Votre session est terminée")
    page.get_by_role("link", name="Se reconnecter").press("Enter")
    expect(page.get_by_label("Mot de passe", exact=True)).to_be_visible()
