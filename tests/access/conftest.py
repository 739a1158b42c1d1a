"""A shared store with three enterprises, whose figures and words bear their mark, and one person per role."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from storage.conftest import new_database, server, url

from coorace_eval.access import Access
from coorace_eval.accounts import Account, Role, new_key
from coorace_eval.campaigns import Answer, Appreciation, Campaign, Card, Decision, Enterprise, State, Verbatim
from coorace_eval.campaigns.edition import Asset, Edition, LeafletChoice, SectionChoice
from coorace_eval.campaigns.framing import FRAMING
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import EnterpriseKind, Level, ValueStatus

__all__ = ["new_database", "server", "url"]

MARAIS, DUNE, BOIS = "marais", "dune", "bois"
ALL = (MARAIS, DUNE, BOIS)
FIGURES = {MARAIS: 7_770_001, DUNE: 7_770_002, BOIS: 7_770_003}
YEAR = 2025


def mark(enterprise: str) -> str:
    """The word that stands in all that an enterprise wrote."""
    return f"parole-de-{enterprise}"


def enterprise(id: str) -> Enterprise:
    return Enterprise(id, f"Chez {id}", (EnterpriseKind.ACI,), "01", "Ouest")


def fill(url: str, id: str, state: State = State.COLLECTE) -> None:
    """An enterprise, its campaign, a figure and a word of each kind."""
    said, key = mark(id), (id, YEAR)
    with open_store(url) as store:
        store.save_enterprise(enterprise(id))
        store.save_campaign(Campaign(id, YEAR, "essai@1", "abc", state))
        store.record(*key, Answer("v", FIGURES.get(id, 1), ValueStatus.RENSEIGNE, comment=said), author=said)
        store.record(*key, Answer("v", 1, ValueStatus.RENSEIGNE, part="sexe:F", comment=said), author=said)
        store.save_framing(*key, {FRAMING[0].id: said})
        store.save_card(*key, Card("k", said, said))
        store.save_appreciation(*key, Appreciation("emploi", next(iter(Level)), said), author=said)
        store.save_verbatim(*key, Verbatim("k", "emploi", said, said, True))
        store.save_decision(*key, Decision("k", said, said, said, False))
        store.save_edition(*key, Edition((SectionChoice("demarche", comment=said),)))
        store.save_leaflet_choice(*key, LeafletChoice(title=said, text=said))
        store.save_asset(id, Asset("logo", said, "image/png", said.encode()))


@dataclass
class World:
    """The address of a shared store, and how one comes in."""

    url: str
    people: dict[Role, Account] = field(default_factory=dict)

    def add(self, role: Role, *enterprises: str, login: str = "") -> Account:
        login = login or f"{role.value}-{secrets.token_hex(3)}"
        account = Account(new_key(), login, login.title(), role, frozenset(enterprises))
        with open_store(self.url) as store:
            store.save_account(account)
        return account

    def enter(self, who: Account | Role, *, by_hub: bool = False) -> Access:
        """A new session of an account, or of the person of that role."""
        account = self.people[who] if isinstance(who, Role) else who
        digest, now = secrets.token_hex(32), datetime.now(UTC)
        with open_store(self.url) as store:
            store.open_session(account.key, digest, now + timedelta(hours=1), now)
        return Access.of_session(self.url, digest, by_hub=by_hub)


def make_world(url: str) -> World:
    for id in ALL:
        fill(url, id)
    world = World(url)
    world.people = {
        Role.ENTREPRISE: world.add(Role.ENTREPRISE, MARAIS, login="ana"),
        Role.REFERENT: world.add(Role.REFERENT, MARAIS, DUNE, login="remi"),
        Role.CHERCHEUR: world.add(Role.CHERCHEUR, login="chloe"),
        Role.FEDERATION: world.add(Role.FEDERATION, login="fede"),
    }
    return world


@pytest.fixture
def world(new_database: Callable[[str], str]) -> World:
    """Where what is tried does not depend on the database."""
    return make_world(new_database("sqlite"))


@pytest.fixture
def each_world(url: str) -> World:
    """On SQLite, then on PostgreSQL."""
    return make_world(url)
