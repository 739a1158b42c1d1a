"""The example federation in a store of its own, and its campaigns' steps, as fixtures to import."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coorace_eval.access import Access
from coorace_eval.apps.directory import STEPS
from coorace_eval.apps.router import Router
from coorace_eval.apps.steps.base import Step
from coorace_eval.apps.workspace import Workspace
from coorace_eval.campaigns.model import State
from coorace_eval.examples import load_examples
from coorace_eval.referential import Referential, read_referential

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "referentials" / "utilite_sociale" / "base.yaml"
OPEN = ("coup_de_main_services", 2025)  # collecte: AI and ETTI, an overlay, some answers, two years before
EMPTY = ("la_fabrique_des_possibles", 2025)  # cadrage
DONE = ("ateliers_du_marais", 2025)  # restitution: complete
CLOSED = ("ateliers_du_marais", 2024)


@pytest.fixture(scope="session")
def base() -> Referential:
    """The référentiel of new campaigns."""
    return read_referential(BASE)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that holds the example federation; tests work on copies."""
    folder = tmp_path_factory.mktemp("federation")
    load_examples(f"sqlite:///{folder / 'loaded.db'}")
    with sqlite3.connect(folder / "loaded.db") as source, sqlite3.connect(folder / "copy.db") as copy:
        source.backup(copy)
    return folder / "copy.db"


@pytest.fixture
def url(loaded: Path, tmp_path: Path) -> str:
    """The address of a fresh federation."""
    shutil.copy(loaded, tmp_path / "federation.db")
    return f"sqlite:///{tmp_path / 'federation.db'}"


@pytest.fixture
def router(url: str, base: Referential) -> Router:
    """The application of one person."""
    return Router(Access.local(url, "Camille"), base)


@pytest.fixture
def step_of(url: str) -> Callable[..., Any]:
    """Open a step of a campaign: ``step_of(State.COLLECTE)``."""

    def opened(state: State, campaign: tuple[str, int] = OPEN, author: str = "Camille") -> Step:
        return STEPS[state][0](Workspace(Access.local(url, author), *campaign))

    return opened


def content(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in a store, but for the page last open."""
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {table: _rows(connection, table) for table in tables}


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    columns = [f'"{row[1]}"' for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "step"]
    return sorted(connection.execute(f"SELECT {', '.join(columns)} FROM {table}"), key=repr)


def said(step: Any) -> str:
    """Everything that a step complains of."""
    return " ".join(fault.text for fault in step.faults.values())
