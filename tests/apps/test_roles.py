"""Each role sees its own, at each message; a right taken back leads out, a forged message meets the door."""

from __future__ import annotations

import csv
import io
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from access.conftest import World
from apps.contract import actions_of, blocks_of, breaches, fields_of
from apps.road import DONE, EMPTY, OPEN, base, content, loaded, url

from coorace_eval.access import Access
from coorace_eval.accounts import AccessError, Right, Role
from coorace_eval.apps.launch import auto_evaluation
from coorace_eval.apps.router import PAGES, Router
from coorace_eval.apps.steps.home import HomePage
from coorace_eval.apps.steps.network import NetworkPage
from coorace_eval.apps.steps.people import PeoplePage
from coorace_eval.apps.steps.progress import ProgressPage
from coorace_eval.campaigns.answers import Answer
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import ValueStatus

__all__ = ["base", "loaded", "url"]

MINE, HIS, OTHER = OPEN[0], DONE[0], EMPTY[0]
JOURNALS = {"audit", "session"}


@pytest.fixture
def town(url) -> World:
    """The example federation with accounts: ana works in one enterprise, remi follows two of them."""
    world = World(url)
    world.people = {
        Role.ENTREPRISE: world.add(Role.ENTREPRISE, MINE, login="ana"),
        Role.REFERENT: world.add(Role.REFERENT, MINE, HIS, login="remi"),
        Role.CHERCHEUR: world.add(Role.CHERCHEUR, login="chloe"),
        Role.FEDERATION: world.add(Role.FEDERATION, login="fede"),
    }
    return world


@pytest.fixture
def router_of(town, base):
    """Open the application of a person: ``router_of(Role.REFERENT)``."""
    return lambda who: Router(town.enter(who), base)


def act(router, id, item=""):
    router.receive("act", {"id": id, "item": item})
    return shown(router)


def go(router, path):
    router.receive("route", {"path": path})
    return shown(router)


def shown(router):
    """The screen, which keeps the contract whatever happened."""
    state = router.screen()
    assert breaches(state, router) == []
    return state


def text_of(state):
    return json.dumps(state, ensure_ascii=False).replace("\u00a0", " ").replace("\u202f", " ")


def kept(url):
    """Everything in a store but who passed."""
    return {name: rows for name, rows in content(url).items() if name not in JOURNALS}


def change(town, who, **fields):
    with open_store(town.url) as store:
        store.save_account(replace(store.account_of(town.people[who].key), **fields))


ENTRANCES = {
    Role.ENTREPRISE: (HomePage, {"page.accueil", "page.journal"}),
    Role.REFERENT: (HomePage, {"page.accueil", "page.personnes", "page.reseau"}),
    Role.CHERCHEUR: (NetworkPage, set()),
    Role.FEDERATION: (ProgressPage, {"page.accueil", "page.personnes", "page.reseau"}),
}


@pytest.mark.parametrize("role", Role)
def test_each_role_enters_by_its_own_page(router_of, role):
    router = router_of(role)
    page, links = ENTRANCES[role]
    bar = shown(router)["bar"]
    assert type(router.place) is page
    assert {link["id"] for link in bar["links"]} == links
    assert bar["person"] == {"name": router.account.name, "role": role.label}


@pytest.mark.parametrize("role", Role)
def test_every_page_offered_opens_and_keeps_the_contract(router_of, role):
    router = router_of(role)
    for link in shown(router)["bar"]["links"]:
        state = act(router, link["id"])
        assert not state["problems"]
        assert [one["id"] for one in state["bar"]["links"] if one["current"]] == [link["id"]]
        assert go(router, state["route"])["route"] == state["route"], "an address leads back"


def test_alone_one_has_no_account_to_leave(url, base):
    router = Router(Access.local(url), base)
    assert shown(router)["bar"]["person"] is None
    act(router, "page.personnes")
    assert type(router.place) is HomePage and "Cette base n'a pas de comptes" in router.wide_problem
    assert not act(router, "page.reseau")["problems"]


def test_a_shared_store_is_not_opened_without_an_account(town, base):
    with pytest.raises(AccessError, match="ACC-009"):
        Router(Access.local(town.url), base)
    screen = auto_evaluation(Access.local(town.url))
    assert "ne peut pas s'ouvrir" in screen.state["heading"]["text"] and "ACC-009" in text_of(screen.state)


