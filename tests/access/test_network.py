"""The network as each role sees it: protected figures, or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from access.conftest import YEAR, World, enterprise
from network.test_publication import BASE

from coorace_eval.access import Access
from coorace_eval.accounts import AccessError, Role
from coorace_eval.campaigns import Answer, Campaign, State
from coorace_eval.problems import CooraceError
from coorace_eval.referential import fingerprint
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import ValueStatus

FIVE = tuple(f"maison_{rank}" for rank in range(5))


@pytest.fixture
def figures(world: World) -> World:
    """Five enterprises whose collection is over, beside the three others that go on."""
    with open_store(world.url) as store:
        store.keep_referential(BASE)
        for rank, id in enumerate(FIVE):
            store.save_enterprise(enterprise(id))
            store.save_campaign(Campaign(id, YEAR, BASE.reference, fingerprint(BASE), State.ANALYSE))
            store.record(id, YEAR, Answer("v", 100 + rank, ValueStatus.RENSEIGNE))
    return world


@pytest.mark.parametrize("role", Role)
def test_who_sees_the_network(figures, role):
    access = figures.enter(role)
    if role is Role.ENTREPRISE:
        for ask in (lambda s: s.network(YEAR), lambda s: s.network_years(), lambda s: s.network_places(YEAR)):
            with pytest.raises(AccessError, match="ACC-001"), access.open() as store:
                ask(store)
        return
    with access.open() as store:
        assert store.network_years() == [YEAR]
        row = store.network(YEAR).set_index("group").loc["Ouest"]
        assert row["value"] == sum(range(100, 105)) and row["n"] == 5
        assert store.network(YEAR, None)["value"].tolist() == [row["value"]]
        assert store.network(1999).empty
        assert store.network_places(YEAR) == {"01": 5} and store.network_places(1999) == {}


def test_one_of_its_members_sees_less_of_a_small_network(figures):
    remi = figures.add(Role.REFERENT, *FIVE[:3])
    with figures.enter(remi).open() as store:
        assert store.network(YEAR)["hidden"].tolist() == ["fréquence"]
    with figures.enter(Role.CHERCHEUR).open() as store:
        assert store.network(YEAR)["hidden"].tolist() == [""]


def test_a_collection_under_way_and_another_referential_do_not_count(figures):
    with open_store(figures.url) as store:
        campaign = store.campaign(FIVE[0], YEAR)
        store.save_campaign(campaign.move(State.COLLECTE))
        store.save_enterprise(enterprise("ailleurs"))
        store.save_campaign(Campaign("ailleurs", YEAR, "autre@2026.1", "abc", State.CLOSE))
        store.record("ailleurs", YEAR, Answer("v", 1e6, ValueStatus.RENSEIGNE))
    with figures.enter(Role.CHERCHEUR).open() as store:
        row = store.network(YEAR).iloc[0]
    assert row["n"] == 4 and row["value"] == 101 + 102 + 103 + 104


def test_raw_figures_never_leave(figures):
    with figures.enter(Role.CHERCHEUR).open() as store:
        said = store.network(YEAR).to_csv()
        assert not any(id in said for id in FIVE)
        with pytest.raises(CooraceError):
            store.network(YEAR, "group")
        assert store.answers().values.empty and store.filled() == {}
        for id in FIVE:
            with pytest.raises(AccessError, match="ACC-001"):
                store.answers(id)


def test_a_look_at_the_network_is_noted(figures):
    with figures.enter(Role.CHERCHEUR).open() as store:
        store.network(YEAR)
    with figures.enter(Role.FEDERATION).open() as store:
        (line,) = store.who_saw().itertuples()
    assert (line.name, line.action, line.enterprise, line.year, line.what) == (
        "Chloe", "a consulté", "", YEAR, "le réseau",
    )  # fmt: skip


def test_alone_one_sees_the_network_of_ones_store(tmp_path):
    url = f"sqlite:///{tmp_path / 'base.db'}"
    with Access.local(url).open() as store:
        assert store.network_years() == [] and store.network(YEAR).empty


def test_a_departement_of_fewer_than_three_is_not_told(figures):
    with open_store(figures.url) as store:
        store.save_enterprise(replace(enterprise(FIVE[0]), department="44"))
        store.save_enterprise(replace(enterprise(FIVE[1]), department="44"))
    with figures.enter(Role.CHERCHEUR).open() as store:
        assert store.network_places(YEAR) == {"01": 3}
