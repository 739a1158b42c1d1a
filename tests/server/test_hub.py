"""The application as a service of a real JupyterHub, on a real PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from apps.browser import NARROW, WIDE, violations
from playwright.sync_api import Page, expect
from requests.cookies import RequestsCookieJar
from server.lab import Lab
from server.real_hub import PASSWORD, Hub
from server.wire import Visitor
from storage.conftest import new_database, server

from coorace_eval.accounts import Role
from coorace_eval.examples import load_examples
from coorace_eval.server.hub_members import ROLES, Member
from coorace_eval.storage import open_store
from coorace_eval.storage.copying import copy
from coorace_eval.storage.research import network_data

__all__ = ["new_database", "server"]

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.browser,
    pytest.mark.long,
]  # all of them on one worker: one Hub

COUP, FABRIQUE = "coup_de_main_services", "la_fabrique_des_possibles"
GROUPS = {
    "coorace-entreprise": ["ana", "bob", "chloe", "deux"],
    "coorace-referent": ["rene", "deux"],
    "coorace-federation": ["fede"],
    "coorace-recherche": ["rita"],
    f"entreprise:{COUP}": ["ana", "rene", "rita", "chloe"],
    f"entreprise:{FABRIQUE}": ["bob"],
    "entreprise:inconnue": ["rene"],
    "autre": ["paul"],
}
SOON = 60.0


@pytest.fixture(scope="module")
def database(new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The example federation, moved to PostgreSQL as a federation would move."""
    url, file = new_database("postgresql"), tmp_path_factory.mktemp("federation") / "coorace.db"
    load_examples(f"sqlite:///{file}")
    copy(f"sqlite:///{file}", url)
    return url


@pytest.fixture(scope="module")
def research(database: str, server: Any, root: Path) -> str:
    """The same database, as researchers reach it."""
    import psycopg

    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute((root / "deploy" / "recherche.sql").read_text("utf-8"))
        connection.execute("ALTER ROLE coorace_recherche PASSWORD 'secret-de-recherche'")
    return database.replace(f"coorace:{server.password}", "coorace_recherche:secret-de-recherche")


@pytest.fixture(scope="module")
def hub(database: str, research: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    running = Hub(tmp_path_factory.mktemp("hub"), store=database, research=research, groups=GROUPS)
    try:
        yield running.start()
    finally:
        running.stop()


class Jar(RequestsCookieJar):
    """Sends a cookie made for TLS to the loopback address as well, as browsers do."""

    def set_cookie(self, cookie: Any, *args: Any, **kwargs: Any) -> None:
        cookie.secure = False
        super().set_cookie(cookie, *args, **kwargs)

    def get(self, name: str, default: Any = None, domain: Any = None, path: Any = None) -> Any:
        """The application's own, where the Hub has one of the same name."""
        return super().get(name, default, domain, path or "/services/coorace/")


@pytest.fixture
def visit(hub: Hub) -> Callable[..., Visitor]:
    """Someone with a browser of their own, who has signed in at the Hub."""

    def make(name: str = "") -> Visitor:
        visitor = Visitor(hub.app)
        visitor.http.cookies = Jar()
        if name:
            sign_in(hub, visitor, name)
        return visitor

    return make


def sign_in(hub: Hub, visitor: Visitor, name: str) -> None:
    visitor.http.get(f"{hub.url}/hub/login", timeout=30)
    token = next(one.value for one in visitor.http.cookies if one.name == "_xsrf" and one.path == "/hub/")
    fields = {"username": name, "password": PASSWORD, "_xsrf": token}
    reply = visitor.http.post(
        f"{hub.url}/hub/login", data=fields, params={"_xsrf": token}, timeout=30, allow_redirects=False
    )
    assert reply.status_code == 302, reply.text[:2000]


def account(database: str, name: str) -> Any:
    with open_store(database) as store:
        return store.find_account(name)


def eventually(holds: Callable[[], Any], seconds: float = SOON) -> Any:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if found := holds():
            return found
        time.sleep(0.2)
    return holds()


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        ({"coorace-federation"}, Role.FEDERATION),
        ({"coorace-recherche"}, Role.CHERCHEUR),
        ({"coorace-referent", "coorace-entreprise"}, Role.ENTREPRISE),
        ({"coorace-federation", "coorace-referent"}, Role.REFERENT),
        (set(ROLES), Role.CHERCHEUR),
        ({"entreprise:ateliers_du_marais", "coorace", "COORACE-FEDERATION"}, None),
        (set(), None),
    ],
    ids=lambda value: " ".join(sorted(value)) if isinstance(value, set) else str(value),
)
def test_of_several_groups_the_least_powerful_counts(groups, role):
    assert Member("ana", frozenset(groups)).role is role