def test_the_home_of_an_enterprise_holds_its_own_and_asks_for_nothing_else(router_of):
    router = router_of(Role.ENTREPRISE)
    assert {line.enterprise.id for line in router.page.lines} == {MINE}
    fields = {field["id"] for field in fields_of(act(router, "open_form")["blocks"])}
    assert fields == {"year", "reference"}, "one enterprise: nothing to choose"
    router.receive("set", {"id": "year", "value": "2026"})
    act(router, "create")
    assert (router.step.work.enterprise, router.step.work.year) == (MINE, 2026)


def test_someone_of_no_enterprise_is_told_whom_to_ask(town, base):
    lost = town.add(Role.ENTREPRISE, MINE, login="lou")
    with open_store(town.url) as store:
        store.save_account(replace(lost, enterprises=frozenset()))
    state = shown(Router(town.enter(lost), base))
    assert "n'est encore rattaché à aucune entreprise" in text_of(state)
    assert not [action for action, _ in actions_of(state)]


def test_a_referent_sees_what_is_left_and_who_moved_last(town, router_of):
    with town.enter(Role.ENTREPRISE).open() as store:
        store.record(*OPEN, Answer("salaries_parcours", 410, ValueStatus.RENSEIGNE))
    table = next(
        block for block in blocks_of(shown(router_of(Role.REFERENT))["blocks"]) if block["type"] == "table"
    )
    rows = {row[0]: row for row in table["rows"]}
    assert len(rows) == 2
    mine = next(row for name, row in rows.items() if "Coup de main" in name)
    assert mine[2]["text"] == "Collecte" and mine[3].endswith("à renseigner") and mine[4].endswith("Ana")


def test_looking_at_one_s_enterprises_is_no_visit_of_their_figures(town, router_of):
    router_of(Role.REFERENT)
    with open_store(town.url) as store:
        assert store.audit().empty


def test_a_referent_opens_a_new_enterprise_and_becomes_its_member(town, router_of):
    router = router_of(Role.REFERENT)
    act(router, "open_form")
    for field, value in {
        "enterprise": "nouvelle", "year": "2026", "label": "La Fabrique des possibles", "department": "17",
        "kind.ACI": True,
    }.items():  # fmt: skip
        router.receive("set", {"id": field, "value": value})
    act(router, "create")
    made = router.step.work.enterprise
    assert made not in (MINE, HIS, OTHER), "the name of someone else's enterprise is not theirs"
    with open_store(town.url) as store:
        assert made in store.account_of(town.people[Role.REFERENT].key).enterprises
        assert store.enterprise(OTHER).label == "La Fabrique des possibles"


def test_the_federation_sees_the_steps_and_no_figure(town, router_of):
    router = router_of(Role.FEDERATION)
    assert len(router.page.found) == 12
    router.receive("set", {"id": "state", "value": "collecte"})
    assert {campaign.enterprise.id for campaign in router.page.found} >= {MINE}
    router.receive("set", {"id": "region", "value": router.page.regions[0]})
    router.receive("set", {"id": "region", "value": "ailleurs"})
    assert "n'est pas prévu ici" in text_of(shown(router)["problems"])
    with open_store(town.url) as store:
        assert store.audit().empty


