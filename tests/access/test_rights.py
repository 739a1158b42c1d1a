"""What is not given is refused: for every method of the store, every role, every enterprise."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from access.conftest import ALL, BOIS, DUNE, FIGURES, MARAIS, YEAR, World, enterprise, fill, make_world, mark
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import exc, select

from coorace_eval.access import Access, AuthorisedStore
from coorace_eval.accounts import AccessError, Account, Role, new_key
from coorace_eval.campaigns import (
    Answer,
    Answers,
    Appreciation,
    Campaign,
    Card,
    Decision,
    State,
    Verbatim,
)
from coorace_eval.campaigns.edition import Asset, Edition, LeafletChoice
from coorace_eval.problems import CampaignError, CooraceError, StoreError
from coorace_eval.referential import Overlay
from coorace_eval.storage import Store, open_store
from coorace_eval.storage.tables import METADATA
from coorace_eval.vocabulary import ValueStatus

TEN = Answer("v", 10, ValueStatus.RENSEIGNE)
KEPT_INSIDE = {
    # how the door itself works
    "is_writing", "write_now", "write_if_free", "add_enterprise", "join",
    # identity, which the server asks for before anyone is there
    "has_accounts", "accounts", "account", "account_of", "find_account", "save_account", "erase_account",
    "password", "without_password", "set_password", "strengthen_password", "open_session", "session",
    "touch_session", "last_seen", "end_session", "end_sessions", "keep_link", "link", "use_link", "end_links",
    "account_record", "names",
    # the journal, which nobody writes or empties by hand
    "note", "noted", "audit", "forget_audit",
    # what others think, out of which bands are made
    "levels",
}  # fmt: skip
"""Public names of ``Store`` that the authorised store does not give."""

READS = {
    "answer_list": (), "history": (), "framing": (), "cards": (), "verbatims": (), "decisions": (),
    "appreciations": (), "appreciation_history": (), "story": (), "campaign": (), "answers": (),
    "campaigns": (), "edition": (), "leaflet_choice": (),
}  # fmt: skip
WRITES: dict[str, tuple[Any, ...]] = {
    "hold": (),
    "record": (TEN,),
    "record_all": ([TEN],),
    "save_framing": ({},),
    "save_card": (Card("n", "x", "x"),),
    "remove_card": ("k",),
    "save_verbatim": (Verbatim("n", "emploi", "x", "x", True),),
    "remove_verbatim": ("k",),
    "save_decision": (Decision("n", "x", "x", "x", False),),
    "remove_decision": ("k",),
    "save_appreciation": (Appreciation("emploi", None, "x"),),
    "save_edition": (Edition(language="en"),),
    "save_leaflet_choice": (LeafletChoice(title="x"),),
}
LOGO = Asset("logo", "logo.png", "image/png", b"x")
FILES: dict[str, tuple[Any, ...]] = {"asset": ("logo",), "save_asset": (LOGO,), "remove_asset": ("logo",)}
"""What belongs to an enterprise, whatever the year."""
WHOLE = {
    "enterprises",
    "save_enterprise",
    "keep_referential",
    "referential",
    "save_campaign",
    "filled",
    "enterprise",
}


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def test_every_public_name_of_the_store_is_given_with_a_check_or_not_at_all():
    given = public(Store) & public(AuthorisedStore)
    assert public(Store) - given == KEPT_INSIDE, "une méthode nouvelle de Store : à qui la donne-t-on ?"
    assert given == {*READS, *WRITES, *FILES, *WHOLE}, "à éprouver ci-dessous"
    assert not issubclass(AuthorisedStore, Store)
    for name in given:
        assert getattr(AuthorisedStore, name) is not getattr(Store, name)


def test_each_method_asks_for_the_same_things_as_that_of_the_store():
    for name in public(Store) & public(AuthorisedStore):
        ours, theirs = (inspect.signature(getattr(kind, name)) for kind in (AuthorisedStore, Store))
        assert list(ours.parameters) == list(theirs.parameters), name


def test_what_is_not_given_is_not_there(world):
    with world.enter(Role.FEDERATION).open() as store:
        assert isinstance(store.account, Account), "le compte de la personne, et non une recherche"
        for name in KEPT_INSIDE - {"account"}:
            assert not hasattr(store, name), name


MEMBERS = {
    Role.ENTREPRISE: {MARAIS},
    Role.REFERENT: {MARAIS, DUNE},
    Role.CHERCHEUR: set(),
    Role.FEDERATION: set(),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_each_role_reads_and_writes_its_own_enterprises_and_no_other(world, role, name):
    more = WRITES.get(name, ())
    access = world.enter(role)
    said = set()
    for id in (*ALL, "nulle_part", "", f"{MARAIS}\0", f"{MARAIS}' OR '1'='1", None, [MARAIS]):
        if id is None and name in ("answers", "campaigns"):
            continue
        if isinstance(id, str) and id in MEMBERS[role]:
            with access.open() as store:
                getattr(store, name)(id, YEAR, *more)
            continue
        with pytest.raises(AccessError) as caught, access.open() as store:
            getattr(store, name)(id, YEAR, *more)
        said.add(str(caught.value))
        with pytest.raises(AccessError), access.open() as store:
            getattr(store, name)(enterprise=id, year=YEAR, **_named(name, more))
    assert len(said) == 1 and "ACC-001" in said.pop(), "mêmes mots, que l'entreprise existe ou non"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", FILES)
def test_the_files_of_an_enterprise_are_those_of_its_people(world, role, name):
    access, said = world.enter(role), set()
    for id in (*ALL, "nulle_part", "", f"{MARAIS}\0", None, [MARAIS]):
        if isinstance(id, str) and id in MEMBERS[role]:
            with access.open() as store:
                getattr(store, name)(id, *FILES[name])
            continue
        with pytest.raises(AccessError) as caught, access.open() as store:
            getattr(store, name)(id, *FILES[name])
        said.add(str(caught.value))
    assert len(said) == 1 and "ACC-001" in said.pop()


def _named(name: str, more: tuple[Any, ...]) -> dict[str, Any]:
    names = list(inspect.signature(getattr(Store, name)).parameters)[3:]
    return dict(zip(names, more, strict=False))


@pytest.mark.parametrize("role", Role)
def test_lists_hold_what_one_may_read_and_nothing_else(each_world, role):
    world = each_world
    mine = MEMBERS[role]
    with world.enter(role).open() as store:
        assert {one.id for one in store.enterprises()} == mine
        assert {one.enterprise for one in store.campaigns()} == mine
        assert {one.enterprise for one in store.campaigns(year=YEAR)} == mine
        assert set(store.answers().values.index.get_level_values("enterprise")) == mine
        assert set(store.answers(year=YEAR).notes["enterprise"]) == mine
        assert set(store.filled()) == {(id, YEAR) for id in mine}
        for id in ALL:
            if id in mine:
                assert store.enterprise(id).id == id
            else:
                with pytest.raises(AccessError, match="ACC-001"):
                    store.enterprise(id)


@pytest.mark.parametrize("role", Role)
def test_who_opens_a_campaign(world, role):
    for id in ALL:
        new = Campaign(id, YEAR + 1, "essai@1", "abc")
        access = world.enter(role)
        if id in MEMBERS[role]:
            with access.open() as store:
                store.save_campaign(new)
                assert store.campaign(id, YEAR + 1) == new
        else:
            with pytest.raises(AccessError, match="ACC-001"), access.open() as store:
                store.save_campaign(new)


@pytest.mark.parametrize("role", Role)
def test_only_a_referent_adds_an_enterprise_and_becomes_a_member_of_it(each_world, role):
    world = each_world
    access = world.enter(role)
    if role is not Role.REFERENT:
        with pytest.raises(AccessError, match="ACC-001"), access.open() as store:
            store.save_enterprise(enterprise("neuve"))
        with pytest.raises(AccessError, match="ACC-001"), access.open() as store:
            store.names_taken()
        return
    with access.open() as store:
        assert store.names_taken() == set(ALL)
        store.save_enterprise(enterprise("neuve"))
        store.save_campaign(Campaign("neuve", YEAR, "essai@1", "abc"))
    with access.open() as store:
        assert store.enterprise("neuve").label == "Chez neuve"
        assert "neuve" in store.account.enterprises


def test_adding_an_enterprise_never_takes_the_one_of_someone_else(each_world):
    world = each_world
    access = world.enter(Role.REFERENT)
    for id in (BOIS, f"{BOIS}\0", ""):
        with pytest.raises(AccessError, match="ACC-001"), access.open() as store:
            store.save_enterprise(enterprise(id))
    with open_store(world.url) as store:
        assert BOIS not in store.account("remi").enterprises


@pytest.mark.parametrize("role", Role)
def test_progress_shows_steps_without_a_word_of_anyone(each_world, role):
    world = each_world
    access = world.enter(role)
    if role in (Role.ENTREPRISE, Role.CHERCHEUR):
        with pytest.raises(AccessError, match="ACC-001"), access.open() as store:
            store.progress()
        return
    with access.open() as store:
        lines = store.progress()
    assert {line.enterprise.id for line in lines} == (set(ALL) if role is Role.FEDERATION else MEMBERS[role])
    assert {line.state for line in lines} == {State.COLLECTE}
    assert "parole" not in repr(lines) and "777000" not in repr(lines)


IDS = st.sampled_from(
    [*ALL, "nulle_part", "", None, f"{DUNE}\0", f" {DUNE}", "' OR 1=1 --", 7, frozenset(ALL)]
)
YEARS = st.sampled_from([YEAR, YEAR - 1, 0, None])
ITEMS = st.sampled_from(
    [
        TEN, [TEN], Card("k", "pris", "x"), Verbatim("k", "emploi", "pris", "x", True), "k",
        Decision("k", "pris", "x", "x", True), Appreciation("emploi", None, "pris"), {}, None, "region",
        Role.FEDERATION, [*ALL], datetime(2020, 1, 1, tzinfo=UTC), new_key(), "clé de remi", "clé de ana",
        "essai@1", Edition(language="en"), LeafletChoice(title="pris"), LOGO, "logo",
    ]
)  # fmt: skip
BIG = st.one_of(
    st.builds(enterprise, st.sampled_from([*ALL, "neuve", ""])),
    st.builds(
        Campaign, st.sampled_from(ALL), st.just(YEAR), st.just("essai@1"), st.just("abc"),
        st.sampled_from(State),
        overlay=st.one_of(st.none(), st.just(Overlay(overlay="x", extends="essai@2026.1", label="pris"))),
    ),
)  # fmt: skip
LIKELY = st.builds(
    lambda id, year, more: [id, year, *more],
    st.sampled_from([*ALL, None]),
    st.sampled_from([YEAR, YEAR, None]),
    st.lists(ITEMS, max_size=1),
)
FITTING = st.builds(
    lambda call, id: (call[0], [id, YEAR, *call[1]]),
    st.sampled_from(list(WRITES.items())),
    st.sampled_from(ALL),
)
CALLS = FITTING | st.tuples(
    st.sampled_from(
        sorted(name for name in public(AuthorisedStore) if callable(getattr(AuthorisedStore, name)))
    ),
    st.one_of(LIKELY, LIKELY, st.lists(st.one_of(IDS, YEARS, ITEMS, BIG), max_size=4)),
)


def words_of(result: Any) -> str:
    """All that a result says."""
    if isinstance(result, pd.DataFrame):
        return result.to_csv()
    if isinstance(result, Answers):
        return "".join(words_of(part) for part in vars(result).values())
    if isinstance(result, dict):
        return "".join(words_of(part) for pair in result.items() for part in pair)
    if isinstance(result, Iterable) and not isinstance(result, str):
        return "".join(map(words_of, result))
    return repr(result)


def rows_of(store: Store, ids: set[str]) -> list[Any]:
    """Every row of these enterprises, outside the journal and the members."""
    found = []
    for table in METADATA.sorted_tables:
        column = table.c.get("enterprise", table.c.id if table.name == "enterprise" else None)
        if column is None or table.name in ("audit", "membership"):
            continue
        found += [
            tuple(row)
            for row in store._rows(select(table).where(column.in_(ids)).order_by(*table.primary_key))
        ]
    return found


class _Undone(Exception):
    """The end of a trial."""


@pytest.fixture(scope="module")
def trial(new_database) -> World:
    return make_world(new_database("sqlite"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=200)
@given(
    role=st.sampled_from(Role),
    own=st.sets(st.sampled_from(ALL)),
    calls=st.lists(CALLS, min_size=1, max_size=3),
)
def test_no_call_gives_or_changes_a_row_of_an_enterprise_one_is_no_member_of(trial, role, own, calls):
    account = trial.add(role, *own)
    readable = own if role in (Role.ENTREPRISE, Role.REFERENT) else set()
    others = set(ALL) - readable
    keys = {f"clé de {person.login}": person.key for person in trial.people.values()}
    access = trial.enter(account)
    with pytest.raises(_Undone), access.open() as store:
        before = rows_of(store._store, others)
        for name, arguments in calls:
            try:
                result = getattr(store, name)(
                    *(keys.get(one, one) if isinstance(one, str) else one for one in arguments)
                )
            except (CooraceError, exc.SQLAlchemyError, TypeError, AttributeError, ValueError, KeyError):
                continue
            said = words_of(result)
            for id in others:
                assert mark(id) not in said and str(FIGURES[id]) not in said, (name, arguments)
        after = rows_of(store._store, others)
        assert after == before, calls
        raise _Undone


def closed(url: str) -> Campaign:
    """The campaign of one enterprise, closed."""
    with open_store(url) as store:
        campaign = replace(store.campaign(MARAIS, YEAR), state=State.CLOSE, step="suivi")
        store.save_campaign(campaign)
    return campaign


@pytest.mark.parametrize("name", [name for name in WRITES if name != "hold"])
def test_a_closed_campaign_changes_no_more_whoever_asks(each_world, name):
    world = each_world
    closed(world.url)
    with open_store(world.url) as store:
        before = rows_of(store, {MARAIS})
    for role in (Role.ENTREPRISE, Role.REFERENT):
        with pytest.raises(CampaignError, match="CAM-002"), world.enter(role).open() as store:
            getattr(store, name)(MARAIS, YEAR, *WRITES[name])
    with pytest.raises(CampaignError, match="CAM-003"), world.enter(role).open() as store:
        getattr(store, name)(MARAIS, 1999, *WRITES[name])
    with open_store(world.url) as store:
        assert rows_of(store, {MARAIS}) == before


def test_of_a_closed_campaign_only_the_page_last_open_changes(each_world):
    world = each_world
    campaign = closed(world.url)
    access = world.enter(Role.REFERENT)
    overlay = Overlay(overlay="x", extends="essai@2026.1", label="x")
    for change in (
        {"state": State.SUIVI},
        {"overlay": overlay},
        {"referential": "autre@1"},
        {"fingerprint": "f"},
    ):
        with pytest.raises(CampaignError, match="CAM-002"), access.open() as store:
            store.save_campaign(replace(campaign, step="collecte", **change))
    turned = replace(campaign, step="collecte")
    with access.open() as store:
        store.save_campaign(turned)
        assert store.campaign(MARAIS, YEAR) == turned


def test_alone_too_one_changes_a_closed_campaign_no_more(url):
    fill(url, MARAIS, State.CLOSE)
    with pytest.raises(CampaignError, match="CAM-002"), Access.local(url).open() as store:
        store.record(MARAIS, YEAR, TEN)
    with open_store(url) as store:
        assert store.answer_list(MARAIS, YEAR)[0].value == FIGURES[MARAIS]


def test_what_is_closed_while_one_writes_is_written_before_or_not_at_all(each_world):
    world = each_world
    access, said = world.enter(Role.ENTREPRISE), []

    def write() -> None:
        try:
            with access.open() as store:
                store.save_card(MARAIS, YEAR, Card("tard", "x", "x"))
        except CampaignError as error:
            said.append(error.problems[0].code)

    writer = threading.Thread(target=write)
    with open_store(world.url) as store:
        store.save_campaign(replace(store.hold(MARAIS, YEAR), state=State.CLOSE))
        writer.start()
        writer.join(0.4)
        assert writer.is_alive(), "one waits for the other"
    writer.join(20)
    assert said == ["CAM-002"]


def test_a_refusal_of_the_store_is_said_as_it_is(world):
    with pytest.raises(StoreError, match="STO-005"), world.enter(Role.ENTREPRISE).open() as store:
        store.referential("inconnu@1")
