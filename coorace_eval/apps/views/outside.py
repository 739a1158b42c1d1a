"""The frame of the pages beside the campaigns, and the screens of someone who may not come in."""

from __future__ import annotations

from collections.abc import Sequence

from coorace_eval.accounts import Account, Right, Role, may
from coorace_eval.apps.steps.base import sentence
from coorace_eval.apps.steps.outside import OutsidePage
from coorace_eval.apps.views import blocks as b
from coorace_eval.language import mark, tr
from coorace_eval.problems import CooraceError

SMALL = mark("Utilité sociale territoriale")
PRODUCT = "coorace_eval"
NOTHING_LOST = mark("Rien n'est perdu : ce qui est enregistré l'est toujours.")


def menu(account: Account | None, in_campaign: bool) -> list[tuple[str, str]]:
    """Where a person may go from here: the action and its words."""
    home = ("page.accueil", tr("Mes campagnes"))
    network, seen = ("page.reseau", tr("Réseau")), ("page.journal", tr("Qui a vu nos chiffres"))
    if account is None:
        return [home] if in_campaign else [home, network]
    if not may(account, Right.READ):
        home = ("page.accueil", tr("Avancement"))
    elif account.role is Role.REFERENT:
        home = ("page.accueil", tr("Mes entreprises"))
    if in_campaign:
        return [home, seen]
    managed = may(account, Right.PEOPLE) or may(account, Right.ACCOUNTS)
    return [
        *([home] if may(account, Right.READ) or may(account, Right.PROGRESS) else []),
        *([("page.personnes", tr("Personnes"))] if managed else []),
        *([network] if may(account, Right.NETWORK) else []),
        *([seen] if may(account, Right.READ) and len(account.enterprises) == 1 else []),
    ]


def person(account: Account | None) -> b.Block | None:
    """Who is connected; nobody in local mode."""
    return None if account is None else {"name": account.name, "role": account.role.label}


def bare(page: OutsidePage) -> b.Block:
    """A page of which only the frame can be shown."""
    return _bare((tr("Cette page ne s'affiche pas"), tr(NOTHING_LOST)), [], route=page.route)


def outside(
    page: OutsidePage, heading: tuple[str, str], blocks: Sequence[b.Block], *, small: str | None = None
) -> b.Block:
    """A page that belongs to no campaign: no stepper, no tab, no button of its own."""
    made = _bare(heading, blocks, small, page.route)
    return made | {"problems": b.problems(page), "toast": page.toast}


def refused(error: CooraceError) -> b.Block:
    """The screen of an application that cannot open: why, and what to do."""
    said = [{"text": sentence(problem), "target": None} for problem in error.problems]
    heading = (tr("L'application ne peut pas s'ouvrir"), tr(NOTHING_LOST))
    return _bare(
        heading, [b.notice("error", tr("Ce qui empêche l'ouverture"), tr("Puis rechargez la page."), said)]
    )


def ended() -> b.Block:
    """The screen of someone whose session is over."""
    heading = (tr("Votre session est terminée"), tr(NOTHING_LOST))
    text = tr("Elle s'arrête après un long moment sans rien faire, ou quand votre mot de passe change.")
    way = {"type": "way", "path": "connexion", "label": tr("Se reconnecter")}
    return _bare(heading, [b.text(text), way])


def shut(place: str = "") -> b.Block:
    """The screen of someone whose right was taken back while they were working there."""
    lost = (
        tr("Vous n'avez plus accès à « {place} »", place=place)
        if place
        else tr("Vous n'avez plus accès à cette page")
    )
    text = tr(
        "Votre compte a changé pendant que cette page était ouverte. "
        "Si c'est une erreur, dites-le à votre référent-e."
    )
    home = {"type": "buttons", "actions": [b.action("page.accueil", tr("Revenir à l'accueil"), "primary")]}
    return _bare((lost, tr(NOTHING_LOST)), [b.text(text), home])


def _bare(
    heading: tuple[str, str], blocks: Sequence[b.Block], small: str | None = None, route: str = ""
) -> b.Block:
    text, lead = heading
    return {
        "title": f"{text} · {PRODUCT}",
        "route": route,
        "bar": b.bar(),
        "stepper": None,
        "heading": {"small": tr(SMALL) if small is None else small, "text": text, "lead": lead},
        "problems": [],
        "tabs": None,
        "blocks": list(blocks),
        "actions": [],
        "toast": "",
    }