@pytest.mark.parametrize(
    ("role", "intent", "args"),
    [
        (Role.ENTREPRISE, "route", {"path": f"campagne/{HIS}/2025/collecte"}),
        (Role.ENTREPRISE, "route", {"path": "campagne/inconnue/2025"}),
        (Role.ENTREPRISE, "act", {"id": "open", "item": f"{HIS}/2025"}),
        (Role.ENTREPRISE, "route", {"path": f"entreprise/{HIS}/journal"}),
        (Role.ENTREPRISE, "act", {"id": "page.journal", "item": HIS}),
        (Role.ENTREPRISE, "act", {"id": "page.personnes"}),
        (Role.ENTREPRISE, "act", {"id": "page.reseau"}),
        (Role.REFERENT, "route", {"path": f"campagne/{OTHER}/2025"}),
        (Role.REFERENT, "act", {"id": "page.journal", "item": OTHER}),
        (Role.REFERENT, "act", {"id": "page.journal"}),
        (Role.REFERENT, "act", {"id": "open_for", "item": OTHER}),
        (Role.CHERCHEUR, "route", {"path": f"campagne/{HIS}/2025/collecte"}),
        (Role.CHERCHEUR, "act", {"id": "open", "item": f"{HIS}/2025"}),
        (Role.CHERCHEUR, "act", {"id": "page.personnes"}),
        (Role.CHERCHEUR, "route", {"path": f"entreprise/{HIS}/journal"}),
        (Role.FEDERATION, "route", {"path": f"campagne/{HIS}/2025/collecte"}),
        (Role.FEDERATION, "act", {"id": "create"}),
        (Role.FEDERATION, "act", {"id": "page.ailleurs"}),
    ],
)
def test_what_is_not_one_s_own_is_refused_and_nothing_is_read(town, router_of, caplog, role, intent, args):
    router = router_of(role)
    before, where = kept(town.url), shown(router)["route"]
    with caplog.at_level(logging.ERROR):
        router.receive(intent, args)
    state = shown(router)
    assert state["problems"] and state["route"] == where
    assert kept(town.url) == before and not caplog.records
    with open_store(town.url) as store:
        seen = set(store.audit()["enterprise"])
    assert not seen & {HIS, OTHER, "inconnue"}


def test_someone_else_s_enterprise_and_none_are_refused_in_the_same_words(router_of):
    router = router_of(Role.ENTREPRISE)
    said = []
    for name in (HIS, "jamais_vue"):
        go(router, f"campagne/{name}/2025")
        said.append(router.wide_problem)
    assert said[0] == said[1] != ""


@pytest.mark.parametrize(
    ("intent", "args"),
    [
        ("set", {"id": "salaries_parcours", "value": "1"}),
        ("tab", {"id": "lien_social"}),
        ("act", {"id": "close_collection"}),
        ("step", {"id": "cadrage"}),
        ("status", {"id": "salaries_parcours", "value": "estime"}),
    ],
)
def test_a_membership_taken_back_while_working_leads_out(town, router_of, intent, args):
    router = router_of(Role.REFERENT)
    go(router, f"campagne/{MINE}/2025/collecte")
    before = kept(town.url)
    change(town, Role.REFERENT, enterprises=frozenset({HIS}))
    changed = kept(town.url)
    router.receive(intent, args)
    state = shown(router)
    assert state["heading"]["text"].startswith("Vous n'avez plus accès à")
    assert "salaries" not in text_of(state["blocks"])
    assert kept(town.url) == changed != before
    assert {line.enterprise.id for line in act(router, "page.accueil") and router.page.lines} == {HIS}


@pytest.mark.parametrize("page", ["personnes", "reseau"])
def test_a_role_taken_back_closes_its_pages(town, router_of, page):
    router = router_of(Role.REFERENT)
    go(router, page)
    change(town, Role.REFERENT, role=Role.ENTREPRISE)
    state = act(router, "open_form")
    assert state["heading"]["text"] == "Vous n'avez plus accès à cette page"
    assert type(router.place) is HomePage
    assert {link["id"] for link in act(router, "page.accueil")["bar"]["links"]} <= {"page.accueil"}


@pytest.mark.parametrize("place", ["", "personnes", f"campagne/{MINE}/2025/collecte"])
@pytest.mark.parametrize("end", ["session", "account"])
def test_a_session_that_ends_between_two_clicks_leads_to_the_door(town, router_of, place, end):
    router = router_of(Role.REFERENT)
    go(router, place)
    with open_store(town.url) as store:
        if end == "session":
            store.end_sessions(town.people[Role.REFERENT].key)
        else:
            store.save_account(replace(town.people[Role.REFERENT], active=False))
    before = kept(town.url)
    for intent, args in [
        ("set", {"id": "salaries_parcours", "value": "1"}),
        ("route", {"path": "personnes"}),
    ]:
        router.receive(intent, args)
        state = shown(router)
        assert state["heading"]["text"] == "Votre session est terminée"
        assert [block["path"] for block in state["blocks"] if block["type"] == "way"] == ["connexion"]
        assert state["bar"]["person"] is None and state["bar"]["links"] == []
    assert kept(town.url) == before


def test_a_page_opened_after_its_session_ended_leads_to_the_door(town):
    access = town.enter(Role.REFERENT)
    with open_store(town.url) as store:
        store.end_sessions(town.people[Role.REFERENT].key)
    assert auto_evaluation(access).state["heading"]["text"] == "Votre session est terminée"


