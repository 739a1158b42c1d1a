"""What a JupyterHub says of a person, and the account that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from coorace_eval.accounts import Account, Role, digest, new_key, new_token, normalised, refused
from coorace_eval.language import tr
from coorace_eval.server.register import Register

if TYPE_CHECKING:
    from coorace_eval.storage import Store

ROLES = {
    "coorace-recherche": Role.CHERCHEUR,
    "coorace-entreprise": Role.ENTREPRISE,
    "coorace-referent": Role.REFERENT,
    "coorace-federation": Role.FEDERATION,
}
"""The role that each group gives, the least powerful first: who is in several groups has the first one."""

ENTERPRISE = "entreprise:"
"""How the groups that say the enterprise begin; the identifier follows."""

_OF_ENTERPRISES = frozenset({Role.ENTREPRISE, Role.REFERENT})


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the Hub.

    Parameters
    ----------
    login
        Their name at the Hub.
    groups
        The groups they are in at this moment.
    """

    login: str
    groups: frozenset[str]

    @classmethod
    def read(cls, model: Mapping[str, Any]) -> Member:
        """Understand what the Hub answers about a token."""
        return cls(str(model["name"]), frozenset(map(str, model.get("groups", ()))))

    @property
    def role(self) -> Role | None:
        """What their groups make of them here; ``None`` when they have no access.

        >>> Member("ana", frozenset({"coorace-referent", "coorace-entreprise"})).role.label
        'Entreprise'
        """
        return next((role for group, role in ROLES.items() if group in self.groups), None)

    def enterprises(self, known: Iterable[str]) -> frozenset[str]:
        """Which of the known enterprises they are members of."""
        named = {group.removeprefix(ENTERPRISE) for group in self.groups if group.startswith(ENTERPRISE)}
        return frozenset(named & set(known)) if self.role in _OF_ENTERPRISES else frozenset()

    def account(self, store: Store) -> Account | None:
        """Their account, made at the first visit and brought up to date; ``None`` without access.

        An account that was put aside here stays so.

        Raises
        ------
        AccessError
            ACC-007, when their name at the Hub cannot be a login here.
        """
        if normalised(self.login) != self.login:  # two names at the Hub are never one account here
            raise refused("ACC-007", f"Le nom « {self.login} » ne convient pas ici.", "identifiant")
        known = store.find_account(self.login)
        if self.role is None:
            if known is not None:
                store.save_account(replace(known, enterprises=frozenset()))
                store.end_sessions(known.key)
            return None
        held = self.enterprises(enterprise.id for enterprise in store.enterprises())
        if known is None:
            account = Account(new_key(), self.login, self.login, self.role, held)
        else:
            account = replace(known, role=self.role, enterprises=held)
        if account != known:
            store.save_account(account)
        return account if account.active else None


class Members:
    """The people of the Hub among the accounts of the store."""

    def __init__(self, register: Register) -> None:
        self.register = register

    async def welcome(self, member: Member) -> str:
        """Open a session for a person whom the Hub vouches for.

        Returns
        -------
        str
            The token for the browser.

        Raises
        ------
        AccessError
            ACC-001 when no group gives them access here, or their account was put aside.
        """

        def write(store: Store) -> str:
            account = member.account(store)
            if account is None:
                return ""
            token, now = new_token(), datetime.now(UTC)
            store.open_session(account.key, digest(token), now + self.register.lasting, now)
            return token

        if token := await self.register._in_store(write):
            return token
        cause = tr(
            "Vous êtes connecté-e sous le nom « {login} », qui n'a pas de rôle ici.", login=member.login
        )
        hint = tr("Demandez votre accès à la fédération, puis recommencez.")
        raise refused("ACC-001", cause, hint=hint)

    async def update(self, session: str, member: Member) -> bool:
        """Let what the Hub now says of a person count at once; says whether their session goes on."""

        def write(store: Store) -> bool:
            found = store.session(session)
            return found is not None and found[1].login == member.login and member.account(store) is not None

        return await self.register._in_store(write)
