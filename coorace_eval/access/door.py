"""What every part of the authorised store does alike: admit, check, note."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from coorace_eval.access.authors import changed_by, with_names
from coorace_eval.accounts import Account, Right, Session, may, refused, require
from coorace_eval.accounts.rights import everywhere
from coorace_eval.campaigns.answers import AnswerChangedError
from coorace_eval.storage import Store

P = ParamSpec("P")
R = TypeVar("R")

SAW, CHANGED, TOOK_AWAY = "a consulté", "a modifié", "a retiré"


class Door:
    """A store in the hands of one person, for one transaction.

    It holds a ``Store`` and is none: what no method here gives cannot be asked for.

    Parameters
    ----------
    digest
        Digest of the session's token; empty where one person works alone, without an account.
    person
        Who works alone.
    by_hub
        Whether a JupyterHub says who people are, their role and their enterprises.
    """

    def __init__(self, store: Store, digest: str, person: str = "", by_hub: bool = False) -> None:
        self._store, self._digest, self._person, self.by_hub = store, digest, person, by_hub
        self.stay: Session | None = None
        self.account: Account | None = None
        self.views: set[tuple[str, int | None]] = set()
        self._admit()

    @property
    def author(self) -> str:
        """What is written beside a change: the key of the account, or who works alone."""
        return self._person if self.account is None else self.account.key

    def may(self, right: Right, enterprise: str | None = None) -> bool:
        """Whether the person has a right, for an enterprise or at all; alone, one has them all."""
        return self.account is None or may(self.account, right, enterprise)

    def _admit(self) -> None:
        """Read the session, the account, its role and its enterprises as they are at this moment."""
        if not self._digest:
            if self._store.has_accounts():
                raise refused("ACC-009", "Cette base est partagée : on y entre par un compte.")
            return
        found = self._store.session(self._digest)
        if found is None:
            raise refused("ACC-002", "Votre session est terminée.")
        self.stay, self.account = found

    def _start_writing(self) -> None:
        """Write from here on, on the last state written; rights too are read again."""
        if not self._store.is_writing:
            self._store.write_now()
            self._admit()

    def _require(self, right: Right, enterprise: str | None = None) -> None:
        if self.account is not None:
            require(self.account, right, enterprise)

    def _require_for(self, right: Right, enterprise: object) -> None:
        """As ``_require``; an enterprise that is no text is nobody's, since ``None`` means all of them."""
        self._require(right, enterprise if isinstance(enterprise, str) else "")

    def _within(self, right: Right) -> frozenset[str] | None:
        """The enterprises for which the person has a right; ``None`` where it is all of them."""
        if self.account is None or everywhere(self.account, right):
            return None
        return self.account.enterprises if may(self.account, right) else frozenset()

    def _see(self, enterprise: str, year: int | None) -> None:
        if self.account is not None:
            self.views.add((enterprise, None if year is None else int(year)))

    def _note(self, action: str, enterprise: str = "", year: int | None = None, what: str = "") -> None:
        if self.account is not None:
            self._store.note(self.account.key, action, enterprise, year, what)

    def _named(self, result: R) -> R:
        return result if self.account is None else with_names(result, self._store.names)


D = TypeVar("D", bound=Door)


def reading(method: Callable[Concatenate[Store, P], R]) -> Callable[Concatenate[Door, P], R]:
    """The same method of the store, for who may read its ``enterprise``; the visit is noted."""
    signature = inspect.signature(method)

    @wraps(method)
    def read(self: Door, /, *args: P.args, **kwargs: P.kwargs) -> R:
        given = signature.bind(self._store, *args, **kwargs).arguments
        self._require_for(Right.READ, given["enterprise"])
        result = method(self._store, *args, **kwargs)
        self._see(given["enterprise"], given.get("year"))
        return self._named(result)

    return read


def writing(
    action: str, what: str
) -> Callable[[Callable[Concatenate[Store, P], R]], Callable[Concatenate[Door, P], R]]:
    """The same method of the store, for who may change its ``enterprise``; the change is noted and signed.

    A campaign that is closed is refused (CAM-002); it cannot be closed meanwhile.

    Parameters
    ----------
    action, what
        What the journal says of it.
    """

    def wrapped(method: Callable[Concatenate[Store, P], R]) -> Callable[Concatenate[Door, P], R]:
        signature = inspect.signature(method)
        is_signed = "author" in signature.parameters

        @wraps(method)
        def write(self: Door, /, *args: P.args, **kwargs: P.kwargs) -> R:
            self._start_writing()
            bound = signature.bind(self._store, *args, **kwargs)
            given: dict[str, Any] = bound.arguments
            self._require_for(Right.WRITE, given["enterprise"])
            self._store.hold(given["enterprise"], given["year"]).require_open()
            if is_signed:
                given["author"] = self.author or given.get("author", "")
            try:
                result: R = method(*bound.args, **bound.kwargs)
            except AnswerChangedError as error:
                raise changed_by(error, self._store.names) from None
            self._note(action, given["enterprise"], given["year"], what)
            return self._named(result)

        return write

    return wrapped