def test_what_one_writes_is_read_under_one_s_name(town, router_of):
    mine, theirs = router_of(Role.REFERENT), router_of(Role.ENTREPRISE)
    for router in (mine, theirs):
        go(router, f"campagne/{MINE}/2025/collecte")
    theirs.receive("set", {"id": "salaries_parcours", "value": "500"})
    mine.receive("set", {"id": "salaries_parcours", "value": "410"})
    assert "Ana a écrit « 500 »" in text_of(shown(mine))
    with open_store(town.url) as store:
        kept_answer = next(
            a for a in store.answer_list(*OPEN) if (a.variable, a.part) == ("salaries_parcours", "")
        )
    assert (kept_answer.value, kept_answer.author) == (500, town.people[Role.ENTREPRISE].key)


class Invited:
    """A router on the page of people, and how one fills its form in."""

    def __init__(self, router: Router) -> None:
        self.router = router
        go(router, "personnes")
        act(router, "open_form")

    def fill(self, **fields: object) -> dict:
        for field, value in fields.items():
            self.router.receive("set", {"id": field.replace("__", "@/"), "value": value})
        return act(self.router, "invite")


def link_of(state):
    return next(block for block in state["blocks"] if block["type"] == "share")


def test_an_invitation_gives_a_link_that_works_once_and_is_shown_once(town, router_of):
    form = Invited(router_of(Role.REFERENT))
    state = form.fill(nom="Jean-Baptiste", identifiant="JB@Marais.fr", **{f"membre__{MINE}": True})
    link = link_of(state)
    assert link["path"].startswith("lien/") and "7 jours" in text_of(link)
    with open_store(town.url) as store:
        account = store.account("jb@marais.fr")
    assert (account.role, account.enterprises) == (Role.ENTREPRISE, {MINE})
    token = link["path"].removeprefix("lien/")
    assert token not in str(content(town.url)), "only its digest is kept"
    assert not [block for block in go(form.router, "personnes")["blocks"] if block["type"] == "share"]


def test_all_that_an_invitation_lacks_is_said_at_once(town, router_of):
    form = Invited(router_of(Role.REFERENT))
    before = kept(town.url)
    form.fill()
    assert set(form.router.page.faults) == {"nom", "identifiant", "entreprises"}
    form.fill(nom="Zoé", identifiant="zoé là", **{f"membre__{MINE}": True})
    assert set(form.router.page.faults) == {"identifiant"}
    form.fill(identifiant="ana")
    assert "déjà pris" in form.router.page.faults["identifiant"].text
    assert kept(town.url) == before


@pytest.mark.parametrize(
    ("intent", "args"),
    [
        ("set", {"id": f"membre@/{OTHER}", "value": True}),
        ("set", {"id": "ajouter@/", "value": OTHER}),
        ("set", {"id": "role", "value": "federation"}),
        ("set", {"id": "role", "value": "referent"}),
        ("set", {"id": "entreprises", "value": OTHER}),
        ("set", {"id": "membre@/x/y", "value": True}),
        ("act", {"id": "new_link", "item": "c-0000000000000000"}),
        ("act", {"id": "confirm", "item": "{ana}"}),
        ("act", {"id": "deactivate", "item": "{chloe}"}),
        ("act", {"id": "new_link", "item": "{fede}"}),
        ("act", {"id": "new_link", "item": "{remi}"}),
        ("act", {"id": "edit", "item": "{fede}"}),
        ("act", {"id": "reactivate", "item": "{fede}"}),
        ("set", {"id": "membre@{fede}/" + MINE, "value": True}),
        ("set", {"id": "membre@{remi}/" + OTHER, "value": True}),
        ("set", {"id": "membre@{ana}/" + OTHER, "value": True}),
        ("act", {"id": "erase", "item": "{ana}"}),
        ("act", {"id": "set_role", "item": "{ana}"}),
    ],
)
def test_a_referent_cannot_forge_more_than_they_have(town, router_of, intent, args):
    form = Invited(router_of(Role.REFERENT))
    keys = {account.login: account.key for account in town.people.values()}
    named = {name: value.format(**keys) if isinstance(value, str) else value for name, value in args.items()}
    before = kept(town.url)
    form.router.receive(intent, named)
    assert shown(form.router)["problems"]
    assert kept(town.url) == before


