"""The screen of the home page: my campaigns."""

from __future__ import annotations

from coorace_eval.apps.steps.home import NEW, REFERENCE, HomePage, Line
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.outside import SMALL, outside
from coorace_eval.campaigns.model import State
from coorace_eval.formatting import MISSING, format_date
from coorace_eval.language import mark, tr, trn
from coorace_eval.vocabulary import EnterpriseKind

LEAD = mark("Reprenez là où vous vous êtes arrêté-e. Tout ce qui a été saisi est enregistré.")
LEAD_SEVERAL = mark("Où en est chaque entreprise que vous accompagnez, et ce qui l'attend.")
LEFT = {
    State.CADRAGE: mark("Écrire le cadre"),
    State.EXPLORATION: mark("Recueillir les apports"),
    State.REFERENTIEL: mark("Choisir les indicateurs"),
    State.ANALYSE: mark("Apprécier ensemble"),
    State.RESTITUTION: mark("Relire et remettre le document"),
    State.SUIVI: mark("Suivre les décisions"),
}
TONES = {State.CADRAGE: "todo", State.CLOSE: "done"}


def home(page: HomePage) -> b.Block:
    """The campaigns under way, closed ones to read again, and the way to open another."""
    heading = (tr("Mes auto-évaluations"), tr(LEAD))
    under_way = [_cards(page)]
    if page.follows_several:
        heading = (tr("Mes entreprises"), tr(LEAD_SEVERAL))
        under_way = _followed(page)
    shown = [*under_way, *_opening(page), *_closed(page), *_tracing(page)]
    return outside(page, heading, shown, small=page.only.label if page.only else tr(SMALL))


def _cards(page: HomePage) -> b.Block:
    empty = tr("Aucune auto-évaluation en cours. Ouvrez la première ci-dessous.")
    cards = {"type": "cards", "items": [_card(line) for line in page.under_way], "empty": empty}
    return b.group(
        tr("En cours ({number})", number=len(page.under_way)) if page.under_way else tr("En cours"),
        [cards],
    )


def _tracing(page: HomePage) -> list[b.Block]:
    """The field where one types the reference read under a figure."""
    if not page.lines:
        return []
    reference = b.field(
        REFERENCE, "text", tr("Référence lue sous le chiffre"), page.reference, page, width="short", max=40
    )
    return [
        b.fields(
            tr("D'où vient ce chiffre ?"), [reference],
            help=tr("Un document imprimé porte une référence de huit signes sous chaque chiffre."),
            actions=[b.action("find", tr("Chercher"))],
        )
    ]  # fmt: skip


def _followed(page: HomePage) -> list[b.Block]:
    """Every enterprise at a glance: its step, what is left, what moved last."""
    rows = [
        _followed_row(line) for line in sorted(page.under_way, key=lambda line: line.enterprise.label.lower())
    ]
    rows += [
        (
            e.label,
            "–",
            {"text": tr("Rien en cours"), "tone": "todo"},
            tr("Ouvrir une auto-évaluation"),
            "–",
            go("open_for", tr("Ouvrir"), e.id, e.label),
        )
        for e in page.idle
    ]
    columns = [
        tr("Entreprise"),
        tr("Exercice"),
        tr("Étape"),
        tr("Ce qui reste"),
        tr("Dernier changement"),
        "",
    ]
    table = b.table(
        trn("{n} entreprise suivie", "{n} entreprises suivies", len(page.enterprises)),
        [(column, False) for column in columns],
        rows,
        tr("Vous n'accompagnez encore aucune entreprise. Ouvrez ci-dessous la première auto-évaluation."),
    )
    return [{**table, "stacked": True}]


def _followed_row(line: Line) -> tuple[object, ...]:
    state = line.campaign.state
    changed = MISSING
    if line.changed is not None:
        changed = format_date(line.changed.date()) + (f", {line.by}" if line.by else "")
    return (
        line.enterprise.label,
        str(line.campaign.year),
        {"text": state.label, "tone": TONES.get(state, "doing")},
        left(line),
        changed,
        go("open", tr("Ouvrir"), key(line), f"{line.enterprise.label} · {line.campaign.year}"),
    )


def left(line: Line) -> str:
    """What a campaign still waits for, in a few words."""
    if line.campaign.state is State.COLLECTE:
        missing = line.asked - line.done
        return (
            trn("{n} donnée à renseigner", "{n} données à renseigner", missing)
            if missing > 0
            else tr("Clore la collecte")
        )
    return tr(LEFT[line.campaign.state])


