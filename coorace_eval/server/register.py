"""The accounts as the server reads and changes them: each call is one transaction, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from coorace_eval.access import Access
from coorace_eval.accounts import (
    AccessError,
    Account,
    Link,
    check_password,
    digest,
    hash_password,
    needs_rehash,
    new_token,
    normalised,
    refused,
    verify_password,
)
from coorace_eval.language import tr
from coorace_eval.problems import CooraceError, Problem
from coorace_eval.storage import Store, open_store

T = TypeVar("T")

READERS = 4
HASHERS = 2
MOST_WAITING = 20
SEEN_EVERY = timedelta(minutes=1)


class Busy(CooraceError):
    """Too many people sign in at this moment."""


class Register:
    """Who may come in.

    Parameters
    ----------
    url
        Address of the store.
    hours
        How long a session lasts.
    """

    def __init__(self, url: str, hours: int) -> None:
        self.url = url
        self.lasting = timedelta(hours=hours)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="comptes")
        self._hashers = ThreadPoolExecutor(HASHERS, thread_name_prefix="mots-de-passe")
        self._hashing = 0

    def access(self, session: str) -> Access:
        """What a session opens."""
        return Access.of_session(self.url, session)

    async def account(self, session: str) -> Account | None:
        """Whose session this is, as the store knows it now; ``None`` when it has ended."""

        def read(store: Store) -> Account | None:
            found = store.session(session)
            if found is None:
                return None
            now = datetime.now(UTC)
            if now - found[0].seen > SEEN_EVERY and store.write_if_free():
                store.touch_session(session, now)
            return found[1]

        return await self._in_store(read)

    async def ended(self, sessions: Iterable[str]) -> set[str]:
        """Which of these sessions have ended."""
        wanted = list(sessions)

        def read(store: Store) -> set[str]:
            return {session for session in wanted if store.session(session) is None}

        return await self._in_store(read) if wanted else set()

    async def enterprises(self, account: Account) -> list[str]:
        """The names of the enterprises that an account is a member of."""

        def read(store: Store) -> list[str]:
            return [found.label for found in store.enterprises() if found.id in account.enterprises]

        return sorted(await self._in_store(read))

    async def sign_in(self, login: str, password: str) -> tuple[str, Account]:
        """A new session for the person who gives the right password.

        Returns
        -------
        tuple
            The token for the browser, and the account.

        Raises
        ------
        AccessError
            ACC-003, in the same words and the same time whether the login or the password is wrong.
        """

        def read(store: Store) -> tuple[Account | None, str | None]:
            found = store.find_account(normalised(login))
            return found, store.password(found.login) if found and found.active else None

        account, kept = await self._in_store(read)
        if not await self._hash(verify_password, kept, password) or account is None or kept is None:
            raise refused("ACC-003", tr("Cet identifiant ou ce mot de passe n'est pas connu."))
        if needs_rehash(kept):
            stronger = await self._hash(hash_password, password)
            await self._in_store(lambda store: store.strengthen_password(account.key, kept, stronger))
        return await self.open_session(account), account

    async def open_session(self, account: Account, password: str | None = None) -> str:
        """Open a session; with the hash of a new password, every other session and link ends first."""
        token = new_token()

        def write(store: Store) -> None:
            now = datetime.now(UTC)
            if password is not None:
                store.set_password(account.key, password)
            store.open_session(account.key, digest(token), now + self.lasting, now)

        await self._in_store(write)
        return token

    async def sign_out(self, session: str) -> None:
        """End one session."""
        await self._in_store(lambda store: store.end_session(session))

    async def link(self, token: str) -> tuple[Link, Account]:
        """A link that was sent, and whose it is.

        Raises
        ------
        AccessError
            ACC-006, when it is unknown, used or too old.
        """

        def read(store: Store) -> tuple[Link, Account] | None:
            found = store.link(digest(token))
            return (found, store.account_of(found.account)) if found else None

        found = await self._in_store(read)
        if found is None:
            raise refused("ACC-006", tr("Ce lien n'est pas connu, a déjà servi ou n'est plus valable."))
        return found

    async def use_link(self, token: str, password: str) -> str:
        """Choose a password by a link, once; every session of the account ends and a new one opens.

        Returns
        -------
        str
            The token of the new session.

        Raises
        ------
        AccessError
            ACC-005 for a weak password, ACC-006 for a link that is not valid any more.
        """
        _, account = await self.link(token)
        require_good(password, account)
        hashed = await self._hash(hash_password, password)
        session = new_token()

        def write(store: Store) -> None:
            now = datetime.now(UTC)
            used = store.use_link(digest(token))
            store.set_password(used.account, hashed)
            store.open_session(used.account, digest(session), now + self.lasting, now)

        await self._in_store(write)
        return session

    async def check(self, account: Account, password: str, where: str) -> None:
        """Refuse, unless this is the password of the account.

        Parameters
        ----------
        where
            The field in which it was typed.

        Raises
        ------
        AccessError
            ACC-003.
        """
        kept = await self._in_store(lambda store: store.password(account.login))
        if not await self._hash(verify_password, kept, password):
            raise refused("ACC-003", tr("Ce n'est pas votre mot de passe actuel."), where)

    async def change_password(self, account: Account, password: str) -> str:
        """Keep another password; every session ends and a new one opens, whose token is given back."""
        require_good(password, account)
        return await self.open_session(account, await self._hash(hash_password, password))

    async def record(self, session: str) -> dict[str, Any]:
        """All that is kept about the person."""

        def read() -> dict[str, Any]:
            with self.access(session).open() as store:
                return store.own_record()

        return await self._run(self._readers, read)

    async def erase(self, session: str) -> None:
        """Erase the account of the person; what they wrote stays, under an opaque key."""

        def write() -> None:
            with self.access(session).open() as store:
                store.erase_own_account()

        await self._run(self._readers, write)

    async def _in_store(self, work: Callable[[Store], T]) -> T:
        def run() -> T:
            with open_store(self.url, create=False) as store:
                return work(store)

        return await self._run(self._readers, run)

    async def _hash(self, work: Callable[..., T], *arguments: Any) -> T:
        """Work that takes a processor and much memory: two at once, and no endless queue."""
        if self._hashing >= MOST_WAITING:
            cause = tr("Beaucoup de personnes se connectent en ce moment.")
            raise Busy("Connexion", [Problem("SRV-003", "", cause)])
        self._hashing += 1
        try:
            return await self._run(self._hashers, work, *arguments)
        finally:
            self._hashing -= 1

    @staticmethod
    async def _run(pool: ThreadPoolExecutor, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work, *arguments)


def require_good(password: str, account: Account) -> None:
    """Refuse a password that is too easy to guess.

    Raises
    ------
    AccessError
        ACC-005, with all that is wrong.
    """
    if problems := check_password(password, account):
        raise AccessError("Mot de passe", problems)
