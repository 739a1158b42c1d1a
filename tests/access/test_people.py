"""Who invites, helps and puts aside whom; nobody gains by it what they did not have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from access.conftest import ALL, BOIS, DUNE, MARAIS, YEAR, World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coorace_eval.access import Access
from coorace_eval.accounts import AccessError, Account, LinkPurpose, Role, digest, new_key
from coorace_eval.campaigns import Answer
from coorace_eval.problems import CooraceError
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import ValueStatus


def code_of(caught: pytest.ExceptionInfo[AccessError]) -> str:
    return caught.value.problems[0].code


def refused(code: str, access: Access, ask) -> None:
    with pytest.raises(AccessError) as caught, access.open() as store:
        ask(store)
    assert code_of(caught) == code


def held(world: World, login: str) -> Account | None:
    with open_store(world.url) as store:
        return store.find_account(login)


def test_a_referent_invites_the_people_of_their_enterprises(each_world):
    world = each_world
    with world.enter(Role.REFERENT).open() as store:
        token = store.invite(" Nina@Marais.fr", "Nina", Role.ENTREPRISE, [MARAIS, DUNE])
        assert [person.account.login for person in store.people()] == ["ana", "nina@marais.fr"]
        assert [person.is_waiting for person in store.people()] == [True, True]
    with open_store(world.url) as store:
        nina = store.account("nina@marais.fr")
        link = store.use_link(digest(token))
        assert link.account == nina.key and link.purpose is LinkPurpose.INVITATION
        assert link.by == world.people[Role.REFERENT].key
        assert store.password(nina.login) is None, "sans lien, personne n'entre"


@pytest.mark.parametrize(
    ("role", "enterprises"),
    [
        (Role.ENTREPRISE, [BOIS]),
        (Role.ENTREPRISE, [MARAIS, BOIS]),
        (Role.ENTREPRISE, ["nulle_part"]),
        (Role.REFERENT, [MARAIS]),
        (Role.CHERCHEUR, []),
        (Role.FEDERATION, []),
    ],
)
def test_a_referent_gives_neither_another_role_nor_another_enterprise(world, role, enterprises):
    refused("ACC-001", world.enter(Role.REFERENT), lambda s: s.invite("nina", "Nina", role, enterprises))
    assert held(world, "nina") is None


@pytest.mark.parametrize("role", [Role.ENTREPRISE, Role.CHERCHEUR])
def test_the_others_manage_nobody(world, role):
    ana = world.people[Role.ENTREPRISE].key
    for ask in (
        lambda s: s.people(),
        lambda s: s.directory(),
        lambda s: s.invite("nina", "Nina", Role.ENTREPRISE, [MARAIS]),
        lambda s: s.reset_link(ana),
        lambda s: s.deactivate(ana),
        lambda s: s.reactivate(ana),
        lambda s: s.set_enterprises(ana, ALL),
        lambda s: s.set_role(ana, Role.FEDERATION),
        lambda s: s.erase(ana),
    ):
        refused("ACC-001", world.enter(role), ask)


def test_the_federation_manages_everyone(each_world):
    world = each_world
    access = world.enter(Role.FEDERATION)
    with access.open() as store:
        assert {one.id for one in store.directory()} == set(ALL)
        assert len(store.people()) == 4
        for role, enterprises in ((Role.REFERENT, [BOIS]), (Role.CHERCHEUR, []), (Role.FEDERATION, [])):
            store.invite(f"nouveau-{role.value}", "Nouveau", role, enterprises)
        chloe = world.people[Role.CHERCHEUR]
        store.set_role(chloe.key, Role.ENTREPRISE, [BOIS])
        store.erase(world.people[Role.REFERENT].key)
    assert held(world, "chloe").enterprises == {BOIS} and held(world, "remi") is None
    with open_store(world.url) as store:
        assert {"a invité", "a changé les accès de", "a effacé le compte de"} <= set(store.audit()["action"])


def test_managing_accounts_opens_no_figure(world):
    fede = world.people[Role.FEDERATION]
    refused("ACC-007", world.enter(fede), lambda s: s.set_role(fede.key, Role.REFERENT, ALL))
    refused("ACC-007", world.enter(fede), lambda s: s.set_enterprises(fede.key, ALL))
    refused("ACC-007", world.enter(fede), lambda s: s.deactivate(fede.key))
    refused("ACC-007", world.enter(fede), lambda s: s.erase(fede.key))
    refused("ACC-007", world.enter(fede), lambda s: s.reset_link(fede.key))
    assert held(world, "fede") == fede


def test_an_account_that_makes_no_sense_is_refused(world):
    access = world.enter(Role.FEDERATION)
    for login, name, role, enterprises in (
        ("nina", "Nina", Role.ENTREPRISE, []),
        ("nina", "Nina", Role.CHERCHEUR, [MARAIS]),
        ("nina", "Nina", Role.FEDERATION, [MARAIS]),
        ("nina", "", Role.FEDERATION, []),
        ("Nina Petit", "Nina", Role.FEDERATION, []),
        ("nina", "Nina", "reine", []),
        ("ANA", "Nina", Role.FEDERATION, []),
    ):
        refused("ACC-007", access, lambda s, a=(login, name, role, enterprises): s.invite(*a))
    assert held(world, "nina") is None


def test_a_referent_sees_of_people_what_concerns_their_enterprises(world):
    both = world.add(Role.ENTREPRISE, DUNE, BOIS, login="paul")
    world.add(Role.ENTREPRISE, BOIS, login="zoe")
    world.add(Role.REFERENT, DUNE, login="rose")
    with world.enter(Role.REFERENT).open() as store:
        assert {one.id for one in store.directory()} == {MARAIS, DUNE}
        seen = {person.account.login: person for person in store.people()}
    assert set(seen) == {"ana", "paul"}
    assert seen["paul"].account.enterprises == {DUNE} and not seen["paul"].is_in_reach
    assert seen["ana"].is_in_reach
    refused("ACC-001", world.enter(Role.REFERENT), lambda s: s.reset_link(both.key))
    refused("ACC-001", world.enter(Role.REFERENT), lambda s: s.deactivate(both.key))


def test_who_helps_people_sees_when_they_last_came(each_world):
    world = each_world
    ana = world.people[Role.ENTREPRISE]
    remi = world.enter(Role.REFERENT)
    with remi.open() as store:
        assert [person.seen for person in store.people()] == [None]
    before = datetime.now(UTC)
    access = world.enter(ana)
    with remi.open() as store:
        assert before <= store.people()[0].seen <= datetime.now(UTC)
    with access.open() as store:
        store.record(MARAIS, YEAR, Answer("v", 10, ValueStatus.RENSEIGNE))
    with open_store(world.url) as store:
        store.end_sessions(ana.key)
    with remi.open() as store:
        assert before <= store.people()[0].seen, "le journal le dit encore"
    with world.enter(Role.FEDERATION).open() as store:
        seen = {person.account.login: person.seen is not None for person in store.people()}
    assert seen == {"ana": True, "remi": True, "fede": True, "chloe": False}


@pytest.mark.parametrize("role", [Role.REFERENT, Role.FEDERATION])
def test_where_the_hub_holds_the_accounts_they_are_not_changed_here(world, role):
    ana = world.people[Role.ENTREPRISE]
    access = world.enter(role, by_hub=True)
    for ask in (
        lambda s: s.invite("nina", "Nina", Role.ENTREPRISE, [MARAIS]),
        lambda s: s.reset_link(ana.key),
        lambda s: s.set_enterprises(ana.key, [MARAIS, DUNE]),
        lambda s: s.set_role(ana.key, Role.CHERCHEUR),
    ):
        with pytest.raises(AccessError, match="se gèrent dans le Hub"), access.open() as store:
            ask(store)
    assert held(world, "nina") is None and held(world, "ana") == ana
    with access.open() as store:
        assert not any(person.is_waiting for person in store.people()), "nobody chooses a password"
        store.deactivate(ana.key)
        store.reactivate(ana.key)


@pytest.mark.parametrize("role", [Role.ENTREPRISE, Role.CHERCHEUR])
def test_the_hub_is_no_reason_to_say_more_to_who_manages_nobody(world, role):
    ana = world.people[Role.ENTREPRISE]
    with pytest.raises(AccessError) as caught, world.enter(role, by_hub=True).open() as store:
        store.reset_link(ana.key)
    assert "Hub" not in str(caught.value)


@pytest.mark.parametrize("login", ["zoe", "rose", "fede", "chloe", "remi", None])
def test_for_a_referent_everyone_else_is_as_if_absent(world, login):
    world.add(Role.ENTREPRISE, BOIS, login="zoe")
    world.add(Role.REFERENT, DUNE, login="rose")
    key = held(world, login).key if login else new_key()
    for ask in (
        lambda s: s.reset_link(key),
        lambda s: s.deactivate(key),
        lambda s: s.set_enterprises(key, [MARAIS]),
        lambda s: s.erase(key),
    ):
        refused("ACC-008", world.enter(Role.REFERENT), ask)


def test_a_referent_gives_and_takes_away_their_own_enterprises_only(each_world):
    world = each_world
    paul = world.add(Role.ENTREPRISE, DUNE, BOIS, login="paul")
    access = world.enter(Role.REFERENT)
    with access.open() as store:
        store.set_enterprises(paul.key, [MARAIS])
    assert held(world, "paul").enterprises == {MARAIS, BOIS}
    refused("ACC-001", access, lambda s: s.set_enterprises(paul.key, [MARAIS, BOIS]))
    with access.open() as store:
        store.set_enterprises(paul.key, [])
    assert held(world, "paul").enterprises == {BOIS}
    refused("ACC-008", access, lambda s: s.set_enterprises(paul.key, [MARAIS]))


def test_putting_aside_ends_what_is_open_and_is_undone(each_world):
    world = each_world
    ana = world.people[Role.ENTREPRISE]
    stay = world.enter(ana)
    with world.enter(Role.REFERENT).open() as store:
        store.deactivate(ana.key)
    refused("ACC-002", stay, lambda s: None)
    with world.enter(Role.REFERENT).open() as store:
        assert not store.people()[0].account.active
        store.reactivate(ana.key)
    refused("ACC-002", stay, lambda s: None)
    with world.enter(ana).open() as store:
        assert store.cards(MARAIS, YEAR)


def test_a_link_held_by_someone_else_opens_nothing_more_than_when_it_was_made(each_world):
    world = each_world
    ana = world.people[Role.ENTREPRISE]
    with world.enter(Role.REFERENT).open() as store:
        token = store.reset_link(ana.key)
    with world.enter(Role.FEDERATION).open() as store:
        store.set_enterprises(ana.key, [MARAIS, BOIS])
    with open_store(world.url) as store:
        assert store.link(digest(token)) is None
    with world.enter(Role.FEDERATION).open() as store:
        token = store.reset_link(ana.key)
        store.set_enterprises(ana.key, ALL)
        store.set_enterprises(ana.key, [MARAIS])
    with open_store(world.url) as store:
        assert store.link(digest(token)) is not None, "qui a fait le lien a aussi donné l'accès"


def test_a_new_link_says_what_it_is_for(world):
    ana = world.people[Role.ENTREPRISE]
    for hash, purpose in ((None, LinkPurpose.INVITATION), ("h", LinkPurpose.RESET)):
        if hash:
            with open_store(world.url) as store:
                store.set_password(ana.key, hash)
        with world.enter(Role.REFERENT).open() as store:
            token = store.reset_link(ana.key)
        with open_store(world.url) as store:
            link = store.link(digest(token))
        assert link.purpose is purpose and link.until > datetime.now(UTC)


def test_the_federation_never_locks_itself_out(world):
    access = world.enter(Role.FEDERATION)
    refused("ACC-007", access, lambda s: s.erase_own_account())
    world.add(Role.FEDERATION, login="autre")
    with access.open() as store:
        store.erase_own_account()
    assert held(world, "fede") is None and held(world, "autre")


def test_alone_there_is_nobody_to_manage(url):
    for ask in (
        lambda s: s.people(),
        lambda s: s.invite("nina", "Nina", Role.FEDERATION),
        lambda s: s.own_record(),
    ):
        refused("ACC-001", Access.local(url), ask)
    with open_store(url) as store:
        assert not store.has_accounts()


ACTS = st.sampled_from(
    ["invite", "reset_link", "deactivate", "reactivate", "set_enterprises", "set_role", "erase"]
)
SOME = st.lists(st.sampled_from([*ALL, "nulle_part"]), unique=True, max_size=3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(
    acts=st.lists(
        st.tuples(ACTS, st.sampled_from(["ana", "paul", "remi", "rose", "fede"]), st.sampled_from(Role), SOME)
    ),
    mine=st.sets(st.sampled_from(ALL)),
)
def test_whatever_a_referent_does_nobody_gains_an_enterprise_they_do_not_follow(world, acts, mine):
    world = world
    for login, role, enterprises in (
        ("ana", Role.ENTREPRISE, {MARAIS}), ("paul", Role.ENTREPRISE, {DUNE, BOIS}),
        ("remi", Role.REFERENT, mine), ("rose", Role.REFERENT, {DUNE}), ("fede", Role.FEDERATION, set()),
    ):  # fmt: skip
        with open_store(world.url) as store:
            known = store.find_account(login)
            key = known.key if known else new_key()
            store.save_account(Account(key, login, login, role, frozenset(enterprises)))
    with open_store(world.url) as store:
        for one in store.accounts():
            if one.login.startswith("nouveau"):
                store.erase_account(one.key)
        before = {one.key: one for one in store.accounts()}
    access = world.enter(held(world, "remi"))
    for number, (act, login, role, enterprises) in enumerate(acts):
        key = held(world, login).key
        arguments = {
            "invite": (f"nouveau-{number}", "Nouveau", role, enterprises),
            "set_enterprises": (key, enterprises),
            "set_role": (key, role, enterprises),
        }.get(act, (key,))
        try:
            with access.open() as store:
                getattr(store, act)(*arguments)
        except CooraceError:
            continue
    with open_store(world.url) as store:
        for one in store.accounts():
            was = before.pop(one.key, None)
            assert one.enterprises - (was.enterprises if was else frozenset()) <= mine
            assert one.role is (was.role if was else Role.ENTREPRISE)
            assert was is None or (was.enterprises - one.enterprises) <= mine
            if was is not None and one.active is not was.active:
                assert one.role is Role.ENTREPRISE and was.enterprises & mine
        assert not before, "personne n'a disparu"
