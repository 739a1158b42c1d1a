"""What an enterprise chooses for its documents, and the files it keeps for them."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import delete

from coorace_eval.campaigns import Appreciation
from coorace_eval.campaigns.edition import (
    LARGEST_FILE,
    MOST_FIGURES,
    Asset,
    Edition,
    LeafletChoice,
    SectionChoice,
)
from coorace_eval.problems import CampaignError, StoreError
from coorace_eval.storage import backup, open_store
from coorace_eval.storage.copying import copy
from coorace_eval.storage.tables import ASSET, CAMPAIGN, EDITION, ENTERPRISE, ENTERPRISE_KIND
from coorace_eval.vocabulary import Level

KEY = ("ateliers_du_marais", 2025)
HOSTILE = "l’essentiel #let x = 1 {{ 7*7 }} <b>\\u0000 \ud800 مرحبا 👩🏽‍🔧 x'; DROP TABLE edition; --\0"
CHOSEN = Edition((SectionChoice("cibles", False), SectionChoice("demarche", comment="Nos mots.")), "en")
LEAFLET = LeafletChoice("colonne", "Ici", "Nous", ("a", "b"), "v", "04", ("#0B5C8F", "#FFFFFF"))
LOGO = Asset("logo", "logo de l'été.png", "image/png", bytes(range(256)) * 40)


def test_nothing_chosen_is_the_usual_document(filled):
    with open_store(filled) as store:
        assert store.edition(*KEY) == Edition() and store.leaflet_choice(*KEY) == LeafletChoice()
        assert store.asset(KEY[0], "logo") is None


def test_what_is_chosen_comes_back_for_its_year_alone(filled):
    with open_store(filled) as store:
        store.save_edition(*KEY, Edition((SectionChoice("manques"),)))
        store.save_edition(*KEY, CHOSEN)
        store.save_leaflet_choice(*KEY, LEAFLET)
    with open_store(filled) as store:
        assert store.edition(*KEY) == CHOSEN and store.leaflet_choice(*KEY) == LEAFLET
        assert store.edition(KEY[0], 2024) == Edition()


def test_words_come_back_as_both_databases_can_keep_them(filled):
    with open_store(filled) as store:
        store.save_edition(*KEY, Edition((SectionChoice("cibles", comment=HOSTILE),)))
        (kept,) = store.edition(*KEY).sections
        assert kept.comment == HOSTILE.replace("\ud800", "?").replace("\0", "")


def test_a_file_comes_back_byte_for_byte_and_is_replaced_or_removed(filled):
    with open_store(filled) as store:
        store.save_asset(KEY[0], LOGO)
        store.save_asset(KEY[0], replace(LOGO, part="photo", content=b""))
    with open_store(filled) as store:
        assert store.asset(KEY[0], "logo") == LOGO
        store.save_asset(KEY[0], replace(LOGO, name="autre.png", content=b"2"))
        assert store.asset(KEY[0], "logo") == Asset("logo", "autre.png", "image/png", b"2")
        store.remove_asset(KEY[0], "logo")
        store.remove_asset(KEY[0], "logo")
        assert store.asset(KEY[0], "logo") is None and store.asset(KEY[0], "photo").content == b""


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Edition(language="de"), "CAM-005"),
        (Edition((SectionChoice("cibles"), SectionChoice("cibles"))), "RAP-006"),
        (Edition((SectionChoice("cibles", comment="x" * 400_000),)), "REP-012"),
        (LeafletChoice(layout="affiche"), "RAP-010"),
        (LeafletChoice(figures=tuple("abcdefghi")[: MOST_FIGURES + 1]), "RAP-010"),
        (LeafletChoice(text="x" * 400_000), "REP-012"),
        (replace(LOGO, part="musique"), "CAM-004"),
        (replace(LOGO, content=bytes(LARGEST_FILE + 1)), "RAP-009"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_cannot_be_kept_is_refused(wrong, code, new_database):
    url = new_database("sqlite")
    with pytest.raises(CampaignError, match=code), open_store(url) as store:
        match wrong:
            case Edition():
                store.save_edition(*KEY, wrong)
            case LeafletChoice():
                store.save_leaflet_choice(*KEY, wrong)
            case _:
                store.save_asset(KEY[0], wrong)


def test_nothing_is_kept_for_what_does_not_exist(filled):
    with pytest.raises(CampaignError, match="CAM-003"), open_store(filled) as store:
        store.save_edition(KEY[0], 1999, CHOSEN)
    with pytest.raises(StoreError, match="STO-005"), open_store(filled) as store:
        store.save_asset("inconnue", LOGO)


def fill(url: str) -> None:
    with open_store(url) as store:
        store.save_edition(*KEY, CHOSEN)
        store.save_leaflet_choice(*KEY, LEAFLET)
        store.save_asset(KEY[0], replace(LOGO, content=os.urandom(LARGEST_FILE)))


def test_they_go_with_what_they_belong_to(filled):
    fill(filled)
    with open_store(filled) as store:
        connection = store._connection
        connection.execute(delete(CAMPAIGN))
        assert connection.execute(EDITION.select()).all() == [] and store.asset(KEY[0], "logo")
        connection.execute(delete(ENTERPRISE_KIND))
        connection.execute(delete(ENTERPRISE))
        assert connection.execute(ASSET.select()).all() == []


def test_they_are_in_a_copy_and_in_a_backup(filled, new_database, tmp_path):
    fill(filled)
    other = new_database("sqlite")
    assert copy(filled, other)["asset"] == 1
    made = backup.back_up(other, tmp_path)
    back = f"sqlite:///{tmp_path}/restauree.db"
    backup.restore(made.file, back)
    with open_store(filled) as first, open_store(back, create=False) as last:
        assert last.asset(KEY[0], "logo") == first.asset(KEY[0], "logo")
        assert (last.edition(*KEY), last.leaflet_choice(*KEY)) == (CHOSEN, LEAFLET)


def test_a_backup_without_them_is_not_taken_for_whole(filled, tmp_path):
    if not filled.startswith("sqlite"):
        return
    made = backup.back_up(filled, tmp_path / "copie.db")
    with closing(sqlite3.connect(made.file)) as connection:
        connection.execute("DROP TABLE asset")
    with pytest.raises(StoreError, match="SAV-002"):
        backup.restore(made.file, f"sqlite:///{tmp_path}/autre.db")


def test_the_reason_of_a_change_is_noted_even_after_it(filled):
    judged = Appreciation("emploi", Level.ACQUIS, "Des emplois.")
    with open_store(filled) as store:
        store.save_appreciation(*KEY, judged)
        store.save_appreciation(*KEY, judged)
        store.save_appreciation(*KEY, judged, reason="Une cliente l'a dit en réunion.")
        history = store.appreciation_history(*KEY)
        assert history["reason"].tolist() == ["", "Une cliente l'a dit en réunion."]
        assert history["old_level"].tolist()[-1] == "acquis" and store.appreciations(*KEY) == [judged]
