"""Who opens which store: the one value that the server hands to a page, and a page to its steps."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from coorace_eval.access import journal
from coorace_eval.access.store import AuthorisedStore
from coorace_eval.storage import open_store

STORE, SESSION, IDENTITY = "COORACE_STORE", "COORACE_SESSION", "COORACE_IDENTITY"
HUB = "hub"


@dataclass(frozen=True)
class Access:
    """Who opens which store; made by ``local``, ``of_session`` or ``from_environment``.

    Parameters
    ----------
    url
        Address of the store.
    session
        Digest of the session's token; empty where one person works alone, without an account.
    person
        Who works alone, written beside each change.
    by_hub
        Whether people come in by a JupyterHub, whose groups say their role and enterprises.
    """

    url: str = field(repr=False)
    session: str = field(default="", repr=False)
    person: str = ""
    by_hub: bool = False

    @classmethod
    def local(cls, url: str, person: str = "") -> Access:
        """One person alone, to whom everything is allowed; refused by a store that holds accounts."""
        return cls(url, person=person)

    @classmethod
    def of_session(cls, url: str, digest: str, by_hub: bool = False) -> Access:
        """The person of a session, known by the digest of its token.

        Raises
        ------
        ValueError
            Without a digest: nobody falls back from a session to working alone.
        """
        if not digest:
            raise ValueError("a session has a digest")
        return cls(url, digest, by_hub=by_hub)

    @classmethod
    def from_environment(
        cls, default_url: str, person: str = "", environment: Mapping[str, str] = os.environ
    ) -> Access:
        """What the server said to this process, else one person alone on ``default_url``."""
        url = environment.get(STORE) or default_url
        session = environment.get(SESSION, "")
        if not session:
            return cls.local(url, person)
        return cls.of_session(url, session, environment.get(IDENTITY) == HUB)

    def environment(self) -> dict[str, str]:
        """What to say to another process so that it opens the same."""
        told = {STORE: self.url, SESSION: self.session, IDENTITY: HUB if self.by_hub else ""}
        return {name: value for name, value in told.items() if value or name == STORE}

    @property
    def is_local(self) -> bool:
        """Whether one person works alone."""
        return not self.session

    @contextmanager
    def open(self) -> Iterator[AuthorisedStore]:
        """Open the store for one transaction, kept whole or not at all.

        The session, the account, its role and its enterprises are read anew each time.

        Raises
        ------
        AccessError
            ACC-002 when the session is over; ACC-009 when the store is shared and there is no session.
        StoreError
            As ``open_store``.
        """
        visit: AuthorisedStore | None = None
        try:
            with open_store(self.url, create=self.is_local) as store:
                visit = AuthorisedStore(store, self.session, self.person, self.by_hub)
                yield visit
        finally:
            if visit is not None:
                journal.keep(self.url, visit)
