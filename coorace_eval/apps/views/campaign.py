"""What frames every step of a campaign: the bar, the stepper, the lock, the way on."""

from __future__ import annotations

from typing import Any

from coorace_eval.apps.steps.base import Step
from coorace_eval.apps.steps.room import Room
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.workspace import ORDER
from coorace_eval.campaigns.model import State
from coorace_eval.language import mark, tr

LEADS = {
    State.CADRAGE: mark(
        "Dites pourquoi vous évaluez, sur quoi et avec qui. Tout peut être complété plus tard."
    ),
    State.EXPLORATION: mark(
        "Notez ce que l'entreprise apporte à son territoire, tel que les personnes le disent."
    ),
    State.REFERENTIEL: mark("Gardez ce qui vous ressemble, retirez le reste, ajoutez ce qui manque."),
    State.COLLECTE: mark("Chaque chiffre est enregistré dès que vous quittez le champ. Vide n'est pas zéro."),
    State.ANALYSE: mark("Lisez les faits ensemble, puis dites ce que vous en pensez, et pourquoi."),
    State.RESTITUTION: mark("Relisez ce qui sera montré, puis téléchargez le document."),
    State.SUIVI: mark("Notez ce que vous décidez de faire. Vous le retrouverez l'an prochain."),
}


def frame(step: Step, blocks: list[b.Block], actions: list[b.Block], tabs: Any = None) -> b.Block:
    """The whole screen of a step."""
    work, rank = step.work, ORDER.index(step.state)
    lock = [b.notice("info", tr("Lecture seule"), step.locked)] if step.locked else []
    path = (
        step.route if isinstance(step, Room) else f"campagne/{work.enterprise}/{work.year}/{step.state.value}"
    )
    return {
        "title": f"{step.state.label} · {work.title}",
        "route": path,
        "bar": b.bar(work.title, step.saved),
        "stepper": stepper(step),
        "heading": {
            "small": tr("Étape {rank} sur {all}", rank=rank + 1, all=len(ORDER)),
            "text": step.state.label,
            "lead": tr(LEADS[step.state]),
        },
        "problems": b.problems(step),
        "tabs": tabs,
        "blocks": [*lock, *blocks],
        "actions": [*previous(rank), *actions],
        "toast": step.toast,
    }


def room(
    step: Room,
    blocks: list[b.Block],
    actions: list[b.Block],
    *,
    small: str = "",
    text: str = "",
    lead: str = "",
) -> b.Block:
    """The whole screen of a room: as a step, under its own title, with the way back to its step."""
    state = frame(step, blocks, [])
    title = text or tr(step.label)
    back = b.action(f"go.{step.state.value}", tr("Revenir : {step}", step=step.state.label.lower()))
    heading = {"small": small or step.state.label, "text": title, "lead": lead}
    return state | {"title": f"{title} · {step.work.title}", "heading": heading, "actions": [back, *actions]}


def stepper(step: Step) -> b.Block:
    """The seven steps, each told as done, current, to do or out of reach."""
    return {
        "label": tr("Étapes de l'auto-évaluation"),
        "steps": [
            {
                "id": state.value,
                "label": state.label,
                "state": _progress(step, state),
                "note": "",
            }
            for state in ORDER
        ],
    }


def _progress(step: Step, state: State) -> str:
    if state is step.state:
        return "current"
    if state is step.work.campaign.state:
        return "todo"
    return "done" if step.work.reached(state) else "off"


def previous(rank: int) -> list[b.Block]:
    """The way back to the step before."""
    return (
        [b.action(f"go.{ORDER[rank - 1].value}", tr("Revenir : {step}", step=ORDER[rank - 1].label.lower()))]
        if rank
        else []
    )


def onward(step: Step) -> list[b.Block]:
    """The way to the next step, for a step that asks nothing before one leaves it."""
    rank = ORDER.index(step.state)
    return [
        b.action(
            f"go.{ORDER[rank + 1].value}",
            tr("Continuer : {step}", step=ORDER[rank + 1].label.lower()),
            "primary",
        )
    ]


def dimension_tabs(step: Any, note: Any = None) -> b.Block:
    """One tab per dimension, with what ``note`` says of each."""
    sections = getattr(step, "sections", None) or step.work.referential.dimensions
    return {
        "label": step.work.referential.levels.spoken.dimension + "s",
        "items": [
            {"id": d.id, "label": d.label, "note": note(d.id) if note else "", "current": d.id == step.tab}
            for d in sections
        ],
    }