def go(id: str, label: str, item: str, about: str) -> b.Block:
    """A button in a row of a table; what it bears on is told to those who do not see the row."""
    return {"text": "", "action": {"id": id, "label": label, "item": item, "about": about}}


def key(line: Line) -> str:
    """What names a campaign in a message."""
    return f"{line.campaign.enterprise}/{line.campaign.year}"


def _card(line: Line) -> b.Block:
    state, started = line.campaign.state, line.done > 0
    kinds = ", ".join(kind.value.replace("_", " ") for kind in line.enterprise.kinds)
    return {
        "id": key(line),
        "title": f"{line.enterprise.label} · {line.campaign.year}",
        "meta": " · ".join(filter(None, [kinds, line.enterprise.region])),
        "status": {"label": state.label, "tone": TONES.get(state, "doing")},
        "progress": {
            "value": line.done,
            "max": max(line.asked, line.done),
            "label": trn("{n} donnée sur {asked}", "{n} données sur {asked}", line.done, asked=line.asked),
        },
        "actions": [
            b.action(
                "open",
                tr("Reprendre") if started or state is not State.CADRAGE else tr("Commencer"),
                "primary",
            )
        ],
    }


def _opening(page: HomePage) -> list[b.Block]:
    if not page.enterprises and not page.may_found:
        text = tr("Votre compte n'est encore rattaché à aucune entreprise. Demandez-le à votre référent-e.")
        return [b.notice("info", tr("Aucune entreprise"), text)]
    opener = b.opener(page.opening, tr("Ouvrir une nouvelle auto-évaluation"))
    if not page.opening:
        return [opener]
    draft = page.draft
    known = sorted(((e.id, e.label) for e in page.enterprises.values()), key=lambda pair: pair[1].lower())
    new = [(NEW, tr("Une nouvelle entreprise"))] if page.may_found else []
    offered = b.options([*known, *new], tr("Choisissez une entreprise"))
    which = b.field("enterprise", "select", tr("Entreprise"), draft.enterprise, page, options=offered)
    help = tr("L'année des chiffres, par exemple 2025.")
    fields = [
        *([] if page.only else [which]),
        b.field("year", "text", tr("Exercice évalué"), draft.year, page, width="short", help=help),
        *(_new_enterprise(page) if draft.enterprise == NEW else []),
    ]
    create = b.action("create", tr("Ouvrir cette auto-évaluation"), "primary")
    return [opener, b.fields(tr("Ouvrir une auto-évaluation"), fields, actions=[create])]


def _new_enterprise(page: HomePage) -> list[b.Block]:
    draft, code = page.draft, tr("Le code, par exemple 17, 2A ou 974.")
    kinds = [
        b.field(f"kind.{kind.value}", "check", f"{kind.value.replace('_', ' ')} : {kind.label}",
                kind.value in draft.kinds, page)
        for kind in EnterpriseKind
    ]  # fmt: skip
    return [
        b.field("label", "text", tr("Nom de l'entreprise"), draft.label, page, required=True),
        b.field("department", "text", tr("Département"), draft.department, page, width="short", help=code),
        b.field("region", "text", tr("COORACE régional"), draft.region, page),
        b.boxes(
            "kinds", tr("Conventionnements"), kinds, page, tr("Un au moins ; le principal vient d'abord.")
        ),
    ]


def _closed(page: HomePage) -> list[b.Block]:
    if not page.closed:
        return []
    years = sorted({line.campaign.year for line in page.closed}, reverse=True)
    held = {(line.enterprise.label, line.campaign.year): line for line in page.closed}
    rows = [
        (name, *(_reread(held.get((name, year))) for year in years))
        for name in sorted({line.enterprise.label for line in page.closed}, key=str.lower)
    ]
    columns = [(tr("Entreprise"), False), *((str(year), False) for year in years)]
    return [
        b.group(
            tr("Closes ({number})", number=len(page.closed)),
            [b.table(tr("À relire, par exercice"), columns, rows)],
        )
    ]


def _reread(line: Line | None) -> object:
    if line is None:
        return MISSING
    return go("open", tr("Relire {year}", year=line.campaign.year), key(line), line.enterprise.label)
