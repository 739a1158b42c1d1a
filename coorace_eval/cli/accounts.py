"""``users``: the accounts of a shared store, managed from the machine itself.

Whoever runs the machine does what the fédération does on the screen, under the same rules.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table
from rich.text import Text

from coorace_eval.accounts import AccessError, Role, check_password, hash_password
from coorace_eval.cli.french import FrenchTyper
from coorace_eval.cli.root import STORE, StoreOption, app, out, said_plainly, say, tell
from coorace_eval.formatting import count
from coorace_eval.problems import Problem

if TYPE_CHECKING:
    from coorace_eval.cli.machine import Machine

users = FrenchTyper(help="Gérer les comptes d'une base partagée.")
app.add_typer(users, name="users")

LoginArgument = Annotated[
    str, typer.Argument(help="Adresse électronique ou nom court de la personne.", metavar="IDENTIFIANT")
]
SiteOption = Annotated[
    str,
    typer.Option(
        help="Adresse du site, mise devant le lien.",
        metavar="https://…",
        envvar="COORACE_SITE",
    ),
]
EnterprisesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--enterprise", help="Identifiant d'une entreprise ; plusieurs fois s'il le faut.", metavar="ID"
    ),
]
_TITLES = ("Identifiant", "Nom", "Rôle", "Entreprises", "État")
YesOption = Annotated[bool, typer.Option("--yes", help="Ne rien demander.")]


def _opened(store: str, *, create: bool = False) -> AbstractContextManager[Machine]:
    from coorace_eval.cli.machine import opened

    return opened(store, create=create)


@users.command("list", epilog="Exemple : coorace-eval users list --enterprise ateliers_du_marais")
def list_users(enterprise: EnterprisesOption = None, store: StoreOption = STORE) -> None:
    """Lister les comptes : qui, avec quel rôle, pour quelles entreprises."""
    with _opened(store) as machine:
        people = machine.people()
    wanted = set(enterprise or ())
    table = Table(*(Column(title, overflow="fold") for title in _TITLES))
    for person in people:
        account = person.account
        if not wanted or wanted & account.enterprises:
            waits = "mot de passe à choisir" if person.is_waiting else "actif"
            cells = (
                account.login,
                account.name,
                account.role.label,
                ", ".join(sorted(account.enterprises)),
                waits if account.active else "suspendu",
            )
            table.add_row(*map(Text, cells))
    if table.row_count:
        out.print(table, highlight=False)
    else:
        tell("Aucun compte.")


@users.command(
    epilog="Exemple : coorace-eval users add ana@exemple.fr --name 'Ana Roux' --role federation "
    "--site https://evaluation.exemple.fr"
)
def add(
    login: LoginArgument,
    name: Annotated[str, typer.Option(help="Nom que les autres liront.", metavar="NOM")],
    role: Annotated[Role, typer.Option(help="Ce que la personne vient faire.")] = Role.ENTREPRISE,
    enterprise: EnterprisesOption = None,
    site: SiteOption = "",
    store: StoreOption = STORE,
) -> None:
    """Créer un compte et donner le lien d'invitation, par lequel la personne choisit son mot de passe."""
    with _opened(store, create=True) as machine:
        is_first = not machine.store.has_accounts()
        machine.check_enterprises(*(enterprise or ()))
        token = machine.invite(login, name, role, enterprise or ())
        has_manager = machine.has_manager()
    if is_first:
        tell("Cette base est maintenant partagée : servez-la avec « coorace-eval serve --accounts ».")
    if not has_manager:
        tell("Aucun compte n'a encore le rôle « federation » : créez-en un pour gérer les autres à l'écran.")
    _give_link(token, site)


@users.command(
    epilog="Exemple : coorace-eval users invite ana@exemple.fr --site https://evaluation.exemple.fr"
)
def invite(login: LoginArgument, site: SiteOption = "", store: StoreOption = STORE) -> None:
    """Refaire le lien d'une personne : première invitation, ou nouveau mot de passe."""
    with _opened(store) as machine:
        token = machine.reset_link(machine.store.account(login).key)
    _give_link(token, site)


@users.command(epilog="Exemple : coorace-eval users password ana@exemple.fr")
def password(login: LoginArgument, store: StoreOption = STORE) -> None:
    """Choisir le mot de passe d'un compte ; il se tape, ou arrive par l'entrée standard.

    Toutes les sessions de la personne se terminent.
    """
    with _opened(store) as machine:
        account = machine.store.account(login)
    text = _typed_password()
    if weak := check_password(text, account):
        with said_plainly():
            raise AccessError("Mot de passe", weak)
    kept = hash_password(text)
    with _opened(store) as machine:
        machine.store.set_password(account.key, kept)
        machine.note("a changé le mot de passe de", account)
    tell(f"Le mot de passe de {account.login} est changé ; ses sessions sont terminées.")


@users.command(epilog="Exemple : coorace-eval users deactivate ana@exemple.fr")
def deactivate(
    login: LoginArgument,
    undo: Annotated[bool, typer.Option("--undo", help="Rouvrir un compte suspendu.")] = False,
    store: StoreOption = STORE,
) -> None:
    """Suspendre un compte : la personne n'entre plus, ses sessions se terminent aussitôt."""
    with _opened(store) as machine:
        key = machine.store.account(login).key
        (machine.reactivate if undo else machine.deactivate)(key)
    tell("Le compte est rouvert." if undo else "Le compte est suspendu ; ses sessions sont terminées.")


