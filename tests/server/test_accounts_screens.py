"""The pages around the application in a real browser: accessible, in French, by the keyboard, narrow too."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from apps.browser import NARROW, WIDE, signed_in, violations
from playwright.sync_api import Page, expect
from server.shared import OTHER, PASSWORD, Place, new_place, place

from coorace_eval.accounts import Account, LinkPurpose, Role, new_key
from coorace_eval.storage import open_store

__all__ = ["new_place", "place"]

pytestmark = pytest.mark.browser

ENGLISH = re.compile(r"\b(the|error|password|login|please|server|submit|invalid|required|forbidden)\b", re.I)
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])


def sound(page: Page, title: str) -> None:
    """The page is accessible, in French, fits its window and asks for nothing elsewhere."""
    expect(page).to_have_title(f"{title} · coorace_eval")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.lang") == "fr" and page.locator("h1").count() == 1
    assert not ENGLISH.search(page.inner_text("body"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.outside == []  # type: ignore[attr-defined]


def mended(page: Page, problem: str, field: str) -> None:
    """The summary has the keyboard, and leads to the field, which says the same."""
    summary = page.locator(".page-problems")
    expect(summary).to_be_focused()
    link = summary.get_by_role("link", name=problem)
    link.click()
    expect(page.get_by_label(field, exact=True)).to_be_focused()
    expect(page.get_by_label(field, exact=True)).to_have_accessible_description(re.compile(problem))
    expect(page.get_by_label(field, exact=True)).to_have_attribute("aria-invalid", "true")


@pytest.fixture(params=[WIDE, NARROW], ids=["1280", "390"])
def page(request: pytest.FixtureRequest, place: Place, new_page: Callable[..., Page]) -> Page:
    """A page of each width."""
    return new_page(place.served.url, request.param)


def test_one_signs_in_with_the_keyboard_and_mends_a_mistake(place, page):
    page.goto(place.served.url)
    sound(page, "Connexion")
    page.get_by_label("Identifiant", exact=True).focus()
    page.keyboard.type("premiere@marais.fr")
    page.keyboard.press("Tab")
    page.keyboard.type("ce n'est pas lui")
    page.keyboard.press("Enter")
    sound(page, "Erreur\u00a0: Connexion")
    mended(page, "n'est pas connu", "Identifiant")
    expect(page.get_by_label("Identifiant", exact=True)).to_have_value("premiere@marais.fr")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("h1#titre").wait_for()


def test_what_one_types_may_be_seen_and_managers_know_each_field(place, page):
    page.goto(place.served.url)
    field, button = (
        page.get_by_label("Mot de passe", exact=True),
        page.get_by_role("button", name="Afficher"),
    )
    expect(field).to_have_attribute("autocomplete", "current-password")
    expect(page.get_by_label("Identifiant", exact=True)).to_have_attribute("autocomplete", "username")
    field.fill("visible")
    expect(field).to_have_attribute("type", "password")
    button.press("Space")
    expect(field).to_have_attribute("type", "text")
    expect(field).to_be_focused()
    assert violations(page) == []
    page.get_by_role("button", name="Masquer").click()
    expect(field).to_have_attribute("type", "password")


def test_the_place_in_the_application_is_kept_through_the_sign_in(place, new_page):
    page = new_page(place.served.url)
    page.goto(f"{place.served.url}#demo/collect")
    expect(page).to_have_title("Connexion · coorace_eval")
    page.get_by_label("Identifiant", exact=True).fill("premiere@marais.fr")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"{place.served.url}#demo/collect")


def test_a_link_opens_an_account_and_says_whose(place, page):
    login = f"{'tres-long-nom-de-personne-' * 3}@utilite.example"[-100:].lstrip("-")
    name = "Anne-Marguerite " + "Particulièrement" * 4 + " de la Tour"
    account = Account(new_key(), login, name, Role.REFERENT)
    with open_store(place.store) as store:
        known = store.find_account(login)
        if known is None:
            store.save_account(account)
    token = place.link(known or account, LinkPurpose.INVITATION)
    page.goto(f"{place.served.url}lien/{token}")
    sound(page, "Bienvenue")
    expect(page.get_by_role("definition").first).to_have_text(name)
    for label in ("Mot de passe", "Le même, une seconde fois"):
        expect(page.get_by_label(label, exact=True)).to_have_attribute("autocomplete", "new-password")
    page.get_by_label("Mot de passe", exact=True).fill("court")
    page.get_by_label("Le même, une seconde fois").fill("court")
    page.get_by_role("button", name="Ouvrir mon compte").click()
    sound(page, "Erreur\u00a0: Bienvenue")
    mended(page, "moins de 12 caractères", "Mot de passe")
    page.get_by_label("Mot de passe", exact=True).fill(OTHER)
    page.get_by_label("Le même, une seconde fois").fill(OTHER)
    page.get_by_role("button", name="Ouvrir mon compte").click()
    page.locator("h1#titre").wait_for()
    page.goto(f"{place.served.url}lien/{token}")
    sound(page, "Lien sans effet")


def test_ones_account_says_what_it_is_and_what_erasing_leaves(place, page):
    signed_in(page, place.served, "premiere@marais.fr", PASSWORD)
    page.goto(f"{place.served.url}compte")
    sound(page, "Mon compte")
    expect(page.get_by_role("main")).to_contain_text("personne retirée")
    with page.expect_download() as given:
        page.get_by_role("link", name="Télécharger mes données").click()
    assert given.value.suggested_filename == "mes_donnees.json"
    page.get_by_label("Mot de passe, pour confirmer").fill("un autre")
    page.get_by_role("button", name="Effacer mon compte").click()
    sound(page, "Erreur\u00a0: Mon compte")
    mended(page, "n'est pas votre mot de passe", "Mot de passe, pour confirmer")
    page.goto(f"{place.served.url}deconnexion")
    sound(page, "Déconnexion")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("status")).to_have_text("Vous êtes déconnecté-e.")
    sound(page, "Connexion")


def test_a_page_that_does_not_exist_leads_home(place, page):
    page.goto(f"{place.served.url}nulle-part")
    sound(page, "Page introuvable")
    expect(page.get_by_role("link", name="Revenir à l'accueil")).to_be_visible()


@SIZES
def test_a_full_machine_is_said_calmly(new_place, new_page, size):
    place = new_place(most_pages=1)
    place.visitor("premiere@marais.fr").get()
    place.person("seconde@marais.fr")
    page = new_page(place.served.url, size)
    page.goto(f"{place.served.url}connexion")
    page.get_by_label("Identifiant", exact=True).fill("seconde@marais.fr")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    sound(page, "Un instant")
    page.locator("[data-retry]").click()
    sound(page, "Un instant")


def test_too_many_attempts_say_how_long_to_wait(new_place, new_page):
    place = new_place()
    page = new_page(place.served.url)
    page.goto(place.served.url)
    for _ in range(6):
        page.get_by_label("Identifiant", exact=True).fill("premiere@marais.fr")
        page.get_by_label("Mot de passe", exact=True).fill("essai")
        page.get_by_role("button", name="Se connecter").click()
        expect(page.locator(".page-problems")).to_be_focused()
    sound(page, "Erreur\u00a0: Connexion")
    expect(page.locator(".page-problems")).to_contain_text(re.compile(r"Attendez \d+\ssecondes"))
