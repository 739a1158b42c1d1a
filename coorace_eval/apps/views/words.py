"""The screens where people write: cadrage, exploration, suivi."""

from __future__ import annotations

from coorace_eval.apps.steps.framing import FramingStep
from coorace_eval.apps.steps.lists import ExplorationStep, FollowUpStep
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.campaign import frame, onward
from coorace_eval.campaigns.framing import FRAMING
from coorace_eval.campaigns.model import State
from coorace_eval.language import mark, tr

NO_CARD = mark("Aucune carte pour l'instant. L'atelier peut aussi se faire sur papier.")
KINDS = {"texte": "textarea", "court": "text", "date": "date"}


def framing(step: FramingStep) -> b.Block:
    """The questions of the cadrage."""
    values = step.values
    fields = [
        b.field(
            q.id,
            KINDS[q.kind],
            tr(q.label),
            values.get(q.id, ""),
            step,
            help=tr(q.help),
            width="short" if q.kind == "date" else "full",
            max=5000,
            rows=3,
            readonly=bool(step.locked),
        )
        for q in FRAMING
    ]
    return frame(step, [b.fields(tr("Le cadre de votre démarche"), fields)], onward(step))


def exploration(step: ExplorationStep) -> b.Block:
    """The cards of the workshop, and the way to add one."""
    dimensions = b.options(
        [(d.id, d.label) for d in step.work.referential.dimensions], tr("À classer plus tard")
    )
    guide = b.notice(
        "info",
        tr("Pour l'atelier"),
        tr(
            "Posez la question : « Et si l'entreprise n'existait pas, que manquerait-il au territoire ? » "
            "Chaque personne écrit une idée par carte, puis le groupe les rapproche."
        ),
    )
    locked = bool(step.locked)
    form = b.fields(
        tr("Ajouter une carte"),
        [
            b.field(
                "text",
                "textarea",
                tr("Ce que nous apportons"),
                step.draft["text"],
                step,
                max=500,
                rows=2,
                width="full",
            ),
            b.field(
                "who",
                "text",
                tr("Qui le dit"),
                step.draft["who"],
                step,
                help=tr("Une fonction plutôt qu'un nom : « une cliente », « l'équipe »."),
            ),
            b.field(
                "dimension",
                "select",
                step.work.referential.levels.spoken.dimension,
                step.draft["dimension"],
                step,
                options=dimensions,
            ),
        ],
        actions=[b.action("add_card", tr("Ajouter la carte"))],
    )
    lists = [_cards(step, d.id, d.label, dimensions) for d in step.work.referential.dimensions]
    loose = _cards(step, "", tr("À classer"), dimensions)
    filled = [made for made in (loose, *lists) if made["items"]]
    cards = filled or [{**loose, "legend": tr("Les cartes"), "empty": tr(NO_CARD)}]
    return frame(step, [guide, *([] if locked else [form]), *cards], onward(step))


def _cards(step: ExplorationStep, dimension: str, legend: str, dimensions: list[b.Block]) -> b.Block:
    known = {d.id for d in step.work.referential.dimensions}
    mine = [c for c in step.work.story.cards if (c.dimension if c.dimension in known else "") == dimension]
    items = [
        {
            "id": card.id,
            "title": card.text,
            "badges": [],
            "text": card.who,
            "note": "",
            "retired": False,
            "open": card.id in step.opened and not step.locked,
            "actions": []
            if step.locked
            else [b.action("sort_card", tr("Classer")), b.action("remove_card", tr("Retirer"), "quiet")],
            "fields": [
                b.field(
                    f"dimension@{card.id}",
                    "select",
                    tr("Classée dans"),
                    card.dimension if card.dimension in known else "",
                    step,
                    options=dimensions,
                )
            ],
        }
        for card in mine
    ]
    return {"type": "list", "id": b.key("cards", dimension), "legend": legend, "items": items, "empty": ""}


def follow_up(step: FollowUpStep) -> b.Block:
    """Show this year's decisions, and what became of last year's."""
    locked = bool(step.locked)
    before = step.work.story.previous_decisions
    last = b.table(
        tr("Ce que vous aviez décidé en {year}", year=step.work.year - 1),
        [(tr("Décision"), False), (tr("Qui"), False), (tr("Échéance"), False), (tr("Fait"), False)],
        [(d.label, d.who or "–", d.due or "–", tr("Oui") if d.done else tr("Non")) for d in before],
    )
    form = b.fields(
        tr("Ajouter une décision"),
        [
            b.field(
                "label",
                "textarea",
                tr("Ce que nous décidons"),
                step.draft["label"],
                step,
                max=500,
                rows=2,
                width="full",
            ),
            b.field("who", "text", tr("Qui s'en charge"), step.draft["who"], step),
            b.field("due", "text", tr("Pour quand"), step.draft["due"], step, width="short"),
        ],
        actions=[b.action("add_decision", tr("Ajouter la décision"))],
    )
    items = [
        {
            "id": d.id,
            "title": d.label,
            "badges": [{"label": tr("Fait"), "tone": "done"}] if d.done else [],
            "text": " · ".join(filter(None, [d.who, d.due])),
            "note": "",
            "retired": False,
            "open": not locked,
            "actions": [] if locked else [b.action("remove_decision", tr("Retirer"), "quiet")],
            "fields": [b.field(f"done@{d.id}", "check", tr("C'est fait"), d.done, step)],
        }
        for d in step.work.story.decisions
    ]
    decisions = {
        "type": "list",
        "legend": tr("Vos décisions"),
        "items": items,
        "empty": tr("Aucune décision pour l'instant."),
    }
    adding = [] if locked else [form]
    ending = (
        []
        if locked or step.work.campaign.state is not State.SUIVI
        else [b.action("close_campaign", tr("Clore l'auto-évaluation"), "primary")]
    )
    return frame(step, [*([last] if before else []), decisions, *adding], ending)