def test_only_those_who_answer_for_an_enterprise_belong_to_one():
    groups = frozenset({f"entreprise:{COUP}", "entreprise:", "entreprise:../x"})
    assert Member("a", groups | {"coorace-entreprise"}).enterprises([COUP, FABRIQUE]) == {COUP}
    assert Member("a", groups | {"coorace-federation"}).enterprises([COUP, FABRIQUE]) == set()


def test_groups_become_a_role_and_enterprises(visit, database):
    for name in ("ana", "rene", "deux", "fede", "rita"):
        reply = visit(name).get("compte")
        assert reply.status_code == 200 and f"<dd>{name}</dd>" in reply.text
    found = {name: account(database, name) for name in ("ana", "rene", "deux", "fede", "rita")}
    assert {name: one.role for name, one in found.items()} == {
        "ana": Role.ENTREPRISE, "rene": Role.REFERENT, "deux": Role.ENTREPRISE,
        "fede": Role.FEDERATION, "rita": Role.CHERCHEUR,
    }  # fmt: skip
    assert {name: set(one.enterprises) for name, one in found.items()} == {
        "ana": {COUP}, "rene": {COUP}, "deux": set(), "fede": set(), "rita": set(),
    }  # fmt: skip


def test_coming_back_keeps_the_same_account(visit, database):
    visit("ana").get("compte")
    before = account(database, "ana")
    visit("ana").get("compte")
    assert account(database, "ana") == before


def test_without_a_group_one_is_told_whom_to_ask(visit, database):
    reply = visit("paul").get()
    assert reply.status_code == 403 and "coorace-session" not in reply.headers.get("Set-Cookie", "")
    assert "Vous n'avez pas encore d'accès" in reply.text.replace("&#39;", "'")
    assert "Demandez votre accès à la fédération" in reply.text
    assert account(database, "paul") is None


def test_nobody_comes_in_without_the_hub(visit, hub):
    stranger = visit()
    for path in ("", "compte", "compte/donnees"):
        reply = stranger.get(path, allow_redirects=False)
        assert reply.status_code == 302 and "/connexion" in reply.headers["Location"]
    reply = stranger.get("connexion", allow_redirects=False)
    assert reply.headers["Location"].startswith("/hub/api/oauth2/authorize?")
    for path in ("lien/" + "a" * 40, "compte/mot-de-passe"):
        assert stranger.get(path).status_code == 404
    assert stranger.post("connexion", {"login": "ana", "password": PASSWORD}).status_code in (403, 405)


def hub_sign_in(page: Page, hub: Hub, name: str, address: str = "") -> Page:
    """Open the application, and say who one is at the Hub's own form."""
    page.goto(hub.app + address, wait_until="domcontentloaded")
    page.locator("#username_input").fill(name)
    page.locator("#password_input").fill(PASSWORD)
    page.locator("#login_submit").click()
    return page