def test_a_right_lost_between_the_form_and_its_button_invites_nobody(town, router_of):
    form = Invited(router_of(Role.REFERENT))
    for field, value in {"nom": "Zoé", "identifiant": "zoe", f"membre@/{MINE}": True}.items():
        form.router.receive("set", {"id": field, "value": value})
    change(town, Role.REFERENT, enterprises=frozenset({HIS}))
    before = kept(town.url)
    assert act(form.router, "invite")["problems"]
    assert kept(town.url) == before


def test_access_is_taken_away_after_one_says_so_twice_and_given_back(town, router_of):
    router = router_of(Role.REFERENT)
    key = town.people[Role.ENTREPRISE].key
    theirs = router_of(Role.ENTREPRISE)
    go(router, "personnes")
    state = act(router, "deactivate", key)
    assert "ne pourra plus se connecter" in text_of(state)
    act(router, "deactivate", key)
    assert act(router, "confirm", key)["problems"], "thought better of it: nothing to confirm any more"
    act(router, "deactivate", key)
    assert "ne peut plus se connecter" in act(router, "confirm", key)["toast"].replace("\u00a0", " ")
    assert act(theirs, "open_form")["heading"]["text"] == "Votre session est terminée"
    act(router, "reactivate", key)
    with open_store(town.url) as store:
        assert store.account_of(key).active


def test_one_reads_when_each_person_last_came(town, router_of):
    key = town.people[Role.ENTREPRISE].key
    router = router_of(Role.REFERENT)
    assert "jamais venu-e" in text_of(go(router, "personnes"))
    with open_store(town.url) as store:
        store.set_password(key, "h")
    assert "pas de visite récente" in text_of(go(router, "personnes")), (
        "has a password: may have come long ago"
    )
    noon = datetime(2026, 11, 12, 12, tzinfo=UTC)
    with open_store(town.url) as store:
        store.open_session(key, "d", noon + timedelta(days=9000), noon)
    assert "dernière visite le 12 novembre 2026" in text_of(go(router, "personnes"))


@pytest.mark.parametrize("role", [Role.REFERENT, Role.FEDERATION])
def test_where_the_hub_holds_the_accounts_the_page_says_so_and_offers_no_link(town, base, role):
    router = Router(town.enter(role, by_hub=True), base)
    key = town.people[Role.ENTREPRISE].key
    state = go(router, "personnes")
    said = text_of(state)
    assert "Les comptes se gèrent dans le Hub" in said and "nvit" not in said and "mot de passe" not in said
    assert {action["id"] for action, _ in actions_of(state)} == {"deactivate"}
    before = kept(town.url)
    for intent, args in [
        ("act", {"id": "open_form"}),
        ("act", {"id": "invite"}),
        ("act", {"id": "new_link", "item": key}),
        ("act", {"id": "edit", "item": key}),
        ("set", {"id": "nom", "value": "Zoé"}),
        ("set", {"id": f"membre@{key}/{HIS}", "value": True}),
        ("set", {"id": f"ajouter@{key}/", "value": HIS}),
    ]:
        router.receive(intent, args)
        assert "n'est pas prévu ici" in text_of(shown(router)["problems"])
    assert kept(town.url) == before
    act(router, "deactivate", key)
    act(router, "confirm", key)
    assert {action["id"] for action, item in actions_of(shown(router)) if item == key} == {"reactivate"}


def test_a_person_keeps_at_least_one_enterprise(town, router_of):
    router = router_of(Role.REFERENT)
    key = town.people[Role.ENTREPRISE].key
    go(router, "personnes")
    act(router, "edit", key)
    router.receive("set", {"id": f"membre@{key}/{HIS}", "value": True})
    router.receive("set", {"id": f"membre@{key}/{MINE}", "value": False})
    router.receive("set", {"id": f"membre@{key}/{HIS}", "value": False})
    assert "garde au moins une entreprise" in text_of(shown(router))
    with open_store(town.url) as store:
        assert store.account_of(key).enterprises == {HIS}


def test_the_federation_invites_whom_it_wants_and_finds_them(town, router_of):
    form = Invited(router_of(Role.FEDERATION))
    form.fill(nom="Inès", identifiant="ines", role="chercheur")
    assert link_of(shown(form.router))
    form.router.receive("set", {"id": "recherche", "value": "chercheur"})
    assert {person.account.login for person in form.router.page.found} == {"chloe", "ines"}
    form.router.receive("set", {"id": "recherche", "value": "coup de main"})
    assert {person.account.login for person in form.router.page.found} == {"ana", "remi"}
    form.router.receive("set", {"id": "recherche", "value": "xyzzy"})
    assert "Personne ne correspond" in text_of(shown(form.router))


