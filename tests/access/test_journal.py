"""Who saw and who changed: written with each change, rarely for a look, never at the cost of a reader."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from access.conftest import ALL, BOIS, DUNE, MARAIS, YEAR, World, mark
from sqlalchemy import make_url

from coorace_eval.access import Access, journal
from coorace_eval.accounts import AccessError, Role
from coorace_eval.campaigns import Answer, Card, State
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import ValueStatus


def lines(world: World) -> list[tuple[str, str, str, int | None, str]]:
    with open_store(world.url) as store:
        found = store.audit().drop(columns=["at", "account"])
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in found.itertuples(index=False)]


def in_another_process() -> None:
    journal._NOTED.clear()


def test_a_change_is_noted_with_itself_and_a_look_once_an_hour(each_world):
    world = each_world
    access = world.enter(Role.ENTREPRISE)
    for _ in range(3):
        with access.open() as store:
            store.cards(MARAIS, YEAR)
            store.story(MARAIS, YEAR)
    assert lines(world) == [("Ana", "a consulté", MARAIS, YEAR, "")]
    with access.open() as store:
        store.record(MARAIS, YEAR, Answer("w", 5, ValueStatus.RENSEIGNE))
        store.remove_card(MARAIS, YEAR, "k")
    assert lines(world)[1:] == [
        ("Ana", "a modifié", MARAIS, YEAR, "les données : w"),
        ("Ana", "a retiré", MARAIS, YEAR, "une carte"),
    ]
    in_another_process()
    with access.open() as store:
        store.answers(MARAIS)
        store.cards(MARAIS, YEAR)
    assert lines(world)[3:] == [("Ana", "a consulté", MARAIS, None, "")]


def test_a_look_is_noted_again_when_the_hour_is_over(each_world, monkeypatch):
    world = each_world
    access = world.enter(Role.ENTREPRISE)
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return in_an_hour

    in_another_process()
    with access.open() as store:
        store.cards(MARAIS, YEAR)
    monkeypatch.setattr(journal, "datetime", Later)
    with access.open() as store:
        store.cards(MARAIS, YEAR)
    assert len(lines(world)) == 2
    assert len(journal._NOTED) == 1, "l'heure passée est oubliée"


def test_what_shows_no_figure_is_no_look(world):
    with world.enter(Role.REFERENT).open() as store:
        store.enterprises(), store.campaigns(), store.campaign(MARAIS, YEAR), store.filled(), store.progress()
    assert lines(world) == []


def test_a_list_of_answers_is_a_look_at_each(world):
    with world.enter(Role.REFERENT).open() as store:
        store.answers()
    assert [line[2] for line in lines(world)] == [DUNE, MARAIS]


def test_a_page_turned_is_not_noted_and_a_step_is(world):
    access = world.enter(Role.ENTREPRISE)
    with access.open() as store:
        campaign = store.campaign(MARAIS, YEAR)
        store.save_campaign(replace(campaign, step="cadrage"))
        store.save_campaign(replace(campaign, state=State.ANALYSE))
        store.save_campaign(replace(campaign, year=2031))
    assert [line[1:] for line in lines(world)] == [
        ("a modifié", MARAIS, YEAR, "l'étape : Analyse"),
        ("a ouvert", MARAIS, 2031, "la campagne"),
    ]


def test_a_refused_or_undone_change_leaves_no_line_but_a_look_does(world):
    access = world.enter(Role.ENTREPRISE)
    with pytest.raises(ZeroDivisionError), access.open() as store:
        store.cards(MARAIS, YEAR)
        store.save_card(MARAIS, YEAR, Card("n", "x", "x"))
        raise ZeroDivisionError
    with pytest.raises(AccessError), access.open() as store:
        store.save_card(DUNE, YEAR, Card("n", "x", "x"))
    assert lines(world) == [("Ana", "a consulté", MARAIS, YEAR, "")]


def test_the_journal_holds_no_value_no_word_and_no_name(each_world):
    world = each_world
    with world.enter(Role.REFERENT).open() as store:
        store.record(
            MARAIS, YEAR, Answer("v", 424242, ValueStatus.RENSEIGNE, comment="secret", source="secret")
        )
        store.save_card(MARAIS, YEAR, Card("n", "secret", "secret"))
        store.save_framing(MARAIS, YEAR, {"finalite": "secret"})
        store.invite("nina@marais.fr", "Nina Secret", Role.ENTREPRISE, [MARAIS])
    with open_store(world.url) as store:
        held = store.audit().drop(columns="name").to_csv()
    for said in ("424242", "secret", "Secret", "nina", mark(MARAIS), "Remi"):
        assert said not in held


def writer_of(world: World) -> sqlite3.Connection:
    """Someone who keeps the place of writer."""
    connection = sqlite3.connect(make_url(world.url).database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def test_a_reader_neither_waits_for_a_writer_nor_fails_and_the_look_is_noted_later(world):
    access = replace(world.enter(Role.ENTREPRISE), url=f"{world.url}?timeout=3600")  # to wait is to hang
    read: list[int] = []

    def look() -> None:
        with access.open() as store:
            read.append(len(store.cards(MARAIS, YEAR)))

    with closing(writer_of(world)):
        reader = threading.Thread(target=look, daemon=True)
        reader.start()
        reader.join(60)
        assert read == [1] and not reader.is_alive()
        assert lines(world) == []
    look()
    assert len(lines(world)) == 1


def test_a_read_only_file_is_read_all_the_same(world, monkeypatch):
    access = world.enter(Role.ENTREPRISE)
    with closing(sqlite3.connect(make_url(world.url).database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    from coorace_eval.storage.engines import Address

    monkeypatch.setattr(Address, "is_read_only", property(lambda self: True))
    with access.open() as store:
        assert store.cards(MARAIS, YEAR)


def test_being_here_is_kept_once_a_minute_at_most(each_world):
    world = each_world
    ana = world.people[Role.ENTREPRISE]
    long_ago = datetime.now(UTC) - timedelta(minutes=30)
    with open_store(world.url) as store:
        store.open_session(ana.key, "d", datetime.now(UTC) + timedelta(hours=1), long_ago)
    seen = []
    for _ in range(3):
        with Access.of_session(world.url, "d").open():
            pass
        with open_store(world.url) as store:
            seen.append(store.session("d")[0].seen)
    assert seen[0] > long_ago + timedelta(minutes=29) and seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize("role", Role)
def test_who_reads_the_journal_of_an_enterprise(each_world, role):
    world = each_world
    for who, id in ((Role.REFERENT, DUNE), (Role.ENTREPRISE, MARAIS)):
        with world.enter(who).open() as store:
            store.cards(id, YEAR)
    access = world.enter(role)
    mine = {Role.ENTREPRISE: {MARAIS}, Role.REFERENT: {MARAIS, DUNE}, Role.FEDERATION: {*ALL}}.get(
        role, set()
    )
    for id in ALL:
        if id not in mine:
            with pytest.raises(AccessError, match="ACC-001"), access.open() as store:
                store.who_saw(id)
            continue
        with access.open() as store:
            seen = store.who_saw(id)
        assert set(seen["enterprise"]) <= {id} and len(seen) == (id != BOIS)
        assert list(seen.columns) == ["at", "name", "action", "enterprise", "year", "what"]
    if not mine:
        with pytest.raises(AccessError, match="ACC-001"), access.open() as store:
            store.who_saw()
        return
    with access.open() as store:
        assert set(store.who_saw()["enterprise"]) == mine - {BOIS}
        assert store.who_saw(since=datetime.now(UTC) + timedelta(hours=1)).empty


def test_who_was_helped_reads_as_a_name_and_the_latest_line_comes_first(each_world):
    world = each_world
    remi = world.enter(Role.REFERENT)
    with remi.open() as store:
        store.cards(MARAIS, YEAR)
    with remi.open() as store:
        store.reset_link(world.people[Role.ENTREPRISE].key)
    with world.enter(Role.ENTREPRISE).open() as store:
        seen = store.who_saw(MARAIS)
    assert seen["action"].tolist() == ["a préparé un lien pour", "a consulté"]
    assert seen[["name", "what"]].iloc[0].tolist() == ["Remi", "Ana"]
