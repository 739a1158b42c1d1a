"""Who opens the store: read anew each time, and again before anything is written."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from access.conftest import DUNE, MARAIS, YEAR, enterprise, fill, mark

from coorace_eval.access import Access
from coorace_eval.accounts import AccessError, Role, digest, new_token
from coorace_eval.campaigns import Answer, AnswerChangedError, Card
from coorace_eval.problems import StoreError
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import ValueStatus

TEN = Answer("v", 10, ValueStatus.RENSEIGNE)


@contextmanager
def refused(code: str):
    with pytest.raises(AccessError) as caught:
        yield
    assert [problem.code for problem in caught.value.problems] == [code]


def test_one_person_alone_does_everything_and_signs_with_their_own_word(url):
    fill(url, MARAIS)
    access = Access.local(url, "Camille")
    with access.open() as store:
        assert access.is_local and store.account is None and store.author == "Camille"
        assert [one.id for one in store.enterprises()] == [MARAIS]
        assert store.record(MARAIS, YEAR, TEN).author == "Camille"
        store.save_enterprise(enterprise(DUNE))
        assert store.progress()[0].year == YEAR
    with open_store(url) as store:
        assert store.audit().empty, "seul-e, on ne se surveille pas"


def test_a_shared_store_is_never_opened_without_a_session(each_world):
    world = each_world
    for access in (Access.local(world.url), Access.from_environment(world.url, environment={})):
        with refused("ACC-009"), access.open():
            pass


def test_a_store_that_becomes_shared_meanwhile_takes_no_more_from_one_person_alone(url):
    fill(url, MARAIS)
    from access.conftest import World

    with refused("ACC-009"), Access.local(url).open() as store:
        assert store.cards(MARAIS, YEAR)
        World(url).add(Role.FEDERATION)
        store.save_card(MARAIS, YEAR, Card("autre", "x", "x"))
    with open_store(url) as store:
        assert len(store.cards(MARAIS, YEAR)) == 1


def test_a_session_says_who_is_there(world):
    ana = world.people[Role.ENTREPRISE]
    with world.enter(ana).open() as store:
        assert store.account == ana and store.author == ana.key
        assert store.record(MARAIS, YEAR, TEN, author="quelqu'un d'autre").author == "Ana"
    with open_store(world.url) as store:
        assert store.history(MARAIS, YEAR)["author"].iloc[-1] == ana.key


@pytest.mark.parametrize("session", ["inconnue", "'; DROP TABLE session; --", "é" * 5000])
def test_an_unknown_session_opens_nothing(world, session):
    with refused("ACC-002"), Access.of_session(world.url, session).open():
        pass


def test_a_session_is_never_mistaken_for_nobody(url):
    with pytest.raises(ValueError, match="digest"):
        Access.of_session(url, "")


@pytest.mark.parametrize("end", ["signed out", "time", "password", "aside", "erased"])
def test_a_session_that_ends_ends_what_is_open(each_world, end):
    world = each_world
    ana = world.people[Role.ENTREPRISE]
    access = world.enter(ana)
    with access.open() as store:
        assert store.cards(MARAIS, YEAR)
    with open_store(world.url) as store:
        if end == "signed out":
            store.end_session(access.session)
        elif end == "time":
            store.end_session(access.session)
            past = datetime.now(UTC) - timedelta(seconds=1)
            store.open_session(ana.key, access.session, past, past - timedelta(hours=1))
        elif end == "password":
            store.set_password(ana.key, "un autre")
        elif end == "aside":
            store.save_account(replace(ana, active=False))
        else:
            store.erase_account(ana.key)
    with refused("ACC-002"), access.open():
        pass


def test_a_session_that_ends_between_reading_and_writing_writes_nothing(each_world):
    world = each_world
    access = world.enter(Role.ENTREPRISE)
    with refused("ACC-002"), access.open() as store:
        assert store.cards(MARAIS, YEAR)
        with open_store(world.url) as other:
            other.end_session(access.session)
        store.save_card(MARAIS, YEAR, Card("autre", "x", "x"))
    with open_store(world.url) as store:
        assert len(store.cards(MARAIS, YEAR)) == 1


def test_a_member_taken_away_between_two_requests_reads_no_more(world):
    remi = world.people[Role.REFERENT]
    access = world.enter(remi)
    with access.open() as store:
        assert store.cards(DUNE, YEAR)
    with open_store(world.url) as store:
        store.save_account(replace(remi, enterprises=frozenset({MARAIS})))
    with access.open() as store:
        assert [one.id for one in store.enterprises()] == [MARAIS]
        with refused("ACC-001"):
            store.cards(DUNE, YEAR)


def test_a_role_taken_away_between_reading_and_writing_writes_nothing(each_world):
    world = each_world
    ana = world.people[Role.ENTREPRISE]
    with refused("ACC-001"), world.enter(ana).open() as store:
        assert store.cards(MARAIS, YEAR)
        with open_store(world.url) as other:
            other.save_account(replace(ana, role=Role.CHERCHEUR, enterprises=frozenset()))
        store.save_card(MARAIS, YEAR, Card("autre", "x", "x"))


def test_what_is_refused_undoes_what_was_written_before(each_world):
    world = each_world
    with refused("ACC-001"), world.enter(Role.ENTREPRISE).open() as store:
        store.save_card(MARAIS, YEAR, Card("autre", "x", "x"))
        store.save_card(DUNE, YEAR, Card("autre", "x", "x"))
    with open_store(world.url) as store:
        assert len(store.cards(MARAIS, YEAR)) == len(store.cards(DUNE, YEAR)) == 1


def test_a_page_receives_who_opens_it_and_nothing_else(world):
    access = world.enter(Role.ENTREPRISE)
    said = access.environment()
    assert set(said) == {"COORACE_STORE", "COORACE_SESSION"}
    assert Access.from_environment("sqlite:///autre.db", environment=said) == access
    by_hub = world.enter(Role.ENTREPRISE, by_hub=True)
    assert by_hub.environment().items() > {"COORACE_IDENTITY": "hub"}.items() and not access.by_hub
    assert Access.from_environment("autre", environment=by_hub.environment()) == by_hub
    alone = Access.local(world.url, "Camille")
    assert set(alone.environment()) == {"COORACE_STORE"}
    assert Access.from_environment("autre", "Camille", alone.environment()) == alone


def test_what_is_written_in_a_log_gives_no_way_in():
    token = new_token()
    shown = repr(Access.of_session("postgresql://coorace:motdepasse@base/coorace", digest(token)))
    assert "motdepasse" not in shown and digest(token) not in shown


def test_a_session_makes_no_store(tmp_path):
    with (
        pytest.raises(StoreError, match="STO-004"),
        Access.of_session(f"sqlite:///{tmp_path}/b.db", "d").open(),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_who_changed_a_figure_reads_as_a_name(each_world):
    world = each_world
    remi, ana = world.enter(Role.REFERENT), world.enter(Role.ENTREPRISE)
    opened = datetime.now(UTC)
    with remi.open() as store:
        store.record(MARAIS, YEAR, TEN)
    with pytest.raises(AnswerChangedError) as caught, ana.open() as store:
        store.record(MARAIS, YEAR, replace(TEN, value=11), seen_at=opened)
    assert caught.value.theirs.author == "Remi" and "Remi a écrit « 10 »" in str(caught.value)
    assert world.people[Role.REFERENT].key not in str(caught.value)


def test_authors_read_as_names_and_an_erased_one_as_nobody(each_world):
    world = each_world
    remi, ana = world.people[Role.REFERENT], world.enter(Role.ENTREPRISE)
    with world.enter(remi).open() as store:
        store.record(MARAIS, YEAR, TEN)
        store.save_appreciation(MARAIS, YEAR, replace(store.appreciations(MARAIS, YEAR)[0], why="autre"))

    def authors() -> list[str]:
        with ana.open() as store:
            notes = store.answers(MARAIS).notes
            return [
                store.answer_list(MARAIS, YEAR)[0].author,
                notes["author"].iloc[-1],
                store.history(MARAIS, YEAR)["author"].iloc[-1],
                store.appreciation_history(MARAIS, YEAR)["author"].iloc[-1],
            ]

    assert authors() == ["Remi"] * 4
    with open_store(world.url) as store:
        before = store.history(MARAIS, YEAR).to_csv()
        store.erase_account(remi.key)
    assert authors() == ["personne retirée"] * 4
    with open_store(world.url) as store:
        assert store.history(MARAIS, YEAR).to_csv() == before, "l'historique n'est pas réécrit"
        assert remi.name not in before and remi.login not in before
    with ana.open() as store:
        assert mark(MARAIS) in store.history(MARAIS, YEAR)["author"].tolist(), (
            "ce qui n'est pas une clé reste"
        )


def test_a_person_reads_and_erases_what_is_held_on_them(each_world):
    world = each_world
    ana = world.people[Role.ENTREPRISE]
    access = world.enter(ana)
    with access.open() as store:
        store.record(MARAIS, YEAR, TEN)
        record = store.own_record()
        assert json.loads(json.dumps(record))["compte"]["identifiant"] == "ana"
        assert len(record["changements"]) == 1
        store.erase_own_account()
    with refused("ACC-002"), access.open():
        pass
    with open_store(world.url) as store:
        assert store.find_account("ana") is None
