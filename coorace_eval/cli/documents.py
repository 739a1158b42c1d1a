"""The command of whoever prepares the enterprise's own Word template."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coorace_eval.cli.root import app, said_plainly, say, tell
from coorace_eval.problems import Problem


@app.command("word-template", epilog="Exemple : coorace-eval word-template --to modele.docx")
def word_template(
    to: Annotated[Path, typer.Option(help="Fichier Word à écrire.", metavar="FICHIER")] = Path("modele.docx"),
    verify: Annotated[
        Path | None, typer.Option("--check", help="Vérifier ce modèle, sans rien écrire.", metavar="MODÈLE")
    ] = None,
) -> None:
    """Écrire un modèle Word d'où partir, ou vérifier le sien (docs/modele_word.md)."""
    from coorace_eval.reports import pdf, word
    from coorace_eval.reports.template import check_template

    if verify is not None:
        problems = check_template(_read(verify))
        say(str(verify), problems)
        if problems:
            raise typer.Exit(1)
        tell(f"{verify} : rien à corriger.")
        return
    with said_plainly():
        pdf.write(word.example_template("fr"), to)
    tell(f"{to} est écrit. Les noms que l'on peut y mettre sont dans docs/modele_word.md.")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        say(str(path), [Problem("RAP-003", "", "le fichier ne peut pas être lu.", "Vérifiez son nom.")])
        raise typer.Exit(1) from None
