"""The documents of a whole network, in one command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from coorace_eval.cli.root import STORE, StoreOption, absolute, app, err, said_plainly, say, tell
from coorace_eval.language import tr, trn
from coorace_eval.problems import CooraceError, Problem

if TYPE_CHECKING:
    from coorace_eval.reports import batch


@app.command(epilog="Exemple : coorace-eval reports --year 2025 --to dossier --formats pdf,docx --jobs 2")
def reports(
    year: Annotated[int, typer.Option(help="Exercice.", metavar="ANNÉE")],
    to: Annotated[Path, typer.Option(help="Dossier où écrire les documents.", metavar="DOSSIER")],
    formats: Annotated[
        str,
        typer.Option(help="Formats, séparés par des virgules : pdf, docx, pptx, html.", metavar="FORMATS"),
    ] = "pdf",
    jobs: Annotated[
        int, typer.Option(help="Combien de documents à la fois.", metavar="N", min=1, max=64)
    ] = 2,
    enterprise: Annotated[
        list[str] | None,
        typer.Option(
            help="Identifiant d'une entreprise ; plusieurs fois s'il le faut. Quel que soit l'état de sa "
            "campagne, son document est écrit.",
            metavar="ID",
        ),
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="Toutes les campagnes, même celles qui n'en sont pas à la restitution."),
    ] = False,
    store: StoreOption = STORE,
) -> None:
    """Écrire les restitutions de tout le réseau ; relancée, la commande n'écrit que ce qui a changé."""
    from coorace_eval.reports import batch
    from coorace_eval.storage import open_store

    url = absolute(store)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with said_plainly():
        forms = _forms(formats)
        with open_store(url, create=False) as opened:
            names = list(enterprise or batch.chosen(opened, year, every=every))
        if not names:
            tell(tr("Aucune campagne de {year} n'en est à la restitution.", year=year))
            return
        with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
            bar = progress.add_task(tr("Écriture des restitutions"), total=len(names))
            outcomes = batch.write_all(
                url, year, to, names, forms=forms, jobs=jobs, told=lambda _: progress.advance(bar)
            )
    failed = [one for one in outcomes if one.problems]
    kept = sum(one.kept for one in outcomes)
    made = len(outcomes) - kept - len(failed)
    if made or not kept:
        tell(trn("{n} restitution est écrite.", "{n} restitutions sont écrites.", made))
    if kept:
        tell(trn("{n} restitution était à jour.", "{n} restitutions étaient à jour.", kept))
    for one in sorted(failed, key=lambda outcome: outcome.enterprise):
        say(one.enterprise, one.problems)
    if failed:
        missing = trn("{n} document manque.", "{n} documents manquent.", len(failed))
        say(str(to), [Problem("RAP-008", "", missing)])
        raise typer.Exit(1)


def _forms(formats: str) -> list[batch.Form]:
    """The formats asked for, each once; the others are refused."""
    from coorace_eval.reports import batch

    asked = [word.strip().lower() for word in formats.split(",") if word.strip()]
    unknown = [word for word in asked if word not in batch.FORMS]
    if unknown or not asked:
        cause = tr("Format inconnu : {names}.", names=", ".join(unknown) or "–")
        hint = tr("Choisissez parmi pdf, docx, pptx et html.")
        raise CooraceError("--formats", [Problem("RAP-001", "--formats", cause, hint)])
    return [form for form in batch.FORMS if form in asked]