def test_a_person_comes_in_by_the_hub_and_a_figure_arrives_in_postgresql(hub, new_page, database):
    ana = hub_sign_in(new_page(hub.url), hub, "ana")
    expect(ana.locator("h1#titre")).to_be_visible()
    assert ana.url.startswith(hub.app)
    ana.goto(f"{hub.app}#campagne/{COUP}/2025/collecte")
    ana.reload()
    expect(ana.locator("#f-salaries_parcours")).to_have_value("403")
    ana.locator("#f-salaries_parcours").fill("412")
    ana.keyboard.press("Tab")
    expect(ana.locator("#n-salaries_parcours")).to_contain_text("enregistré")
    with open_store(database) as store:
        kept = {answer.variable: answer for answer in store.answer_list(COUP, 2025) if not answer.part}
        last = store.history(COUP, 2025, "salaries_parcours").iloc[-1]
    assert kept["salaries_parcours"].value == 412
    assert kept["salaries_parcours"].author == last["author"] == account(database, "ana").key

    bob = hub_sign_in(new_page(hub.url), hub, "bob")
    expect(bob.locator("h1#titre")).to_be_visible()
    expect(bob.get_by_text("La Fabrique des possibles").first).to_be_visible()
    expect(bob.get_by_text("Coup de main services")).to_have_count(0)
    bob.goto(f"{hub.app}#campagne/{COUP}/2025/collecte")
    bob.reload()
    expect(bob.locator("h1#titre")).to_be_visible()
    expect(bob.locator("#f-salaries_parcours")).to_have_count(0)
    assert "412" not in bob.content()
    assert ana.outside == bob.outside == []
    assert ana.faults == bob.faults == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
