"""What keeps a server going: backup, restore, copy."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from coorace_eval.cli.root import STORE, StoreOption, app, said_plainly, tell, working


@app.command(epilog="Exemple : coorace-eval backup --to sauvegardes/ --keep 30")
def backup(
    to: Annotated[
        Path | None,
        typer.Option(
            help="Dossier, ou fichier nouveau ; par défaut « sauvegardes », à côté de la base.",
            metavar="CHEMIN",
            envvar="COORACE_BACKUPS",
        ),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(
            help="Garder les N dernières sauvegardes du dossier ; toutes par défaut.",
            metavar="N",
            min=1,
            envvar="COORACE_KEEP",
        ),
    ] = None,
    store: StoreOption = STORE,
) -> None:
    """Sauvegarder la base pendant que l'on travaille, et relire la sauvegarde en entier."""
    from coorace_eval.storage.backup import back_up

    with said_plainly(), working("Sauvegarde"):
        made = back_up(store, to, keep=keep)
    tell(f"{made.file} est écrite et relue ({_size(made.size)}).")


@app.command(epilog="Exemple : coorace-eval restore sauvegardes/coorace-2026-11-23-013000.db")
def restore(
    file: Annotated[Path, typer.Argument(help="Sauvegarde à remettre en place.", metavar="FICHIER")],
    store: StoreOption = STORE,
    check: Annotated[
        bool, typer.Option("--check", help="Relire la sauvegarde seulement, sans rien remplacer.")
    ] = False,
) -> None:
    """Remettre une sauvegarde en place, serveur arrêté ; la base présente est gardée à côté."""
    from coorace_eval.storage import backup as backups

    with said_plainly(), working("Lecture de la sauvegarde"):
        done = None if check else backups.restore(file, store)
        if done is None:
            backups.check(file)
    if done is None:
        tell(f"{file} est entière et lisible.")
        return
    made = backups.made_at(file)
    tell(f"La base est celle de {file}{'' if made is None else f', du {_moment(made)}'}.")
    if done.before is not None:
        tell(f"L'ancienne est gardée : {done.before}")


@app.command("copy", epilog="Exemple : coorace-eval copy --to postgresql://coorace@localhost/coorace")
def copy_store(
    to: Annotated[str, typer.Option(help="Adresse d'une base vide.", metavar="ADRESSE", envvar="COORACE_TO")],
    store: StoreOption = STORE,
) -> None:
    """Copier toute la base dans une base vide d'un autre genre : de SQLite à PostgreSQL."""
    from coorace_eval.storage.copying import copy

    with said_plainly(), working("Copie"):
        rows = copy(store, to)
    tell(f"{sum(rows.values())} lignes sont copiées et relues. La base de départ est restée telle quelle.")


def _size(octets: int) -> str:
    return f"{octets / 1024:.0f} ko" if octets < 1 << 20 else f"{octets / (1 << 20):.1f} Mo".replace(".", ",")


def _moment(moment: datetime) -> str:
    return moment.astimezone().strftime("%d/%m/%Y à %H:%M")
