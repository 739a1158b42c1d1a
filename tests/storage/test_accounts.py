from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import exc, make_url, text

from coorace_eval.accounts import AccessError, Account, Link, LinkPurpose, Role, digest, new_key, new_token
from coorace_eval.campaigns import Answer, Appreciation
from coorace_eval.problems import StoreError
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import Level, ValueStatus

MARAIS = "ateliers_du_marais"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=12)
HOSTILE = "x'); DROP TABLE account; --"


def ana(**more: object) -> Account:
    return Account(new_key(), "ana@marais.fr", "Ana Petit", Role.ENTREPRISE, frozenset({MARAIS}), **more)


@pytest.fixture
def person(filled: str) -> Account:
    account = ana()
    with open_store(filled) as store:
        store.save_account(account)
    return account


def test_a_store_is_shared_from_its_first_account_on(filled):
    with open_store(filled) as store:
        assert not store.has_accounts()
        store.save_account(ana())
        assert store.has_accounts()


def test_an_account_comes_back_as_it_was_kept(filled, person):
    other = Account(new_key(), "zoe", "Zoé", Role.FEDERATION)
    with open_store(filled) as store:
        store.save_account(other)
        assert store.account(" ANA@marais.fr ") == store.account_of(person.key) == person
        assert store.accounts() == [person, other]
        assert store.accounts(MARAIS) == store.accounts({MARAIS}) == [person]
        assert store.accounts("dune") == store.accounts(set()) == []
        assert store.find_account(HOSTILE) is None


def test_a_person_was_last_here_when_a_session_or_the_journal_says_so(filled, person):
    other, third = (Account(new_key(), login, login, Role.CHERCHEUR) for login in ("zoe", "max"))
    with open_store(filled) as store:
        for account in (other, third):
            store.save_account(account)
        store.note(other.key, "a invité", what=person.key)
        assert set(store.last_seen([person.key, other.key])) == {other.key}, "être invité-e n'est pas venir"
        noted = store.audit()["at"].iloc[0].to_pydatetime()
        late = noted + timedelta(hours=1)
        for digest, at in (("premiere", NOW), ("seconde", late)):
            store.open_session(person.key, digest, late + timedelta(days=1), at)
        store.open_session(other.key, "avant", late + timedelta(days=1), NOW)
        assert store.last_seen([person.key, other.key, third.key]) == {person.key: late, other.key: noted}
        store.touch_session("premiere", late + timedelta(minutes=5))
        assert store.last_seen([person.key]) == {person.key: late + timedelta(minutes=5)}
        assert store.last_seen([]) == {}


def test_a_change_of_role_or_enterprises_replaces_what_was_there(filled, person):
    with open_store(filled) as store:
        store.save_account(replace(person, role=Role.CHERCHEUR, enterprises=frozenset()))
    with open_store(filled) as store:
        kept = store.account_of(person.key)
    assert kept.role is Role.CHERCHEUR and kept.enterprises == frozenset()


def test_two_people_never_share_a_login(filled, person):
    with pytest.raises(AccessError, match="ACC-007"), open_store(filled) as store:
        store.save_account(replace(ana(), login="ANA@marais.fr"))
    with open_store(filled) as store:
        assert store.accounts() == [person]


def test_nobody_is_a_member_of_an_enterprise_that_is_not_there(filled):
    with pytest.raises(StoreError, match="STO-005"), open_store(filled) as store:
        store.save_account(replace(ana(), enterprises=frozenset({"dune"})))
    with open_store(filled) as store:
        assert not store.has_accounts()


def test_an_unknown_account_is_said_to_be_unknown(filled):
    for ask in (
        lambda store: store.account("personne"),
        lambda store: store.account_of(new_key()),
        lambda store: store.erase_account(new_key()),
        lambda store: store.set_password(new_key(), "h"),
        lambda store: store.account_record(new_key()),
        lambda store: store.open_session(new_key(), "d", LATER),
    ):
        with pytest.raises(AccessError, match="ACC-008"), open_store(filled) as store:
            ask(store)