def test_with_many_enterprises_one_adds_them_from_a_list(town, router_of, monkeypatch):
    monkeypatch.setattr("coorace_eval.apps.steps.people.MOST_BOXES", 3)
    form = Invited(router_of(Role.FEDERATION))
    assert "ajouter@/" in {field["id"] for field in fields_of(shown(form.router)["blocks"])}
    form.router.receive("set", {"id": "ajouter@/", "value": OTHER})
    form.fill(nom="Zoé", identifiant="zoe")
    with open_store(town.url) as store:
        assert store.account("zoe").enterprises == {OTHER}


def test_the_network_hides_in_words_what_would_give_an_enterprise_away(router_of):
    router = router_of(Role.CHERCHEUR)
    state = shown(router)
    table = next(block for block in state["blocks"] if block["type"] == "table")
    hidden = [row for row in table["rows"] if isinstance(row[1], dict)]
    assert hidden and all(row[1]["text"].startswith("masqué") and row[2:] == ["–", "–"] for row in hidden)
    assert table["rows"][-1][0] == "Ensemble du réseau"
    for id in router.page.indicators:
        router.receive("set", {"id": "indicator", "value": id})
        shown(router)
    router.receive("set", {"id": "indicator", "value": "../../etc"})
    assert "n'est pas prévu ici" in text_of(shown(router)["problems"])


def test_the_network_has_a_map_where_a_departement_has_three_enterprises(router_of):
    router = router_of(Role.CHERCHEUR)
    figure = next(
        block for group in shown(router)["blocks"] for block in group.get("blocks", ())
        if block["type"] == "figure"
    )  # fmt: skip
    assert "3 à 5 entreprises du réseau\u00a0: Ille-et-Vilaine" in figure["alt"]
    assert figure["table"]["rows"] == [["35", "Ille-et-Vilaine", "Bretagne", "3 à 5"]]


def test_the_table_to_download_holds_no_more_than_the_screen(router_of):
    router = router_of(Role.CHERCHEUR)
    act(router, "export")
    lines = list(csv.reader(io.StringIO(router.page.document.decode("utf-8-sig")), delimiter=";"))
    head, rows = lines[0], lines[1:]
    assert router.page.file_name == "reseau_2025.csv" and len(rows) >= len(router.page.indicators)
    for row in rows:
        said = dict(zip(head, row, strict=True))
        assert not said["Masqué"] or not (said["Valeur"] or said["Entreprises comptées"])
    assert not any(cell[:1] in ("=", "+", "@") for row in rows for cell in row)


def test_who_saw_and_who_changed_is_told_by_day_and_person(town, router_of):
    theirs = router_of(Role.ENTREPRISE)
    go(theirs, f"campagne/{MINE}/2025/collecte")
    for value in ("1", "2"):
        theirs.receive("set", {"id": "salaries_parcours", "value": value})
    router = router_of(Role.REFERENT)
    go(router, f"campagne/{MINE}/2025/cadrage")
    router.receive("set", {"id": "finalite", "value": "Secret de famille"})
    state = act(router, "page.journal")
    said = text_of(state)
    assert state["route"] == f"entreprise/{MINE}/journal" and state["heading"]["small"]
    assert "Ana" in said and "A consulté les chiffres et les mots" in said
    assert "A modifié les données (exercice 2025, 2 fois)." in said
    assert "Remi" in said and "A modifié le cadrage (exercice 2025)." in said
    assert "Secret de famille" not in said and "salaries_parcours" not in said
    assert len(router.page.days) == 1
    assert "Ana" in text_of(act(router_of(Role.ENTREPRISE), "page.journal")), "an enterprise reads its own"


def test_every_right_that_opens_a_page_is_asked_for_it():
    rights = {page: page.right for page in (*PAGES.values(), HomePage, ProgressPage)}
    assert rights == {
        PeoplePage: Right.PEOPLE,
        NetworkPage: Right.NETWORK,
        HomePage: Right.READ,
        ProgressPage: Right.PROGRESS,
    }
