"""Where a figure comes from, as a thread that one follows with the eye, then in full."""

from __future__ import annotations

import math
import re

from coorace_eval.apps.steps.figure import FIELD, FigureRoom, Origin
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.campaign import room
from coorace_eval.formatting import MISSING, format_date, format_value
from coorace_eval.indicators.parameters import ParameterUsed
from coorace_eval.language import tr, trn
from coorace_eval.referential import Referential

MOST_CARDS = 12
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SIGNS = str.maketrans({"*": "×", "/": "÷", "-": "−"})


def figure(step: FigureRoom) -> b.Block:
    """The field where a reference is typed, and what it names."""
    asked = b.fields(
        tr("La référence lue sur le papier"),
        [
            b.field(
                FIELD,
                "text",
                tr("Référence"),
                step.typed,
                step,
                width="short",
                max=40,
                help=tr("Huit signes sous le chiffre. Majuscules, espaces et tiret ne comptent pas."),
            )
        ],
        actions=[b.action("search", tr("Chercher"), "primary")],
    )
    origin = step.origin
    lead = tr("Saisissez une référence : vous lirez de quoi le chiffre est fait, et qui l'a saisi.")
    return room(step, [asked, *(_told(step, origin) if origin else [])], [], lead=lead)


def _told(step: FigureRoom, origin: Origin) -> list[b.Block]:
    here = step.work.referential
    return [
        _same(origin),
        b.group(tr("Le fil, de la parole au papier"), [_thread(origin)]),
        b.group(
            origin.known.indicator.label,
            [_value(origin), b.text(formula(here, origin.known.indicator.formula)), *_through(here, origin)],
        ),
        _inputs(origin),
        *_parameters(origin),
        _about(origin),
        *_cards(origin),
    ]


def _same(origin: Origin) -> b.Block:
    if origin.traced.same:
        title = tr("C'est bien le chiffre qui a été imprimé")
        return b.notice("ok", title, tr("Ni sa valeur, ni sa formule, ni ses données n'ont changé depuis."))
    title = tr("Ce chiffre a changé depuis qu'il a été imprimé")
    text = tr(
        "Une donnée, une formule ou un paramètre a été corrigé. La référence d'aujourd'hui est {reference}.",
        reference=origin.reference,
    )
    return b.notice("warn", title, text)


def _thread(origin: Origin) -> b.Block:
    known = origin.known
    first = origin.cards[0].text if origin.cards else tr("Aucune carte pour cette dimension")
    more = len(origin.cards) - 1
    written = " · ".join(origin.sections) or tr("Pas encore dans un document")
    items: list[b.Block] = [
        {
            "kind": tr("Carte de l'atelier"),
            "title": _short(first),
            "text": trn("et {n} autre", "et {n} autres", more) if more > 0 else "",
        },
        {
            "kind": tr("Contribution"),
            "title": origin.contribution.label,
            "text": origin.contribution.criterion or origin.dimension.label,
        },
        {"kind": tr("Indicateur"), "title": known.indicator.label, "text": known.indicator.kind.label},
        {"kind": tr("Valeur"), "title": _shown(origin), "text": str(known.year), "key": True},
        {
            "kind": tr("Dans le document"),
            "title": written,
            "text": trn("{n} témoignage à côté", "{n} témoignages à côté", origin.quotes)
            if origin.quotes
            else "",
        },
    ]
    return {"type": "thread", "items": [{"key": False} | item for item in items]}


def _short(text: str, most: int = 90) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _shown(origin: Origin) -> str:
    known = origin.known
    if math.isnan(known.value):
        return known.status.label
    return format_value(known.value, known.indicator.unit, label=known.indicator.unit_text)


def _value(origin: Origin) -> b.Block:
    known = origin.known
    items = [
        {"label": tr("Valeur"), "value": _shown(origin)},
        {"label": tr("Exercice"), "value": str(known.year)},
        {"label": tr("Statut"), "value": known.status.label},
    ]
    if told := known.indicator.robustness:
        share = MISSING if math.isnan(known.robustness) else format_value(known.robustness, "ratio")
        note = tr("À lire avec prudence") if known.fragile else ""
        items.append({"label": told.label, "value": share, "note": note})
    return {"type": "facts", "items": items, "compact": True}


