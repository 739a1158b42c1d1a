"""What keeps a server going: backup, restore, copy, doctor."""

from __future__ import annotations

import json
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
    from coorace_eval.formatting import format_size
    from coorace_eval.storage.backup import back_up

    with said_plainly(), working("Sauvegarde"):
        made = back_up(store, to, keep=keep)
    tell(f"{made.file} est écrite et relue ({format_size(made.size)}).")


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


@app.command(epilog="Exemple : coorace-eval doctor --accounts --site https://evaluation.exemple.fr")
def doctor(
    store: StoreOption = STORE,
    accounts: Annotated[
        bool, typer.Option("--accounts", help="Contrôler un service partagé.", envvar="COORACE_ACCOUNTS")
    ] = False,
    address: Annotated[
        str, typer.Option(help="Adresse d'écoute du serveur.", metavar="ADRESSE", envvar="COORACE_ADDRESS")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Son port.", metavar="PORT", min=1, max=65535, envvar="COORACE_PORT")
    ] = 8866,
    base_url: Annotated[
        str, typer.Option(help="Son chemin.", metavar="CHEMIN", envvar="COORACE_BASE_URL")
    ] = "/",
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="nginx est devant.", envvar="COORACE_BEHIND_PROXY")
    ] = False,
    certificate: Annotated[
        Path | None,
        typer.Option(help="Certificat TLS du serveur.", metavar="FICHIER", envvar="COORACE_CERTIFICATE"),
    ] = None,
    secrets: Annotated[
        Path | None,
        typer.Option(help="Dossier de la clé du serveur.", metavar="DOSSIER", envvar="COORACE_SECRETS"),
    ] = None,
    backups: Annotated[
        Path | None,
        typer.Option(help="Dossier des sauvegardes.", metavar="DOSSIER", envvar="COORACE_BACKUPS"),
    ] = None,
    site: Annotated[
        str,
        typer.Option(
            help="Adresse du site : contrôler aussi son certificat.",
            metavar="https://…",
            envvar="COORACE_SITE",
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Répondre en JSON, pour un programme.")] = False,
) -> None:
    """Contrôler la machine, la base et le service. Sortie 1 si quelque chose est à corriger."""
    from coorace_eval.cli.checks import Level, Setting, look

    setting = Setting(
        store=store,
        shared=accounts,
        address=address,
        port=port,
        base_url=base_url,
        behind_proxy=behind_proxy,
        has_certificate=certificate is not None,
        secrets=secrets,
        backups=backups,
        site=site,
    )
    found = []
    for one in look(setting):
        found.append(one)
        if not as_json:
            tell(f"{one.level.value:<12} {one.name} : {one.said}")
            if one.remedy:
                tell(f"{'':<12} → {one.remedy}")
    if as_json:
        levels = {Level.GOOD: "bien", Level.NOTE: "a_voir", Level.WRONG: "a_corriger"}
        lines = [
            {"controle": one.name, "etat": levels[one.level], "constat": one.said, "remede": one.remedy}
            for one in found
        ]
        typer.echo(json.dumps(lines, ensure_ascii=False, indent=2))
    if any(one.level is Level.WRONG for one in found):
        raise typer.Exit(1)


def _moment(moment: datetime) -> str:
    return moment.astimezone().strftime("%d/%m/%Y à %H:%M")
