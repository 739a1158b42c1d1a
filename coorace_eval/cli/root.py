"""The program itself, and how every command says things."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from coorace_eval import __version__
from coorace_eval.cli.french import FrenchTyper
from coorace_eval.problems import CooraceError, Problem

app = FrenchTyper(
    name="coorace-eval",
    help="Évaluer l'utilité sociale territoriale : référentiels, indicateurs, campagnes, restitutions.",
)
out, err = Console(), Console(stderr=True)

STORE = "sqlite:///coorace.db"

StoreOption = Annotated[
    str, typer.Option("--store", help="Adresse de la base.", envvar="COORACE_STORE", metavar="ADRESSE")
]


@app.callback(invoke_without_command=True)
def main(version: Annotated[bool, typer.Option("--version", help="Dire la version.")] = False) -> None:
    """Évaluer l'utilité sociale territoriale."""
    if version:
        tell(f"coorace-eval {__version__}")
        raise typer.Exit


@contextlib.contextmanager
def said_plainly() -> Iterator[None]:
    """Say every problem in French and leave with 1; nobody reads a traceback."""
    try:
        yield
    except CooraceError as error:
        say(error.source, error.problems)
        raise typer.Exit(1) from None


def say(source: str, problems: tuple[Problem, ...] | list[Problem]) -> None:
    """Write problems on the error output, each in the colour of its severity."""
    for problem in problems:
        err.print(
            f"{source} : {problem}",
            style="red" if problem.severity == "erreur" else "yellow",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def tell(text: str) -> None:
    """Write a line as it is: no markup in it, and it is never cut."""
    out.print(text, markup=False, highlight=False, soft_wrap=True)


@contextlib.contextmanager
def working(what: str) -> Iterator[None]:
    """Show that something is under way, where a person looks on."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        progress.add_task(what, total=None)
        yield


def absolute(store: str) -> str:
    """The address of the store, understood from any folder."""
    head, sep, path = store.partition("sqlite:///")
    return f"sqlite:///{Path(path).resolve()}" if not head and sep and path and path != ":memory:" else store
