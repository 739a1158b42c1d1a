"""A shared server with a few people, as fixtures to import."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apps.browser import Served, create_account, write_notebook
from server.wire import Visitor

from coorace_eval.accounts import Account, Link, LinkPurpose, digest, new_token
from coorace_eval.storage import open_store

PASSWORD = "quatre mots sans lien"
OTHER = "une rivière bleue sans nom"
SHOW = "from demo_app import screen\nscreen"


@dataclass
class Place:
    """A shared server and what stands behind it."""

    served: Served
    store: str
    events: Path

    def person(self, login: str, **options: Any) -> Account:
        """A person who may come in with ``PASSWORD``."""
        return create_account(self.store, login, PASSWORD, **options)

    def visitor(self, login: str = "") -> Visitor:
        """Someone with cookies of their own, signed in when a login is given."""
        visitor = Visitor(self.served.url)
        if login:
            assert visitor.sign_in(login, PASSWORD).status_code == 303
        return visitor

    def link(self, account: Account, purpose: LinkPurpose = LinkPurpose.RESET, hours: float = 1) -> str:
        """The token of a link sent to a person."""
        token = new_token()
        until = datetime.now(UTC) + timedelta(hours=hours)
        with open_store(self.store) as store:
            store.keep_link(Link(digest(token), account.key, purpose, until))
        return token

    def written(self) -> list[dict[str, Any]]:
        """The events written so far."""
        return [json.loads(line) for line in self.events.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def new_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Place]]:
    """Start shared servers, each on a store of its own."""
    started: list[Served] = []

    def make(source: str = SHOW, **choices: Any) -> Place:
        folder = tmp_path_factory.mktemp("service")
        store, events = f"sqlite:///{folder / 'coorace.db'}", folder / "events.log"
        create_account(store, "premiere@marais.fr", PASSWORD)
        notebook = write_notebook(folder / "app.ipynb", source)
        options = {"accounts": True, "secrets": folder / "secrets", "log_file": events} | choices
        served = Served(notebook, store=store, **options)
        started.append(served)
        served.start()
        return Place(served, store, events)

    yield make
    for served in started:
        served.stop()


@pytest.fixture(scope="module")
def place(new_place: Callable[..., Place]) -> Place:
    """One shared server for the tests of a file."""
    return new_place()