@users.command(epilog="Exemple : coorace-eval users enterprises ana@exemple.fr --add ateliers_du_marais")
def enterprises(
    login: LoginArgument,
    add: Annotated[list[str] | None, typer.Option(help="Entreprise à ajouter.", metavar="ID")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="Entreprise à retirer.", metavar="ID")] = None,
    store: StoreOption = STORE,
) -> None:
    """Dire de quelles entreprises une personne est membre, ou le changer ; l'effet est immédiat."""
    with _opened(store) as machine:
        account = machine.store.account(login)
        machine.check_enterprises(*(add or ()), *(remove or ()))
        wanted = (account.enterprises | set(add or ())) - set(remove or ())
        if wanted != account.enterprises:
            machine.set_enterprises(account.key, wanted)
    tell(", ".join(sorted(wanted)) or "Aucune entreprise.")


@users.command(epilog="Exemple : coorace-eval users role ana@exemple.fr referent --enterprise marais")
def role(
    login: LoginArgument,
    role: Annotated[Role, typer.Argument(help="Le nouveau rôle.", metavar="RÔLE")],
    enterprise: EnterprisesOption = None,
    store: StoreOption = STORE,
) -> None:
    """Donner un autre rôle, avec les entreprises qui vont avec ; l'effet est immédiat."""
    with _opened(store) as machine:
        machine.check_enterprises(*(enterprise or ()))
        machine.set_role(machine.store.account(login).key, role, enterprise or ())
    tell(f"Le rôle est maintenant « {role.label} ».")


@users.command(epilog="Exemple : coorace-eval users export ana@exemple.fr --to ana.json")
def export(
    login: LoginArgument,
    to: Annotated[
        Path | None, typer.Option(help="Fichier à écrire ; à l'écran par défaut.", metavar="FICHIER")
    ] = None,
    store: StoreOption = STORE,
) -> None:
    """Écrire tout ce que la base garde sur une personne (droit d'accès, RGPD), en JSON."""
    with _opened(store) as machine:
        record = machine.store.account_record(machine.store.account(login).key)
    text = json.dumps(record, ensure_ascii=False, indent=2)
    if to is None:
        typer.echo(text)
        return
    try:
        with os.fdopen(
            os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(f"{text}\n")
    except OSError as error:
        exists = isinstance(error, FileExistsError)
        cause = "ce fichier existe déjà." if exists else "le fichier ne peut pas être écrit."
        say(str(to), [Problem("RAP-001", "", cause)])
        raise typer.Exit(1) from None
    tell(f"{to} est écrit, lisible de vous seul-e.")


@users.command(epilog="Exemple : coorace-eval users erase ana@exemple.fr")
def erase(login: LoginArgument, yes: YesOption = False, store: StoreOption = STORE) -> None:
    """Effacer le compte d'une personne (droit à l'effacement, RGPD)."""
    with _opened(store) as machine:
        account = machine.store.account(login)
    tell(
        f"{account.name} ({account.login}) : seront effacés le nom, l'identifiant, le mot de passe, les "
        "entreprises dont la personne est membre, ses sessions et ses liens.\n"
        "Restent les chiffres et les textes de l'entreprise, qu'elle garde ; là où la personne les a "
        "écrits, on lira « personne retirée ». Les sauvegardes déjà faites gardent le compte jusqu'à ce "
        "qu'elles partent à leur tour."
    )
    if not yes and not _agreed("Tapez « oui » pour effacer : "):
        raise typer.Abort
    with _opened(store) as machine:
        machine.erase(account.key)
        left, has_manager = machine.store.has_accounts(), machine.has_manager()
    tell("Le compte est effacé.")
    if not left:
        tell("C'était le dernier : la base s'ouvre de nouveau sans compte, par qui a accès à son fichier.")
    elif not has_manager:
        tell("Plus aucun compte n'a le rôle « federation » : créez-en un avec « coorace-eval users add ».")


@users.command(epilog="Exemple : coorace-eval users forget --months 24")
def forget(
    months: Annotated[
        int, typer.Option(help="Garder les lignes de ces derniers mois.", metavar="N", min=1, max=1200)
    ],
    store: StoreOption = STORE,
) -> None:
    """Retirer du journal « qui a vu, qui a changé » ce qui est plus ancien que la durée choisie."""
    with _opened(store) as machine:
        gone = machine.store.forget_audit(datetime.now(UTC) - timedelta(days=30.4375 * months))
    tell(f"{count(gone, 'ligne retirée', 'lignes retirées')}.")


def _give_link(token: str, site: str) -> None:
    tell("À transmettre à la personne, et à elle seule ; ce lien sert une fois, pendant quelques jours :")
    tell(f"{site.rstrip('/')}/lien/{token}")
    if not site:
        tell("Mettez l'adresse du site devant, ou ajoutez « --site https://… ».")


def _typed_password() -> str:
    """A password that no command line and no list of processes ever shows."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    text = getpass.getpass("Mot de passe : ")
    if getpass.getpass("Encore une fois : ") != text:
        say("Mot de passe", [Problem("ACC-005", "", "Les deux ne sont pas les mêmes.", "Recommencez.")])
        raise typer.Exit(1)
    return text


def _agreed(question: str) -> bool:
    try:
        return input(question).strip().lower() in ("oui", "o")
    except EOFError:
        return False
