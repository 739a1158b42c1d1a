"""The frame of the pages beside the campaigns, and the screens of someone who may not come in."""

from __future__ import annotations

from collections.abc import Sequence

from coorace_eval.accounts import Account, Right, Role, may
from coorace_eval.apps.steps.base import sentence
from coorace_eval.apps.steps.outside import OutsidePage
from coorace_eval.apps.views import blocks as b
from coorace_eval.problems import CooraceError

SMALL = "Utilité sociale territoriale"
PRODUCT = "coorace_eval"
NOTHING_LOST = "Rien n'est perdu : ce qui est enregistré l'est toujours."


def menu(account: Account | None, in_campaign: bool) -> list[tuple[str, str]]:
    """Where a person may go from here: the action and its words."""
    home = ("page.accueil", "Mes campagnes")
    network, seen = ("page.reseau", "Réseau"), ("page.journal", "Qui a vu nos chiffres")
    if account is None:
        return [home] if in_campaign else [home, network]
    if not may(account, Right.READ):
        home = ("page.accueil", "Avancement")
    elif account.role is Role.REFERENT:
        home = ("page.accueil", "Mes entreprises")
    if in_campaign:
        return [home, seen]
    managed = may(account, Right.PEOPLE) or may(account, Right.ACCOUNTS)
    return [
        *([home] if may(account, Right.READ) or may(account, Right.PROGRESS) else []),
        *([("page.personnes", "Personnes")] if managed else []),
        *([network] if may(account, Right.NETWORK) else []),
        *([seen] if may(account, Right.READ) and len(account.enterprises) == 1 else []),
    ]


def person(account: Account | None) -> b.Block | None:
    """Who is connected; nobody in local mode."""
    return None if account is None else {"name": account.name, "role": account.role.label}


def bare(page: OutsidePage) -> b.Block:
    """A page of which only the frame can be shown."""
    return _bare(("Cette page ne s'affiche pas", NOTHING_LOST), [], route=page.route)


def outside(
    page: OutsidePage, heading: tuple[str, str], blocks: Sequence[b.Block], *, small: str = SMALL
) -> b.Block:
    """A page that belongs to no campaign: no stepper, no tab, no button of its own."""
    made = _bare(heading, blocks, small, page.route)
    return made | {"problems": b.problems(page), "toast": page.toast}


def refused(error: CooraceError) -> b.Block:
    """The screen of an application that cannot open: why, and what to do."""
    said = [{"text": sentence(problem), "target": None} for problem in error.problems]
    heading = ("L'application ne peut pas s'ouvrir", NOTHING_LOST)
    return _bare(heading, [b.notice("error", "Ce qui empêche l'ouverture", "Puis rechargez la page.", said)])


def ended() -> b.Block:
    """The screen of someone whose session is over."""
    heading = ("Votre session est terminée", NOTHING_LOST)
    text = "Elle s'arrête après un long moment sans rien faire, ou quand votre mot de passe change."
    way = {"type": "way", "path": "connexion", "label": "Se reconnecter"}
    return _bare(heading, [b.text(text), way])


def shut(place: str) -> b.Block:
    """The screen of someone whose right was taken back while they were working."""
    heading = (f"Vous n'avez plus accès à {place}", NOTHING_LOST)
    text = (
        "Votre compte a changé pendant que cette page était ouverte. "
        "Si c'est une erreur, dites-le à votre référent-e."
    )
    home = {"type": "buttons", "actions": [b.action("page.accueil", "Revenir à l'accueil", "primary")]}
    return _bare(heading, [b.text(text), home])


def _bare(
    heading: tuple[str, str], blocks: Sequence[b.Block], small: str = SMALL, route: str = ""
) -> b.Block:
    text, lead = heading
    return {
        "title": f"{text} · {PRODUCT}",
        "route": route,
        "bar": b.bar(),
        "stepper": None,
        "heading": {"small": small, "text": text, "lead": lead},
        "problems": [],
        "tabs": None,
        "blocks": list(blocks),
        "actions": [],
        "toast": "",
    }