def formula(referential: Referential, text: str) -> str:
    """A formula where each name reads as its label.

    Examples: « Sorties dynamiques » ÷ « Sorties examinées ».
    """
    labels = {name: part.label for name, part in referential.by_id.items()}
    spaced = text.translate(_SIGNS)
    return tr(
        "Formule : {formula}",
        formula=_NAME.sub(lambda m: f"«\u00a0{labels[m[0]]}\u00a0»" if m[0] in labels else m[0], spaced),
    )


def _through(here: Referential, origin: Origin) -> list[b.Block]:
    if not origin.known.through:
        return []
    rows = [(i.label, formula(here, i.formula)) for i in origin.known.through]
    columns = [(tr("Indicateur"), False), (tr("Formule"), False)]
    return [{**b.table(tr("Il passe par d'autres indicateurs"), columns, rows), "stacked": True}]


def _inputs(origin: Origin) -> b.Block:
    rows = [
        (
            given.variable.label,
            format_value(given.value, given.variable.unit, label=given.variable.unit_text),
            given.status.label,
            given.source or MISSING,
            given.author or MISSING,
            format_date(given.at) if given.at else MISSING,
            given.comment or MISSING,
        )
        for given in origin.known.inputs
    ]
    columns = [
        (tr("Donnée"), False),
        (tr("Valeur"), True),
        (tr("Statut"), False),
        (tr("Source"), False),
        (tr("Saisie par"), False),
        (tr("Le"), False),
        (tr("Commentaire"), False),
    ]
    shown = b.table(tr("Les données dont il est fait"), columns, rows, tr("Aucune donnée."))
    return {**shown, "stacked": True}


def _parameters(origin: Origin) -> list[b.Block]:
    if not origin.known.parameters:
        return []
    rows = [
        (used.parameter.label, format_value(used.value, used.parameter.unit, label=used.parameter.unit_text),
         _origin(used), tr("Confirmé") if used.confirmed else {"text": tr("À confirmer"), "tone": "warn"})
        for used in origin.known.parameters
    ]  # fmt: skip
    columns = [(tr("Paramètre"), False), (tr("Valeur"), True), (tr("Source"), False), (tr("État"), False)]
    return [{**b.table(tr("Les paramètres, fixés hors de l'entreprise"), columns, rows), "stacked": True}]


def _origin(used: ParameterUsed) -> str:
    said = [
        tr("{kind}, depuis {year} : {source}", kind=part.kind.value, year=part.since, source=part.source)
        if part.kind
        else tr("depuis {year} : {source}", year=part.since, source=part.source)
        for part in used.parts
    ]
    return " ; ".join(said) or tr("Aucune valeur pour ce type de structure et cet exercice")


def _about(origin: Origin) -> b.Block:
    indicator = origin.known.indicator
    lines = [
        tr(
            "Référentiel {reference}, empreinte {print}.",
            reference=origin.known.referential,
            print=origin.fingerprint[:12],
        ),
        tr("Référence d'aujourd'hui : {reference}.", reference=origin.reference),
    ]
    if indicator.definition:
        lines.insert(0, indicator.definition)
    return b.group(tr("Pour bien le lire"), [b.text("\n\n".join(lines))])


def _cards(origin: Origin) -> list[b.Block]:
    if not origin.cards:
        return []
    items = [
        {"id": f"carte-{card.id}", "title": card.text, "text": card.who, "badges": [], "note": "",
         "retired": False, "open": False, "actions": [], "fields": []}
        for card in origin.cards[:MOST_CARDS]
    ]  # fmt: skip
    legend = tr("Ce qui s'est dit à l'atelier : {dimension}", dimension=origin.dimension.label)
    return [{"type": "list", "id": "cartes", "legend": legend, "items": items, "empty": ""}]
