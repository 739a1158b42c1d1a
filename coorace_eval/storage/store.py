"""The store: campaigns and answers, in SQLite or PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from coorace_eval.storage.accounts import AccountShelf
from coorace_eval.storage.answers import AnswerShelf
from coorace_eval.storage.editions import Editions
from coorace_eval.storage.engines import Address, connected
from coorace_eval.storage.faults import translated
from coorace_eval.storage.words import Words


class Store(AnswerShelf, Words, Editions, AccountShelf):
    """An open store; use it inside ``with open_store(...)``."""


@contextmanager
def open_store(url: str, *, create: bool = True) -> Iterator[Store]:
    """Open the store at ``url``; everything done inside is kept, or nothing is.

    Parameters
    ----------
    url
        ``sqlite:///coorace.db`` or ``postgresql://…``.
    create
        Make the store where there is none and bring its tables up to date; otherwise such a store
        is refused.

    Raises
    ------
    StoreError
        In French, whatever the database complains of: busy (STO-001), read-only (STO-002), of a
        newer version (STO-003), absent or unreadable (STO-004), to be upgraded (STO-006).

    Examples
    --------
    >>> with open_store("sqlite:///campagnes.db") as store:  # doctest: +SKIP
    ...     answers = store.answers(year=2026)
    """
    address = Address.read(url)
    with translated(address.name), connected(address, create=create) as connection:
        yield Store(connection)