def test_who_has_no_access_reads_it_on_a_clear_page(hub, new_page, size):
    page = hub_sign_in(new_page(hub.url, size), hub, "paul")
    expect(page.locator("h1")).to_have_text("Vous n'avez pas encore d'accès")
    picture(page, f"hub-sans-acces-{size['width']}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("link", name="Se connecter sous un autre nom").press("Enter")
    page.goto(hub.app)
    expect(page.locator("#username_input")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
def test_ones_account_asks_for_no_password(hub, new_page, size):
    page = hub_sign_in(new_page(hub.url, size), hub, "rene", "compte")
    expect(page.locator("h1")).to_have_text("Mon compte")
    picture(page, f"hub-compte-{size['width']}")
    expect(page.locator("input[type=password]")).to_have_count(0)
    assert violations(page) == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
def test_people_are_managed_in_the_hub_and_the_page_says_so(hub, visit, new_page, size):
    visit("ana").get("compte")
    page = hub_sign_in(new_page(hub.url, size), hub, "rene")
    expect(page.locator("h1#titre")).to_be_visible()
    page.get_by_text("Personnes", exact=True).press("Enter")
    expect(page.get_by_text("Les comptes se gèrent dans le Hub")).to_be_visible()
    expect(page.get_by_text("dernière visite le").first).to_be_visible()
    picture(page, f"hub-personnes-{size['width']}")
    expect(page.get_by_role("button", name="Désactiver").first).to_be_visible()
    expect(page.get_by_role("button", name="Inviter")).to_have_count(0)
    expect(page.get_by_role("button", name="Nouveau lien")).to_have_count(0)
    expect(page.get_by_text("Invitation")).to_have_count(0)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_session_that_ends_at_the_hub_ends_on_the_screen(hub, new_page):
    ana = hub_sign_in(new_page(hub.url), hub, "ana")
    expect(ana.locator("h1#titre")).to_be_visible()
    ana.request.get(f"{hub.url}/hub/logout")
    expect(ana.get_by_text("Vous n'êtes plus connecté-e.")).to_be_visible()
    ana.get_by_role("link", name="Se reconnecter").click()
    expect(ana.locator("#username_input")).to_be_visible()


def picture(page: Page, name: str) -> None:
    """Keep what a page looks like, where the environment asks for it."""
    if folder := os.environ.get("COORACE_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


CELL = """
import os, psycopg, coorace_eval as ce
from coorace_eval.problems import CooraceError
network = ce.network_data()
print(len(network), ",".join(network.columns), network["n"].min())
with psycopg.connect(os.environ["COORACE_RECHERCHE"]) as connection:
    for table in ("answer", "account", "audit", "campaign", "answer_history"):
        try:
            connection.execute(f"SELECT * FROM {table}")
        except psycopg.Error as error:
            print(table, type(error).__name__)
        connection.rollback()
try:
    with ce.open_store(os.environ["COORACE_RECHERCHE"], create=False) as store:
        store.answers()
except CooraceError as error:
    print(error.problems[0].code)
print(sorted(name for name, value in os.environ.items() if "postgresql:" in value))
"""


def test_a_researcher_reads_protected_figures_in_a_lab_of_their_own_and_nothing_else(hub, research):
    lab = Lab(hub, "rita").start()
    given = lab.run(CELL)
    assert [one["kind"] for one in given] and {one["kind"] for one in given} == {"stream"}, given
    lines = "".join(one["text"] for one in given).splitlines()
    count, columns, least = lines[0].split()
    assert int(count) == len(network_data(research)) > 0
    assert columns == "year,region,variable,n,total" and int(least) >= 3
    refused = ("answer", "account", "audit", "campaign", "answer_history")
    assert lines[1:6] == [f"{table} InsufficientPrivilege" for table in refused]
    assert lines[6:] == ["STO-002", "['COORACE_RECHERCHE']"]


def test_only_researchers_have_a_server(hub, visit):
    ana, rita = visit("ana"), visit("rita")
    for visitor, status in ((ana, 403), (rita, 200)):
        reply = visitor.http.get(f"{hub.url}/hub/spawn", timeout=60)
        assert reply.status_code == status, reply.url
    assert ana.http.get(f"{hub.url}/user/rita/lab", timeout=30).status_code in (403, 404)


@pytest.mark.parametrize(
    "query",
    ["", "?code=abc", "?state=abc", "?code=abc&state=abc", "?error=access_denied", "?code=abc&state=é"],
)
def test_an_answer_that_was_not_asked_for_opens_nothing(visit, query):
    reply = visit().get(f"oauth_callback{query}")
    assert reply.status_code == 403 and "coorace-session" not in reply.headers.get("Set-Cookie", "")


def test_the_answer_to_one_browser_is_worth_nothing_in_another(visit, hub):
    """Otherwise one could make somebody work under one's own name."""
    attacker, victim = visit("bob"), visit()
    asked = attacker.get("connexion", allow_redirects=False).headers["Location"]
    answer = attacker.http.get(f"{hub.url}{asked}", timeout=30, allow_redirects=False).headers["Location"]
    assert "oauth_callback?code=" in answer
    assert victim.http.get(f"{hub.url}{answer}", timeout=30).status_code == 403
    assert attacker.http.get(f"{hub.url}{answer}", timeout=30).ok
    assert attacker.http.get(f"{hub.url}{answer}", timeout=30).status_code == 403  # once


def test_one_goes_on_to_the_page_that_was_asked_and_to_no_other_site(visit, hub):
    ana = visit("ana")
    assert ana.get("connexion", params={"next": "/services/coorace/compte"}).url == f"{hub.app}compte"
    for target in ("https://ailleurs.example/", "//ailleurs.example/", "/hub/home"):
        bob = visit("bob")
        reply = bob.get("connexion", params={"next": target}, allow_redirects=False)
        asked = bob.http.get(f"{hub.url}{reply.headers['Location']}", timeout=30, allow_redirects=False)
        back = bob.http.get(f"{hub.url}{asked.headers['Location']}", timeout=30, allow_redirects=False)
        assert back.headers["Location"] == "/services/coorace/"


def test_a_group_that_is_taken_away_counts_while_connected(visit, hub, database):
    chloe = visit("chloe")
    page = chloe.open()
    assert account(database, "chloe").enterprises == {COUP}
    hub.api("DELETE", f"/groups/entreprise:{COUP}/users", {"users": ["chloe"]})
    assert eventually(lambda: not account(database, "chloe").enterprises)
    assert chloe.get("compte", allow_redirects=False).status_code == 200
    hub.api("DELETE", "/groups/coorace-entreprise/users", {"users": ["chloe"]})
    assert eventually(lambda: chloe.get("compte", allow_redirects=False).status_code == 302)
    assert chloe.get("").status_code == 403
    state = eventually(lambda: chloe.get("sante", params={"session": page.kernel}).json())
    assert state["raison"] == "connexion"


def test_going_out_of_the_hub_goes_out_of_the_application(visit, hub):
    ana = visit("ana")
    page = ana.open()
    assert ana.get("sante", params={"session": page.kernel}).json()["session"]
    ana.http.get(f"{hub.url}/hub/logout", timeout=30)
    assert eventually(lambda: ana.get("compte", allow_redirects=False).status_code == 302)
    assert "/hub/login" in ana.get("").url


def test_going_out_of_the_application_goes_out_of_the_hub(visit, hub):
    ana = visit("ana")
    ana.get("deconnexion")
    reply = ana.post("deconnexion")
    assert reply.status_code == 303 and reply.headers["Location"] == "/hub/logout"
    ana.http.get(f"{hub.url}{reply.headers['Location']}", timeout=30)
    assert "/hub/login" in ana.get("").url


def test_each_page_belongs_to_its_owner_through_the_proxy_of_the_hub(visit, hub):
    import websocket

    ana, bob = visit("ana"), visit("bob")
    page = ana.open()
    bob.get("compte")
    assert page.socket.connected
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        bob.link(page.kernel)
    assert refused.value.status_code in (403, 404)
    assert bob.get("sante", params={"session": page.kernel}).json()["session"] is False
    assert ana.get("sante", params={"session": page.kernel}).json()["session"] is True


def test_an_account_is_erased_here_and_made_anew_at_the_next_visit(visit, database):
    deux = visit("deux")
    deux.get("compte")
    before = account(database, "deux")
    assert deux.get("compte/donnees").json()
    reply = deux.post("compte/effacement", {"erase": "ana"})
    assert reply.status_code == 422 and account(database, "deux") == before
    reply = deux.post("compte/effacement", {"erase": "deux"})
    assert reply.status_code == 303 and reply.headers["Location"] == "/hub/logout"
    assert account(database, "deux") is None
    visit("deux").get("compte")
    assert account(database, "deux").key != before.key


def test_an_account_put_aside_here_stays_so(visit, database):
    from dataclasses import replace

    bob = visit("bob")
    bob.get("compte")
    known = account(database, "bob")
    with open_store(database) as store:
        store.save_account(replace(known, active=False))
    try:
        assert bob.get("compte", allow_redirects=False).status_code == 302
        assert visit("bob").get("").status_code == 403
        assert account(database, "bob").active is False
    finally:
        with open_store(database) as store:
            store.save_account(known)


def test_a_service_that_no_hub_started_says_what_to_do(database):
    command = [sys.executable, "-m", "coorace_eval.cli", "serve", "--hub", "--store", database]
    code = "from coorace_eval.cli import app; app()"
    done = subprocess.run(
        [sys.executable, "-c", code, *command[3:]], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 1 and "SRV-006" in done.stderr and "JUPYTERHUB_API_TOKEN" in done.stderr


def test_without_the_hub_people_go_on_for_a_while_and_no_longer(hub, visit):
    """The Hub dies, its proxy and the application stay; the last test of this Hub."""
    ana = visit("ana")
    page = ana.open()
    hub.die()
    time.sleep(3.0)  # the Hub was asked several times meanwhile
    assert ana.get("sante", params={"session": page.kernel}).json()["session"]
    assert eventually(lambda: ana.get("compte", allow_redirects=False).status_code == 302)
    assert ana.get("sante", params={"session": page.kernel}).json()["raison"] == "connexion"
