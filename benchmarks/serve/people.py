"""An invented federation and the people who sign in to it, in a folder that is thrown away."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from coorace_eval.accounts import Account, Role, hash_password, new_key
from coorace_eval.examples import load_examples
from coorace_eval.storage import open_store

PASSWORD = "un banc sous le tilleul"


def login(rank: int) -> str:
    """How the person of this rank signs in."""
    return f"personne{rank}@exemple.fr"


def stores(folder: Path, people: int) -> tuple[str, str]:
    """Two stores of the invented federation: with so many accounts, and without any.

    Each account sees every enterprise, as whoever opens a page of Voilà alone does.

    Returns
    -------
    tuple of str
        Address of the store for our server, and of the one for Voilà alone.
    """
    bare, shared = folder / "sans.db", folder / "avec.db"
    load_examples(f"sqlite:///{bare}")
    with closing(sqlite3.connect(bare)) as here, closing(sqlite3.connect(shared)) as there:
        here.backup(there)
    with open_store(f"sqlite:///{shared}") as store:
        every = frozenset(enterprise.id for enterprise in store.enterprises())
        kept = hash_password(PASSWORD)
        for rank in range(people):
            account = Account(new_key(), login(rank), f"Personne {rank}", Role.ENTREPRISE, every)
            store.save_account(account)
            store.set_password(account.key, kept)
    return f"sqlite:///{shared}", f"sqlite:///{bare}"
