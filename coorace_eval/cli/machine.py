"""The store in the hands of who runs the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from coorace_eval.access.store import AuthorisedStore
from coorace_eval.accounts import AccessError, Account, Role
from coorace_eval.cli.root import said_plainly
from coorace_eval.problems import Problem, did_you_mean
from coorace_eval.storage import Store, open_store

NAME = "ligne de commande"
"""Who acts, as the journal says it."""


class Machine(AuthorisedStore):
    """The rights of the fédération, without an account: the same doing as on the screen, the same rules."""

    @property
    def store(self) -> Store:
        """The store itself: whoever can run a command here can open its file."""
        return self._store

    @property
    def author(self) -> str:
        """Nobody's key."""
        return ""

    def note(self, action: str, account: Account) -> None:
        """Write in the journal what was done for an account."""
        self._note_about(account, action)

    def check_enterprises(self, *names: str) -> None:
        """Refuse an enterprise that is not in the store, with the nearest one that is.

        Raises
        ------
        AccessError
            ACC-007.
        """
        known = {one.id for one in self.directory()}
        problems = [
            Problem(
                "ACC-007", "entreprises", f"« {name} » n'est pas dans la base.", did_you_mean(name, known)
            )
            for name in names
            if name not in known
        ]
        if problems:
            raise AccessError("Compte", problems)

    def has_manager(self) -> bool:
        """Whether an account may manage the others on the screen."""
        found = (person.account for person in self.people())
        return any(account.role is Role.FEDERATION and account.active for account in found)

    def _admit(self) -> None:
        self.account = Account(f"c-{'0' * 16}", "machine", NAME, Role.FEDERATION)

    def _note(self, action: str, enterprise: str = "", year: int | None = None, what: str = "") -> None:
        self._store.note(NAME, action, enterprise, year, what)


@contextmanager
def opened(url: str, *, create: bool = False) -> Iterator[Machine]:
    """Open a store for one transaction; what goes wrong is said in French and leaves with 1."""
    with said_plainly(), open_store(url, create=create) as store:
        yield Machine(store, "")
