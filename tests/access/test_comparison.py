"""Bands beside one's own figures: for one's own enterprises, of the same type, and of the others alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from access.conftest import MARAIS, YEAR, World, enterprise
from network.test_publication import BASE

from coorace_eval.access import Access
from coorace_eval.accounts import AccessError, Role
from coorace_eval.campaigns import Answer, Appreciation, Campaign, State
from coorace_eval.problems import CampaignError
from coorace_eval.referential import fingerprint
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import EnterpriseKind, Level, ValueStatus

HOUSES = tuple(f"maison_{rank:02}" for rank in range(14))
LEVELS = (Level.PREMIERS_PAS, Level.BIEN_ENGAGE)


@pytest.fixture
def houses(world: World) -> World:
    """Fourteen ACI whose analysis is over, one AI, one ACI that is still collecting."""
    with open_store(world.url) as store:
        store.keep_referential(BASE)
        for rank, id in enumerate((*HOUSES, "autre_type", "en_collecte")):
            kind = EnterpriseKind.AI if id == "autre_type" else EnterpriseKind.ACI
            state = State.COLLECTE if id == "en_collecte" else State.SUIVI
            store.save_enterprise(replace(enterprise(id), kinds=(kind,)))
            store.save_campaign(Campaign(id, YEAR, BASE.reference, fingerprint(BASE), State.ANALYSE))
            value = 1e6 if id not in HOUSES else 100.0 + 10 * rank
            store.record(id, YEAR, Answer("v", value, ValueStatus.RENSEIGNE))
            store.save_appreciation(id, YEAR, Appreciation("d", LEVELS[rank % 2], "parole gardée"))
            store.save_campaign(Campaign(id, YEAR, BASE.reference, fingerprint(BASE), state))
    return world


@pytest.mark.parametrize("role", Role)
def test_only_who_reads_an_enterprise_has_its_bands(houses, role):
    person = houses.add(role, *HOUSES[:1]) if role in (Role.ENTREPRISE, Role.REFERENT) else role
    for id in (*HOUSES[:2], "nulle_part", "", None, [HOUSES[0]]):
        if id == HOUSES[0] and person is not role:
            with houses.enter(person).open() as store:
                assert set(store.bands(id, YEAR)) == {"total", "d"}
            continue
        with pytest.raises(AccessError, match="ACC-001"), houses.enter(person).open() as store:
            store.bands(id, YEAR)


def test_the_others_are_those_of_the_same_type_that_the_reader_does_not_know(houses):
    ana = houses.add(Role.ENTREPRISE, HOUSES[0])
    with houses.enter(ana).open() as store:
        found = store.bands(HOUSES[0], YEAR)
    assert found["total"].n == found["d"].n == 13
    assert found["total"].kind is EnterpriseKind.ACI
    assert found["total"].cuts == {"p10": None, "p25": 140.0, "p50": 170.0, "p75": 200.0, "p90": None}
    assert found["d"].half == (1.0, 2.0)
    remi = houses.add(Role.REFERENT, *HOUSES[:6])
    with houses.enter(remi).open() as store:
        seen = [store.bands(id, YEAR) for id in HOUSES[:6]]
    assert seen[0]["total"].n == 8 and "d" not in seen[0]
    assert all(other == seen[0] for other in seen), "comparer les siennes entre elles n'apprend rien"
    lea = houses.add(Role.REFERENT, *HOUSES[:8])
    with houses.enter(lea).open() as store:
        assert store.bands(HOUSES[0], YEAR) == {}


def test_what_one_types_about_oneself_leaves_nobody_else_out(houses):
    ana = houses.add(Role.ENTREPRISE, HOUSES[0])
    with houses.enter(ana).open() as store:
        before = store.bands(HOUSES[0], YEAR)
        store.save_enterprise(replace(enterprise(HOUSES[0]), group=HOUSES[5]))
        store.record(HOUSES[0], YEAR, Answer("v", 5.0, ValueStatus.RENSEIGNE))
        assert store.bands(HOUSES[0], YEAR) == before


def test_another_referential_another_year_and_no_campaign(houses):
    with houses.enter(Role.ENTREPRISE).open() as store:
        assert store.bands(MARAIS, YEAR) == {}
        with pytest.raises(CampaignError, match="CAM-003"):
            store.bands(MARAIS, 1999)


def test_alone_one_compares_each_with_all_the_others(houses, new_database):
    with open_store(houses.url) as store:
        for one in store.accounts():
            store.erase_account(one.key)
    with Access.local(houses.url).open() as store:
        assert {store.bands(id, YEAR)["total"].n for id in HOUSES} == {13}


def test_a_look_at_the_bands_is_noted(houses):
    ana = houses.add(Role.ENTREPRISE, HOUSES[0])
    with houses.enter(ana).open() as store:
        store.bands(HOUSES[0], YEAR)
    with houses.enter(Role.FEDERATION).open() as store:
        seen = store.who_saw(HOUSES[0])
    assert list(seen["name"]) == [ana.name] and list(seen["year"]) == [YEAR]
