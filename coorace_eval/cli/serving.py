"""``serve``: the application, for one person on this machine or for the people of a federation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from coorace_eval.cli.root import STORE, StoreOption, absolute, app, said_plainly

PROPOSAL = Path("referentials/utilite_sociale/base.yaml")
NOTEBOOK = Path("notebooks/auto_evaluation.ipynb")
_SHARED, _NETWORK, _ROOM = "Pour plusieurs personnes", "Adresse et chiffrement", "Place et durées"


@app.command(epilog="Exemple : coorace-eval serve --accounts --behind-proxy --name evaluation.exemple.fr")
def serve(
    port: Annotated[
        int,
        typer.Option(help="Port sur cette machine.", metavar="PORT", min=1, max=65535, envvar="COORACE_PORT"),
    ] = 8866,
    store: StoreOption = STORE,
    referential: Annotated[
        Path,
        typer.Option(
            help="Référentiel des nouvelles campagnes.", metavar="FICHIER", envvar="COORACE_REFERENTIAL"
        ),
    ] = PROPOSAL,
    notebook: Annotated[
        Path, typer.Option(help="Carnet à servir.", metavar="FICHIER", envvar="COORACE_NOTEBOOK")
    ] = NOTEBOOK,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Ouvrir la page dans le navigateur.", envvar="COORACE_OPEN")
    ] = False,
    accounts: Annotated[
        bool,
        typer.Option(
            "--accounts",
            help="Servir plusieurs personnes, chacune avec son compte (coorace-eval users).",
            envvar="COORACE_ACCOUNTS",
            rich_help_panel=_SHARED,
        ),
    ] = False,
    hub: Annotated[
        bool,
        typer.Option(
            "--hub",
            help="Servir les personnes qu'un JupyterHub a reconnues.",
            envvar="COORACE_HUB",
            rich_help_panel=_SHARED,
        ),
    ] = False,
    secrets: Annotated[
        Path | None,
        typer.Option(
            help="Dossier de la clé du serveur, fermé aux autres comptes de la machine ; "
            "sans lui, la clé change à chaque démarrage.",
            metavar="DOSSIER",
            envvar="COORACE_SECRETS",
            rich_help_panel=_SHARED,
        ),
    ] = None,
    log_file: Annotated[
        Path | None,
        typer.Option(
            help="Journal technique, une ligne JSON par événement ; sur la sortie d'erreur par défaut.",
            metavar="FICHIER",
            envvar="COORACE_LOG_FILE",
            rich_help_panel=_SHARED,
        ),
    ] = None,
    address: Annotated[
        str,
        typer.Option(
            help="Adresse d'écoute ; celle-ci n'est joignable que de cette machine.",
            metavar="ADRESSE",
            envvar="COORACE_ADDRESS",
            rich_help_panel=_NETWORK,
        ),
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None,
        typer.Option(
            help="Nom du site, tel qu'on le tape ; plusieurs fois s'il y en a plusieurs.",
            metavar="NOM",
            envvar="COORACE_NAMES",
            rich_help_panel=_NETWORK,
        ),
    ] = None,
    behind_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-proxy",
            help="Un mandataire (nginx) chiffre et dit qui demande.",
            envvar="COORACE_BEHIND_PROXY",
            rich_help_panel=_NETWORK,
        ),
    ] = False,
    proxy: Annotated[
        list[str] | None,
        typer.Option(
            help="Adresse d'où le mandataire se connecte ; cette machine par défaut.",
            metavar="ADRESSE",
            envvar="COORACE_PROXIES",
            rich_help_panel=_NETWORK,
        ),
    ] = None,
    base_url: Annotated[
        str,
        typer.Option(
            help="Chemin de l'application sous le nom du site.",
            metavar="CHEMIN",
            envvar="COORACE_BASE_URL",
            rich_help_panel=_NETWORK,
        ),
    ] = "/",
    certificate: Annotated[
        Path | None,
        typer.Option(
            help="Certificat TLS, sans mandataire.",
            metavar="FICHIER",
            envvar="COORACE_CERTIFICATE",
            rich_help_panel=_NETWORK,
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            help="Clé de ce certificat.",
            metavar="FICHIER",
            envvar="COORACE_KEY",
            rich_help_panel=_NETWORK,
        ),
    ] = None,
    pages_each: Annotated[
        int,
        typer.Option(
            help="Pages ouvertes par personne ; la plus ancienne se ferme.",
            metavar="N",
            min=1,
            envvar="COORACE_PAGES_EACH",
            rich_help_panel=_ROOM,
        ),
    ] = 3,
    most_pages: Annotated[
        int | None,
        typer.Option(
            help="Pages ouvertes en tout ; d'après la mémoire de la machine par défaut.",
            metavar="N",
            min=1,
            envvar="COORACE_MOST_PAGES",
            rich_help_panel=_ROOM,
        ),
    ] = None,
    idle_minutes: Annotated[
        int,
        typer.Option(
            help="Minutes avant de fermer une page que personne ne regarde.",
            metavar="N",
            min=1,
            envvar="COORACE_IDLE_MINUTES",
            rich_help_panel=_ROOM,
        ),
    ] = 15,
    session_hours: Annotated[
        int,
        typer.Option(
            help="Heures avant de demander à nouveau le mot de passe.",
            metavar="N",
            min=1,
            envvar="COORACE_SESSION_HOURS",
            rich_help_panel=_ROOM,
        ),
    ] = 12,
) -> None:
    """Servir l'application : sur cette machine pour une personne, ou avec des comptes pour plusieurs."""
    from coorace_eval.referential import read_referential
    from coorace_eval.server.application import serve as run
    from coorace_eval.storage import open_store
    from coorace_eval.storage.occupancy import in_service

    with said_plainly():
        read_referential(referential)
        with open_store(store):
            pass
        os.environ["COORACE_REFERENTIAL"] = str(referential.resolve())
        with in_service(store):
            run(
                notebook,
                store=absolute(store),
                port=port,
                address=address,
                base_url=base_url if base_url.endswith("/") else f"{base_url}/",
                open_browser=open_browser,
                accounts=accounts,
                hub=hub,
                certificate=certificate,
                key=key,
                behind_proxy=behind_proxy,
                names=tuple(name or ()),
                pages_each=pages_each,
                most_pages=most_pages,
                idle_minutes=idle_minutes,
                session_hours=session_hours,
                secrets=secrets,
                log_file=log_file,
                **({"proxies": tuple(proxy)} if proxy else {}),
            )
