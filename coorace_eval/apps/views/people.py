"""The screen of the people who may come in."""

from __future__ import annotations

from collections.abc import Set

from coorace_eval.access import Person
from coorace_eval.accounts import Role
from coorace_eval.apps.steps.people import WITH_ENTERPRISES, Handed, PeoplePage
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.outside import outside
from coorace_eval.formatting import format_date
from coorace_eval.language import mark, tr, trn

LEAD = mark("Invitez les personnes de vos entreprises, aidez celles qui ont perdu leur mot de passe.")
LEAD_HUB = mark("Les personnes de vos entreprises, et leur dernière visite.")
LEAD_ALL = mark("Toutes les personnes qui peuvent se connecter, quel que soit leur rôle.")
BY_HUB = mark(
    "Les comptes se gèrent dans le Hub, comme les groupes qui donnent à chaque personne son rôle et ses "
    "entreprises."
)
LEAVING = mark(
    "{name} ne pourra plus se connecter, dès maintenant. Ce que cette personne a écrit reste. "
    "Vous pourrez lui rendre l'accès."
)
MOST_SHOWN = 60
MANY = 8
MOST_NAMED = 3
ROLE_HELP = {
    Role.ENTREPRISE: mark("Saisit et relit l'auto-évaluation de son entreprise."),
    Role.REFERENT: mark("Accompagne plusieurs entreprises et invite leurs équipes."),
    Role.CHERCHEUR: mark("Lit les seuls chiffres du réseau, protégés."),
    Role.FEDERATION: mark("Suit l'avancement, gère les comptes, lit les chiffres du réseau."),
}


def people(page: PeoplePage) -> b.Block:
    """A link to hand over, the form of an invitation, the people."""
    gives_roles = len(page.roles) > 1
    lead = tr(LEAD_ALL if gives_roles else LEAD_HUB if page.by_hub else LEAD)
    shown = [*_handed(page.handed), *_inviting(page), *_search(page), *_list(page)]
    return outside(page, (tr("Les personnes"), lead), shown)


def _handed(handed: Handed | None) -> list[b.Block]:
    if handed is None:
        return []
    label = (
        tr("Lien d'invitation pour {name}", name=handed.name)
        if handed.invites
        else tr("Nouveau lien pour {name}", name=handed.name)
    )
    days = handed.lasts.days
    lasts = trn("{n} jour", "{n} jours", days) if days > 2 else trn("{n} heure", "{n} heures", 24 * days)
    text = tr(
        "Envoyez ce lien vous-même à cette personne, et à elle seule. Il permet de choisir un "
        "mot de passe, sert une seule fois et reste valable {lasts}. Copiez-le maintenant : "
        "il ne sera plus montré.",
        lasts=lasts,
    )
    return [{"type": "share", "id": "lien", "label": label, "text": text, "path": f"lien/{handed.token}"}]


def _inviting(page: PeoplePage) -> list[b.Block]:
    if page.by_hub:
        return [b.text(tr(BY_HUB))]
    opener = b.opener(page.inviting, tr("Inviter une personne"))
    if not page.inviting:
        return [opener]
    draft = page.draft
    roles = [{"id": role.value, "label": role.label, "help": tr(ROLE_HELP[role])} for role in page.roles]
    name_help = tr("Tel que les autres le liront, par exemple « Camille Roy ».")
    login_help = tr("Une adresse électronique, ou un nom court sans espace. Il sert à se connecter.")
    role = b.field("role", "choice", tr("Rôle"), draft.role.value, page, options=roles)
    fields = [
        b.field("nom", "text", tr("Nom affiché"), draft.name, page, required=True, max=100, help=name_help),
        b.field("identifiant", "text", tr("Identifiant"), draft.login, page, required=True, max=100,
                help=login_help),
        *([role] if len(roles) > 1 else []),
        *(_members(page, "", draft.enterprises) if draft.role in WITH_ENTERPRISES else []),
    ]  # fmt: skip
    invite = b.action("invite", tr("Créer l'invitation"), "primary")
    return [opener, b.fields(tr("Inviter une personne"), fields, actions=[invite])]