def test_a_session_gives_its_account_as_it_is_now(filled, person):
    with open_store(filled) as store:
        store.open_session(person.key, "d", LATER, NOW)
        session, account = store.session("d", NOW)
        assert account == person
        assert (session.opened, session.seen, session.until) == (NOW, NOW, LATER)
        store.touch_session("d", NOW + timedelta(hours=1))
        store.save_account(replace(person, enterprises=frozenset()))
        session, account = store.session("d", NOW)
        assert account.enterprises == frozenset() and session.seen == NOW + timedelta(hours=1)


@pytest.mark.parametrize("end", ["time", "ended", "all", "aside", "password", "erased"])
def test_a_session_that_is_over_gives_nobody(filled, person, end):
    with open_store(filled) as store:
        store.open_session(person.key, "d", LATER, NOW)
        assert store.session("d", NOW) is not None
        {
            "time": lambda: None,
            "ended": lambda: store.end_session("d"),
            "all": lambda: store.end_sessions(person.key),
            "aside": lambda: store.save_account(replace(person, active=False)),
            "password": lambda: store.set_password(person.key, "h"),
            "erased": lambda: store.erase_account(person.key),
        }[end]()
        assert store.session("d", LATER if end == "time" else NOW) is None
        assert store.session("autre", NOW) is None


def test_sessions_that_are_over_are_forgotten(filled, person):
    with open_store(filled) as store:
        store.open_session(person.key, "old", NOW + timedelta(hours=1), NOW)
        store.open_session(person.key, "new", LATER, NOW + timedelta(hours=2))
        assert len(store.account_record(person.key)["sessions"]) == 1


def test_an_account_put_aside_opens_nothing(filled, person):
    with open_store(filled) as store:
        store.set_password(person.key, "hash")
        store.keep_link(Link("l", person.key, LinkPurpose.RESET, LATER))
        store.save_account(replace(person, active=False))
        assert store.password(person.login) is None
        assert store.link("l", NOW) is None
        store.save_account(person)
        assert store.password(person.login) == "hash", "remise en place, la personne garde son mot de passe"
        assert store.link("l", NOW) is None, "mais pas ses liens"
    with pytest.raises(AccessError, match="ACC-008"), open_store(filled) as store:
        store.save_account(replace(person, active=False))
        store.open_session(person.key, "d", LATER)


def test_a_password_changes_once_and_is_made_stronger_without_ending_anything(filled, person):
    with open_store(filled) as store:
        assert store.password(person.login) is None and store.without_password() == {person.key}
        store.set_password(person.key, "one")
        store.open_session(person.key, "d", LATER, NOW)
        store.strengthen_password(person.key, "one", "two")
        store.strengthen_password(person.key, "one", "three")
        assert store.password(" ANA@MARAIS.FR") == "two" and store.without_password() == frozenset()
        assert store.session("d", NOW) is not None
        store.save_account(replace(person, name="Ana Grand"))
        assert store.password(person.login) == "two"


def test_a_link_works_once_and_not_for_ever(filled, person):
    link = Link(digest(new_token()), person.key, LinkPurpose.INVITATION, LATER, by=new_key())
    with open_store(filled) as store:
        store.keep_link(link)
        assert store.link(link.digest, NOW) == link
        assert store.link(link.digest, LATER) is None
        assert store.use_link(link.digest, NOW) == link
        assert store.link(link.digest, NOW) is None
    for moment in (NOW, LATER):
        with pytest.raises(AccessError, match="ACC-006"), open_store(filled) as store:
            store.use_link(link.digest, moment)


