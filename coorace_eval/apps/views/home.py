"""The screen of the home page: my campaigns."""

from __future__ import annotations

from typing import Any

from coorace_eval.apps.steps.base import sentence
from coorace_eval.apps.steps.home import NEW, HomeStep, Line
from coorace_eval.apps.views import blocks as b
from coorace_eval.campaigns.model import State
from coorace_eval.formatting import MISSING, count
from coorace_eval.problems import CooraceError
from coorace_eval.vocabulary import EnterpriseKind

TONES = {State.CADRAGE: "todo", State.CLOSE: "done"}


def home(step: HomeStep) -> b.Block:
    """Campaigns under way as cards, closed ones as a table, and the way to open another."""
    cards = {
        "type": "cards",
        "items": [_card(line) for line in step.under_way],
        "empty": "Aucune auto-évaluation en cours. Ouvrez la première ci-dessous.",
    }
    heading = (
        "Mes auto-évaluations",
        "Reprenez là où vous vous êtes arrêté-e. Tout ce qui a été saisi est enregistré.",
    )
    shown = [b.group(_title(step), [cards]), *_opening(step), *_closed(step)]
    faults = [{"id": f.field, "text": f.text} for f in step.faults.values()]
    return _outside("Mes auto-évaluations · coorace_eval", heading, shown, faults, step.toast)


def refused(error: CooraceError) -> b.Block:
    """The screen of an application that cannot open: why, and what to do."""
    said = [{"text": sentence(problem), "target": None} for problem in error.problems]
    heading = (
        "L'application ne peut pas s'ouvrir",
        "Rien n'est perdu : les données déjà enregistrées restent dans la base.",
    )
    why = b.notice("error", "Ce qui empêche l'ouverture", "Puis rechargez la page.", said)
    return _outside("coorace_eval", heading, [why])


def _outside(
    title: str, heading: tuple[str, str], blocks: list[b.Block], problems: Any = (), toast: str = ""
) -> b.Block:
    """A screen that belongs to no campaign: no stepper, no tab, no button of its own."""
    text, lead = heading
    return {
        "title": title,
        "route": "",
        "bar": {"label": "coorace_eval", "home": False, "context": "", "saved": ""},
        "stepper": None,
        "heading": {"small": "Utilité sociale territoriale", "text": text, "lead": lead},
        "problems": list(problems),
        "tabs": None,
        "blocks": blocks,
        "actions": [],
        "toast": toast,
    }


def _title(step: HomeStep) -> str:
    return f"En cours ({len(step.under_way)})" if step.under_way else "En cours"


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
            "label": f"{count(line.done, 'donnée')} sur {line.asked}",
        },
        "actions": [
            b.action("open", "Reprendre" if started or state is not State.CADRAGE else "Commencer", "primary")
        ],
    }


def _opening(step: HomeStep) -> list[b.Block]:
    if not step.opening:
        return [
            {"type": "buttons", "actions": [b.action("open_form", "Ouvrir une nouvelle auto-évaluation")]}
        ]
    draft, faults = step.draft, step.faults
    known = sorted(((e.id, e.label) for e in step.enterprises.values()), key=lambda pair: pair[1].lower())

    def made(id: str, kind: str, label: str, value: object, **more: Any) -> b.Block:
        field = b.field(id, kind, label, value, **more)
        field["error"] = faults[id].text if id in faults else ""
        return field

    fields = [
        made(
            "enterprise",
            "select",
            "Entreprise",
            draft.enterprise,
            options=b.options([*known, (NEW, "Une nouvelle entreprise")], "Choisissez une entreprise"),
        ),
        made(
            "year",
            "text",
            "Exercice évalué",
            draft.year,
            width="short",
            help="L'année des chiffres, par exemple 2025.",
        ),
    ]
    if draft.enterprise == NEW:
        kinds = [
            made(
                f"kind.{k.value}", "check", f"{k.value.replace('_', ' ')} : {k.label}", k.value in draft.kinds
            )
            for k in EnterpriseKind
        ]
        fields += [
            made("label", "text", "Nom de l'entreprise", draft.label, required=True),
            made(
                "department",
                "text",
                "Département",
                draft.department,
                width="short",
                help="Le code, par exemple 17, 2A ou 974.",
            ),
            made("region", "text", "COORACE régional", draft.region),
            *kinds,
        ]
    buttons = [
        b.action("create", "Ouvrir cette auto-évaluation", "primary"),
        b.action("open_form", "Annuler"),
    ]
    return [b.fields("Ouvrir une auto-évaluation", fields, actions=buttons)]


def _closed(step: HomeStep) -> list[b.Block]:
    if not step.closed:
        return []
    years = sorted({line.campaign.year for line in step.closed}, reverse=True)
    held = {(line.enterprise.label, line.campaign.year): line for line in step.closed}
    rows = [
        (name, *(_reread(held.get((name, year))) for year in years))
        for name in sorted({line.enterprise.label for line in step.closed}, key=str.lower)
    ]
    columns = [("Entreprise", False), *((str(year), False) for year in years)]
    return [b.group(f"Closes ({len(step.closed)})", [b.table("À relire, par exercice", columns, rows)])]


def _reread(line: Line | None) -> object:
    if line is None:
        return MISSING
    return {"text": "", "action": {"id": "open", "label": f"Relire {line.campaign.year}", "item": key(line)}}