def _members(page: PeoplePage, key: str, held: Set[str]) -> list[b.Block]:
    """Boxes to tick where there are few enterprises; otherwise those held, and a list to add from."""
    known = sorted(page.enterprises.items(), key=lambda pair: pair[1].lower())
    ticks = [
        b.field(f"membre@{key}/{id}", "check", label, id in held, page)
        for id, label in known
        if page.few_enterprises or id in held
    ]
    group = f"entreprises@{key}" if key else "entreprises"
    boxes = b.boxes(group, tr("Ses entreprises"), ticks, page, "" if ticks else tr("Aucune pour l'instant."))
    if page.few_enterprises:
        return [boxes]
    others = b.options(
        [(id, label) for id, label in known if id not in held], tr("Choisissez une entreprise")
    )
    return [
        boxes,
        b.field(f"ajouter@{key}/", "select", tr("Ajouter une entreprise"), "", page, options=others),
    ]


def _search(page: PeoplePage) -> list[b.Block]:
    if len(page.people) < MANY:
        return []
    help = tr("Un nom, un identifiant, une entreprise ou un rôle.")
    return [
        b.fields("", [b.field("recherche", "text", tr("Chercher"), page.search, page, live=True, help=help)])
    ]


def _list(page: PeoplePage) -> list[b.Block]:
    found = page.found
    nobody = tr("Personne n'est encore venu.") if page.by_hub else tr("Personne n'est encore invité.")
    block = {
        "type": "list",
        "id": "personnes",
        "legend": trn("{n} personne", "{n} personnes", len(found)),
        "items": [_item(page, person) for person in found[:MOST_SHOWN]],
        "empty": tr("Personne ne correspond à cette recherche.") if page.search else nobody,
    }
    more = len(found) - MOST_SHOWN
    return [
        block,
        *(
            [
                b.text(
                    trn(
                        "Et {n} autre. Précisez la recherche pour les voir.",
                        "Et {n} autres. Précisez la recherche pour les voir.",
                        more,
                    )
                )
            ]
            if more > 0
            else []
        ),
    ]


def _item(page: PeoplePage, person: Person) -> b.Block:
    account = person.account
    key, leaving, edited = account.key, page.leaving == account.key, page.edited == account.key
    places = sorted(page.enterprises[id] for id in account.enterprises if id in page.enterprises)
    where = (
        ", ".join(places)
        if len(places) <= MOST_NAMED
        else trn("{n} entreprise", "{n} entreprises", len(places))
    )
    return {
        "id": key,
        "title": account.name,
        "badges": [{"label": account.role.label, "tone": "plain"}, _status(person)],
        "text": " · ".join(filter(None, [account.login, where, _seen(person)])),
        "note": tr(LEAVING, name=account.name) if leaving else "",
        "retired": False,
        "open": edited,
        "actions": _actions(page, person),
        "fields": _members(page, key, account.enterprises) if edited else [],
    }


def _seen(person: Person) -> str:
    """When the person last came, as far as the journal goes back."""
    if person.seen is not None:
        return tr("dernière visite le {date}", date=format_date(person.seen.astimezone()))
    return tr("jamais venu-e") if person.is_waiting else tr("pas de visite récente")


def _status(person: Person) -> b.Block:
    if not person.account.active:
        return {"label": tr("Désactivé"), "tone": "todo"}
    return (
        {"label": tr("Invitation envoyée"), "tone": "warn"}
        if person.is_waiting
        else {"label": tr("Actif"), "tone": "done"}
    )


def _actions(page: PeoplePage, person: Person) -> list[b.Block]:
    """What may be done for a person; no button goes away under the finger that presses it."""
    key = person.account.key
    shared = person.account.role in WITH_ENTERPRISES and len(page.enterprises) > 1 and not page.by_hub
    link = [] if page.by_hub else [b.action("new_link", tr("Nouveau lien"), "quiet")]
    edit = (
        [b.action("edit", tr("Fermer") if page.edited == key else tr("Entreprises"), "quiet")]
        if shared
        else []
    )
    if not person.is_in_reach:
        return edit
    if not person.account.active:
        return [b.action("reactivate", tr("Réactiver"), "quiet")]
    leaving = page.leaving == key
    made = [
        *link,
        *edit,
        b.action("deactivate", tr("Garder l'accès") if leaving else tr("Désactiver"), "quiet"),
    ]
    return [*made, b.action("confirm", tr("Oui, désactiver"), "danger")] if leaving else made