def test_a_link_that_is_over_does_not_work_and_a_new_one_ends_the_one_before(filled, person):
    with open_store(filled) as store:
        store.keep_link(Link("a", person.key, LinkPurpose.INVITATION, LATER))
        store.keep_link(Link("b", person.key, LinkPurpose.RESET, LATER))
        assert store.link("a", NOW) is None
    with pytest.raises(AccessError, match="ACC-006"), open_store(filled) as store:
        store.use_link("b", LATER)


def test_of_two_people_with_one_link_one_comes_in(filled, person):
    for number in range(5):
        with open_store(filled) as store:
            store.keep_link(Link("l", person.key, LinkPurpose.INVITATION, LATER))
        start, said = threading.Barrier(4), []

        def take(start=start, said=said) -> None:
            start.wait()
            try:
                with open_store(filled) as store:
                    store.use_link("l", NOW)
                said.append("in")
            except AccessError as error:
                said.append(error.problems[0].code)

        threads = [threading.Thread(target=take) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(said) == ["ACC-006"] * 3 + ["in"], number


def test_the_journal_says_who_did_what_and_keeps_no_name(filled, person):
    with open_store(filled) as store:
        store.note(person.key, "a consulté", MARAIS, 2025)
        store.note(person.key, "a consulté le réseau")
        journal = store.audit()
        assert journal["name"].tolist() == ["Ana Petit"] * 2
        assert journal["account"].tolist() == [person.key] * 2
        assert journal["year"].tolist()[0] == 2025 and journal["year"].isna().tolist() == [False, True]
        assert len(store.audit(MARAIS)) == len(store.audit({MARAIS})) == 1
        assert store.audit(set()).empty and list(store.audit(set())) == list(journal)
        future = datetime.now(UTC) + timedelta(minutes=1)
        assert store.audit(since=future).empty
        past = future - timedelta(hours=1)
        assert store.noted(person.key, "a consulté", MARAIS, 2025, past)
        assert not store.noted(person.key, "a consulté", MARAIS, None, past)
        assert not store.noted(person.key, "a consulté", MARAIS, 2025, future)
        assert store.noted(person.key, "a consulté le réseau", "", None, past)
        assert store.forget_audit(past) == 0
        assert store.forget_audit(future) == 2 and store.audit().empty


def test_the_journal_is_not_rewritten(filled, person):
    with open_store(filled) as store:
        store.note(person.key, "a consulté", MARAIS, 2025)
    for row in ("action = 'rien'", "account = ''"):
        with pytest.raises((StoreError, exc.SQLAlchemyError)), open_store(filled) as store:
            store._connection.execute(text(f"UPDATE audit SET {row}"))
    with open_store(filled) as store:
        assert store.audit()["action"].tolist() == ["a consulté"]


def test_an_erased_person_leaves_a_key_that_says_nothing(filled, person):
    answer = Answer("sorties_total", 10, ValueStatus.RENSEIGNE)
    with open_store(filled) as store:
        store.record(MARAIS, 2025, answer, author=person.key)
        store.note(person.key, "a modifié", MARAIS, 2025)
        store.open_session(person.key, "d", LATER)
        assert store.names([person.key, "Import", ""]) == {person.key: "Ana Petit"}
        store.erase_account(person.key)
    with open_store(filled) as store:
        assert store.names([person.key]) == {person.key: "personne retirée"}
        assert store.audit()["name"].tolist() == ["personne retirée"]
        assert store.history(MARAIS, 2025)["author"].tolist() == [person.key]
        assert not store.has_accounts() and store.session("d") is None
        tables = ("account", "membership", "session", "link")
        for table in tables:
            assert store._connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
        again = ana()
        store.save_account(again)
        assert store.names([person.key]) == {person.key: "personne retirée"}, (
            "le même identifiant, une autre clé"
        )


def test_a_person_reads_all_that_is_held_on_them_and_nothing_of_the_figures(filled, person):
    with open_store(filled) as store:
        store.set_password(person.key, "$argon2id$secret")
        store.open_session(person.key, "trace", LATER, NOW)
        store.keep_link(Link("lien", person.key, LinkPurpose.RESET, LATER, by=new_key()))
        store.record(MARAIS, 2025, Answer("v", 123456, ValueStatus.RENSEIGNE), author=person.key)
        store.save_appreciation(
            MARAIS, 2025, Appreciation("emploi", next(iter(Level)), "secret"), author=person.key
        )
        store.note(person.key, "a modifié", MARAIS, 2025, "v")
        store.note(new_key(), "a modifié", MARAIS, 2025, "autrui")
        record = store.account_record(person.key)
    said = json.dumps(record)
    assert record["compte"]["identifiant"] == person.login and record["compte"]["entreprises"] == [MARAIS]
    assert [change.get("variable") or change["dimension"] for change in record["changements"]] == [
        "v",
        "emploi",
    ]
    assert len(record["sessions"]) == len(record["liens"]) == len(record["journal"]) == 1
    for secret in ("argon2", "trace", "123456", "secret", "autrui"):
        assert secret not in said


def test_a_database_read_by_someone_else_gives_no_way_in(filled, person):
    token = new_token()
    with open_store(filled) as store:
        store.open_session(person.key, digest(token), LATER)
        rows = str(store._connection.execute(text("SELECT * FROM session")).all())
    assert token not in rows and digest(token) in rows


def test_hostile_words_are_only_words(filled, person):
    with open_store(filled) as store:
        store.note(HOSTILE, HOSTILE, HOSTILE, 2025, HOSTILE + "\0\ud800")
        store.save_account(replace(person, name=HOSTILE))
        assert store.account(person.login).name == HOSTILE
        assert store.audit(HOSTILE)["what"].tolist() == [HOSTILE + "?"]
        assert store.session(HOSTILE) is None and store.link(HOSTILE) is None


def test_how_many_figures_were_given_is_counted_without_reading_them(filled):
    given = [
        Answer("a", 1, ValueStatus.RENSEIGNE),
        Answer("a", 1, ValueStatus.RENSEIGNE, part="sexe:F"),
        Answer("b", None, ValueStatus.NON_DISPONIBLE),
        Answer("c", None, ValueStatus.NON_RENSEIGNE),
    ]
    with open_store(filled) as store:
        assert store.filled() == {}
        store.record_all(MARAIS, 2025, given)
        assert store.filled() == {(MARAIS, 2025): 2}


def test_some_enterprises_are_read_without_the_others(filled, marais):
    dune = replace(marais, id="dune", label="La Dune")
    with open_store(filled) as store:
        store.save_enterprise(dune)
        for id in (MARAIS, "dune"):
            store.record(id, 2025, Answer("a", 1, ValueStatus.RENSEIGNE))
        assert list(store.answers({"dune"}).values.index) == [("dune", 2025)]
        assert store.answers(frozenset()).values.empty
        assert len(store.answers({"dune", MARAIS}, 2025).values) == 2


def test_the_place_of_writer_is_taken_only_when_it_is_free(filled):
    with open_store(filled) as first, open_store(filled) as second:
        first.write_now()
        if filled.startswith("sqlite"):
            assert not second.write_if_free() and not second.is_writing
            assert second.enterprises(), "après le refus, on lit encore"
        else:
            assert second.write_if_free()
    with open_store(filled) as store:
        assert store.write_if_free() and store.is_writing
        store.note("c-0123456789abcdef", "a consulté")
    with open_store(filled) as store:
        assert len(store.audit()) == 1


def test_a_new_file_is_for_its_owner_alone(tmp_path):
    url = f"sqlite:///{tmp_path / 'base.db'}"
    with open_store(url) as store:
        store.note("", "essai")
        for file in tmp_path.iterdir():
            assert file.stat().st_mode & 0o777 == 0o600, file.name
    assert sqlite3.connect(Path(make_url(url).database)).execute("PRAGMA journal_mode").fetchone() == ("wal",)
