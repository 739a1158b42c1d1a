"""A command badly written is answered in French, and every help is in French."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from coorace_eval.cli import app

ENGLISH = re.compile(
    r"\b(usage:|error|missing|such|invalid|value|requires?|argument\(s\)|unexpected|try|show|default|required"
    r"|commands|must|one of|aborted|exit)\b",
    re.IGNORECASE,
)
MISTAKES = {
    "serv": "La commande « serv » n'existe pas. Vouliez-vous dire « serve » ?",
    "valeur": "La commande « valeur » n'existe pas.",
    "evaluate": "Il manque l'argument « ENTREPRISE ».",
    "explain a b": "Il manque l'option « --year ».",
    "diff a b c d": "Il y a des mots de trop : c d.",
    "serve --prot 1": "L'option « --prot » n'existe pas. Vouliez-vous dire « --port » ?",
    "serve -z": "L'option « -z » n'existe pas.",
    "--zut": "L'option « --zut » n'existe pas.",
    "serve --port": "L'option « --port » attend une valeur.",
    "check --record=3 a": "L'option « --record » ne prend pas de valeur.",
    "serve --port huit": "La valeur « huit » ne convient pas pour « --port » : un nombre entier est attendu.",
    "serve --port 8.5": "La valeur « 8.5 » ne convient pas pour « --port » : un nombre entier est attendu.",
    "serve --port 0": "La valeur « 0 » ne convient pas pour « --port » : elle est trop petite (au moins 1).",
    "serve --port 70000": "elle est trop grande (au plus 65535).",
}


def flat(text: str) -> str:
    """A help without its frames and line breaks."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", text).split())


@pytest.mark.parametrize("written", MISTAKES)
def test_a_command_badly_written_is_answered_in_french(written):
    result = CliRunner().invoke(app, written.split())
    assert result.exit_code == 2
    assert MISTAKES[written] in result.stderr
    assert not ENGLISH.search(result.output), result.output


def test_what_was_typed_cannot_move_the_cursor():
    said = CliRunner().invoke(app, ["serve", "--port", "\x1b[2J\x07"]).stderr
    assert "\x1b" not in said and "\x07" not in said and "·[2J·" in said
    said = CliRunner().invoke(app, ["\x1b[2J"]).stderr
    assert "\x1b" not in said


def every_command(command: Any, *words: str) -> Iterator[tuple[str, ...]]:
    """Each command and each group of commands, as one types it."""
    yield words
    for name, inner in getattr(command, "commands", {}).items():
        yield from every_command(inner, *words, name)


@pytest.mark.parametrize("words", list(every_command(get_command(app))), ids=" ".join)
def test_every_help_is_in_french_with_an_example(words):
    said = flat(CliRunner().invoke(app, [*words, "--help"], terminal_width=200).output)
    assert said.startswith("Usage : ") and "Montrer cette aide." in said
    assert not ENGLISH.search(said), said
    leaf = not any(len(other) > len(words) and other[: len(words)] == words for other in COMMANDS)
    assert not leaf or f"Exemple : coorace-eval {' '.join(words)}" in said


COMMANDS = list(every_command(get_command(app)))


def test_an_interruption_leaves_without_a_traceback():
    code = "import typer; from coorace_eval.cli.root import app\n"
    code += "@app.command()\ndef wait():\n    raise KeyboardInterrupt\n@app.command()\ndef give_up():\n"
    code += "    raise typer.Abort\napp()"
    for word, code_wanted, words in (("wait", 130, ""), ("give-up", 1, "Abandon : rien n'a été fait.")):
        done = subprocess.run(
            [sys.executable, "-c", code, word], capture_output=True, text=True, timeout=60, env={**os.environ}
        )
        assert done.returncode == code_wanted and "Traceback" not in done.stderr
        assert words in done.stderr
