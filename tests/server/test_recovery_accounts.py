"""What a person who signs in lives through: pages elsewhere, a session that ends, a full machine."""

from __future__ import annotations

import re

import pytest
from apps.browser import opened, signed_in
from playwright.sync_api import Page, expect
from server.shared import PASSWORD, Place, new_place, place
from server.test_recovery import SOON, drafts, field, note, picture, saved, session, type_in

from coorace_eval.storage import open_store

pytestmark = [pytest.mark.browser, pytest.mark.long]
__all__ = ["new_place", "place"]

COLLECT = "demo/collect"


@pytest.fixture(scope="module")
def single(new_place) -> Place:
    """A server where each person has one page at a time."""
    return new_place(pages_each=1)


def at_collection(place: Place, page: Page, login: str) -> Page:
    """Sign in, open the page that asks for figures, and see that it has never been reloaded."""
    signed_in(page, place.served, login, PASSWORD)
    opened(page, f"{place.served.url}#{COLLECT}")
    field(page, "heures").wait_for()
    page.evaluate("window.neverReloaded = true")
    return page


def test_a_page_replaced_by_others_says_so_and_takes_its_turn_back_when_asked(single, new_page):
    login, url = "camille@marais.fr", single.served.url
    single.person(login)
    page = at_collection(single, new_page(url), login)
    type_in(page, "heures", "61")
    other = opened(page.context.new_page(), url)
    banner = page.locator("#connexion")
    expect(banner).to_contain_text("mise en pause", timeout=SOON)
    page.wait_for_timeout(8_000)
    assert page.evaluate("window.neverReloaded"), "pages that reload by themselves would chase one another"
    picture(page, "ailleurs")
    banner.get_by_role("button", name="Reprendre ici").press("Enter")
    expect(field(page, "heures")).to_have_value("61", timeout=SOON)
    expect(banner).to_be_empty()
    expect(other.locator("#connexion")).to_contain_text("mise en pause", timeout=SOON)


def test_a_session_that_ends_leads_through_the_sign_in_and_back(place, new_page):
    login = "dominique@marais.fr"
    account = place.person(login)
    page = at_collection(place, new_page(place.served.url), login)
    type_in(page, "heures", "62")
    with open_store(place.store) as store:
        store.end_sessions(account.key)
    banner = page.locator("#connexion")
    link = banner.get_by_role("link", name="Se reconnecter")
    link.wait_for(timeout=SOON)
    picture(page, "reconnexion")
    link.press("Enter")
    page.get_by_label("Identifiant", exact=True).fill(login)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(field(page, "heures")).to_have_value("62", timeout=SOON)
    assert page.url.endswith(f"#{COLLECT}")
    page.keyboard.press("Tab")
    expect(saved(page, "heures")).to_have_text("enregistré", timeout=SOON)
    assert drafts(page) == []


def test_what_one_account_typed_is_never_shown_to_another(place, new_page):
    for login in ("alix@marais.fr", "sacha@marais.fr"):
        place.person(login)
    page = at_collection(place, new_page(place.served.url), "alix@marais.fr")
    account = page.evaluate("document.body.dataset.account")
    assert re.fullmatch("c-[0-9a-f]{16}", account)
    type_in(page, "heures", "6363")
    assert drafts(page) == [f"coorace:{account}:saisie:{COLLECT}|heures"]
    page.context.clear_cookies()
    at_collection(place, page, "sacha@marais.fr")
    assert drafts(page) == []
    assert "6363" not in page.content() + note(page, "heures").inner_text()


def test_signing_out_forgets_what_was_typed(place, new_page):
    place.person("noa@marais.fr")
    page = at_collection(place, new_page(place.served.url), "noa@marais.fr")
    type_in(page, "heures", "64")
    assert len(drafts(page)) == 1
    page.goto(f"{place.served.url}deconnexion")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_label("Identifiant", exact=True)).to_be_visible()
    assert drafts(page) == []


def test_a_full_machine_is_said_and_tried_again_by_itself(new_place, new_page):
    place = new_place(most_pages=1)
    for login in ("maxime@marais.fr", "lou@marais.fr"):
        place.person(login)
    first = at_collection(place, new_page(place.served.url), "maxime@marais.fr")
    second = new_page(place.served.url)
    second.goto(f"{place.served.url}connexion")
    second.get_by_label("Identifiant", exact=True).fill("lou@marais.fr")
    second.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    second.get_by_role("button", name="Se connecter").click()
    expect(second.get_by_role("heading", name="Beaucoup de monde")).to_be_visible()
    assert session(first)
    first.close()
    expect(second.locator("h1#titre")).to_be_visible(timeout=60_000)
