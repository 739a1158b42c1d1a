"""The federation under attack: two enterprises, four people, one server."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import psutil
from apps.browser import Served, create_account
from server.wire import Visitor
from sqlalchemy import create_engine, text

from coorace_eval.accounts import Role
from coorace_eval.examples import load_examples

ROOT = Path(__file__).resolve().parents[3]
NOTEBOOK = ROOT / "notebooks" / "auto_evaluation.ipynb"
PASSWORD = "une phrase de passage 47"
MINE, THEIRS = "ateliers_du_marais", "coup_de_main_services"
YEAR = 2025
PEOPLE = {
    "marie": (Role.ENTREPRISE, {THEIRS}),
    "paul": (Role.ENTREPRISE, {MINE}),
    "rita": (Role.REFERENT, {MINE, THEIRS}),
    "ines": (Role.CHERCHEUR, set()),
    "fatou": (Role.FEDERATION, set()),
}
"""Marie belongs to the enterprise whose collection is open; Paul to the other one."""

CONTENT = (
    "answer",
    "answer_history",
    "card",
    "decision",
    "framing",
    "verbatim",
    "appreciation",
    "campaign",
    "enterprise",
    "account",
    "membership",
)
"""The tables whose rows an attack must leave as they are."""


class Town:
    """A store with people, and a server on it.

    Parameters
    ----------
    folder
        Where the store, the notebook's log and the server's secrets stand.
    """

    def __init__(self, folder: Path, **options: object) -> None:
        self.folder = folder
        self.store = f"sqlite:///{folder / 'essai.db'}"
        load_examples(self.store, ROOT / "examples" / "federation")
        for login, (role, enterprises) in PEOPLE.items():
            create_account(self.store, login, PASSWORD, role, enterprises)
        notebook = folder / "auto_evaluation.ipynb"
        notebook.write_bytes(NOTEBOOK.read_bytes())
        self.served = Served(notebook, store=self.store, accounts=True, **options)
        self.engine = create_engine(self.store)

    @property
    def url(self) -> str:
        """Address of the server."""
        return self.served.url

    def start(self) -> Town:
        """Serve."""
        self.served.start()
        return self

    def stop(self) -> None:
        """End the server."""
        self.served.stop()
        self.engine.dispose()

    def visitor(self, login: str = "") -> Visitor:
        """Someone, signed in where a login is given."""
        visitor = Visitor(self.url)
        if login:
            assert visitor.sign_in(login, PASSWORD).status_code == 303, login
        return visitor

    @cache  # noqa: B019 - a town lasts as long as its module
    def known(self, login: str = "") -> Visitor:
        """Someone who came in once for all the tests of a module."""
        return self.visitor(login)

    def written(self) -> dict[str, str]:
        """The trace of each table that holds what people wrote."""
        traces = {}
        with self.engine.connect() as connection:
            for name in CONTENT:
                rows = [dict(row) for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings()]
                for row in rows:
                    row.pop("step", None)  # the page last opened is no content
                traces[name] = hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()
        return traces

    def check_serving(self) -> None:
        """Someone comes in, opens a page, and a click is answered."""
        visitor = self.visitor("ines")
        page = visitor.open()
        assert page.ask("home")["title"]
        page.close()
        visitor.post("deconnexion")

    def memory(self) -> float:
        """Megabytes that the server itself holds, its pages apart."""
        assert self.served.process
        return psutil.Process(self.served.process.pid).memory_info().rss / 2**20
