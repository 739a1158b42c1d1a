"""A store moves from one database to another, whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from coorace_eval.accounts import Account, Role, new_key
from coorace_eval.campaigns import Answer
from coorace_eval.examples import load_examples
from coorace_eval.problems import StoreError
from coorace_eval.storage import open_store
from coorace_eval.storage.copying import copy
from coorace_eval.storage.tables import METADATA
from coorace_eval.vocabulary import ValueStatus

MARAIS = ("ateliers_du_marais", 2024)


@pytest.fixture
def source(tmp_path) -> str:
    """The example federation, where one figure was changed and one person has an account."""
    url = f"sqlite:///{tmp_path}/depart.db"
    load_examples(url)
    person = Account(new_key(), "ana@marais.fr", "Ana", Role.ENTREPRISE, frozenset({MARAIS[0]}))
    with open_store(url) as store:
        store.save_account(person)
        store.set_password(person.key, "$argon2id$essai")
        store.note(person.key, "a consulté", *MARAIS)
    for value in (11.0, 12.5):
        answer(url, value)
    return url


def answer(url: str, value: float) -> None:
    with open_store(url) as store:
        store.record(*MARAIS, Answer("sorties_total", value, ValueStatus.RENSEIGNE), author="essai")


def content(url: str) -> dict[str, list[tuple[object, ...]]]:
    with open_store(url, create=False) as store:
        held = {
            table.name: store._connection.execute(table.select()).all() for table in METADATA.sorted_tables
        }
    return {name: sorted(map(tuple, rows), key=repr) for name, rows in held.items()}


def test_a_store_arrives_whole_with_its_histories(source, url):
    counts = copy(source, url)
    assert content(url) == content(source)
    assert counts == {name: len(rows) for name, rows in content(source).items()}
    assert counts["answer_history"] > counts["answer"] > 0
    assert counts["account"] == counts["membership"] == counts["audit"] == 1


def test_people_go_on_where_they_were(source, url):
    copy(source, url)
    with open_store(url) as store:
        before = store.history(*MARAIS, "sorties_total")
    answer(url, 13.0)
    with open_store(url) as store:
        after = store.history(*MARAIS, "sorties_total")
    assert len(after) == len(before) + 1 and after["old_value"].iat[-1] == 12.5


def test_it_comes_back_the_same(source, url, tmp_path):
    copy(source, url)
    back = f"sqlite:///{tmp_path}/retour.db"
    copy(url, back)
    assert content(back) == content(source)


def test_a_store_that_holds_something_is_not_written_over(source, filled):
    before = content(filled)
    with pytest.raises(StoreError, match="contient déjà quelque chose"):
        copy(source, filled)
    assert content(filled) == before


def test_a_store_is_not_copied_onto_itself(source):
    with pytest.raises(StoreError, match="les mêmes"):
        copy(source, source)


def test_a_source_that_is_not_there_is_said(tmp_path, url):
    with pytest.raises(StoreError, match="STO-004"):
        copy(f"sqlite:///{tmp_path}/absente.db", url)


def test_a_copy_that_differs_by_one_letter_is_not_kept(source, tmp_path):
    target = tmp_path / "arrivee.db"
    with open_store(f"sqlite:///{target}"):
        pass
    with closing(sqlite3.connect(target)) as connection:
        connection.execute(
            "CREATE TRIGGER slip AFTER INSERT ON enterprise WHEN new.id = 'rives_emploi' "
            "BEGIN UPDATE enterprise SET label = label || '.' WHERE id = new.id; END"
        )
    with pytest.raises(StoreError, match="« enterprise » n'est pas arrivée entière"):
        copy(source, f"sqlite:///{target}")
    assert not any(content(f"sqlite:///{target}").values())


def test_nobody_writes_in_the_source_meanwhile(source, url, tmp_path, monkeypatch):
    """The writer that comes in the middle waits, and what it writes is in one base only: the source."""
    from coorace_eval.storage import copying

    refused = []

    def pour(reading, writing, table):
        if table.name == "enterprise":
            with closing(sqlite3.connect(tmp_path / "depart.db", timeout=0)) as other:
                try:
                    other.execute("UPDATE enterprise SET label = 'changée'")
                except sqlite3.OperationalError as error:
                    refused.append(str(error))
        return real(reading, writing, table)

    real = copying._pour
    monkeypatch.setattr(copying, "_pour", pour)
    copy(source, url)
    assert refused == ["database is locked"]
