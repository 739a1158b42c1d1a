"""``serve``: the application, on this machine or for the federation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from coorace_eval.cli.root import STORE, StoreOption, absolute, app, said_plainly

PROPOSAL = Path("referentials/utilite_sociale/base.yaml")


@app.command(epilog="Exemple : coorace-eval serve --port 8866")
def serve(
    port: Annotated[int, typer.Option(help="Port sur cette machine.", min=1, max=65535)] = 8866,
    store: StoreOption = STORE,
    referential: Annotated[Path, typer.Option(help="Référentiel des nouvelles campagnes.")] = PROPOSAL,
    notebook: Annotated[Path, typer.Option(help="Carnet à servir.")] = Path(
        "notebooks/auto_evaluation.ipynb"
    ),
) -> None:
    """Servir l'application sur cette machine, pour une personne."""
    from coorace_eval.referential import read_referential
    from coorace_eval.server.application import serve as run
    from coorace_eval.storage import open_store

    with said_plainly():
        read_referential(referential)
        with open_store(store):
            pass
        os.environ["COORACE_REFERENTIAL"] = str(referential.resolve())
        run(notebook, port=port, store=absolute(store))
