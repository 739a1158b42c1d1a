"""The editorial check of a référentiel: each text that could be said better, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coorace_eval.cli.root import app, said_plainly, tell
from coorace_eval.language import tr, trn


@app.command(epilog="Exemple : coorace-eval words referentials/utilite_sociale/base.yaml")
def words(
    path: Annotated[Path, typer.Argument(help="Fichier YAML du référentiel.", metavar="RÉFÉRENTIEL")],
    strict: Annotated[
        bool, typer.Option("--strict", help="Sortir avec le code 1 s'il reste une remarque.")
    ] = False,
) -> None:
    """Relire les textes d'un référentiel : écriture inclusive, mots de métier, phrases longues, sigles."""
    from coorace_eval.campaigns.texts import texts_of
    from coorace_eval.referential import read_referential
    from coorace_eval.wording import review

    with said_plainly():
        texts = list(texts_of(read_referential(path)))
    found = review(texts)
    for place, _, remark in found:
        said = tr("« {found} »", found=remark.found)
        if remark.proposal:
            said = tr("« {found} » : plutôt « {said} »", found=remark.found, said=remark.proposal)
        tell(f"{place}\n  {remark.kind.label} : {said}\n  {remark.why}")
    read = trn("{n} texte relu", "{n} textes relus", len(texts))
    tell(f"{read}, " + trn("{n} remarque.", "{n} remarques.", len(found)))
    if strict and found:
        raise typer.Exit(1)
