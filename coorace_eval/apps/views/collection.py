"""The screen of the collecte: question, help, unit, last year, status, parts, notes."""

from __future__ import annotations

import re

import numpy as np

from coorace_eval.apps.steps.base import sentence
from coorace_eval.apps.steps.collection import OFFERED, CollectionStep
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.campaign import dimension_tabs, frame
from coorace_eval.campaigns.answers import Answer
from coorace_eval.campaigns.model import State
from coorace_eval.formatting import format_exact, format_value
from coorace_eval.language import mark, tr, trn
from coorace_eval.referential import Variable
from coorace_eval.vocabulary import ValueStatus

NOTE_LABELS = {"source": mark("D'où vient ce chiffre ?"), "comment": mark("Commentaire")}


def collection(step: CollectionStep) -> b.Block:
    """The figures that one dimension asks, by source so that each is fetched once."""
    sources = {source.id: source.label for source in step.work.referential.sources}
    by_source: dict[str, list[Variable]] = {}
    for variable in step.variables(step.tab):
        by_source.setdefault(sources.get(variable.source or "", tr("Autres données")), []).append(variable)
    groups = [b.fields(source, [_figure(step, v) for v in found]) for source, found in by_source.items()]
    done, asked = step.progress()
    meter = {
        "type": "meter",
        "label": tr("Avancement de la collecte"),
        "value": done,
        "max": max(asked, 1),
        "text": trn(
            "{n} donnée renseignée sur {asked}", "{n} données renseignées sur {asked}", done, asked=asked
        ),
        "tone": "ok",
    }
    return frame(
        step,
        [*_disputes(step), meter, *_rules(step), *groups],
        _actions(step),
        dimension_tabs(step, lambda id: _progress(step, id)),
    )


def _progress(step: CollectionStep, dimension: str) -> str:
    done, asked = step.progress(dimension)
    return tr("{done} sur {asked}", done=done, asked=asked)


def _rules(step: CollectionStep) -> list[b.Block]:
    blocking = [v for v in step.work.violations if v.blocking]
    warnings = [v for v in step.work.violations if not v.blocking]
    here = {variable.id for variable in step.variables(step.tab)}
    made = []
    for kind, title, found in (
        ("error", tr("À corriger avant de clore la collecte"), blocking),
        ("warn", tr("À vérifier"), warnings),
    ):
        if found:
            items = [
                {
                    "text": sentence(v.problem),
                    "target": next((name for name in v.variables if name in here), None),
                }
                for v in found
            ]
            made.append(b.notice(kind, title, "", items))
    return made


def _figure(step: CollectionStep, variable: Variable) -> b.Block:
    answer = step.answer(variable.id)
    status = step.shown_status(variable.id)
    fault = step.faults.get(variable.id)
    broken = step.broken(variable.id)
    parts = _parts(step, variable)
    made = b.field(
        variable.id,
        "number",
        variable.question or variable.label,
        format_exact(answer.value) if answer else "",
        step,
        help=variable.help,
        unit=variable.unit_text,
        previous=_previous(step, variable),
        warning=" ".join(violation.problem.cause for violation in broken if not fault),
        status={"value": status.value, "options": b.options((s.value, s.label) for s in OFFERED)},
        parts=parts,
        parts_label=_parts_label(step, variable, parts),
        parts_open="type" in step.axes(variable) or any(part["error"] for part in parts),
        meta=[_note(step, variable, note) for note in NOTE_LABELS],
        meta_label=_meta_label(answer),
        meta_open=False,
        readonly=bool(step.locked),
    )
    return made


def _disputes(step: CollectionStep) -> list[b.Block]:
    """Where someone else wrote meanwhile: both figures, and the choice."""
    items = [
        {
            "id": field,
            "title": _asked(step, field),
            "badges": [],
            "text": tr(
                "Votre saisie : « {typed} ». {fault}", typed=typed.strip()[:80], fault=step.faults[field].text
            ),
            "note": "",
            "retired": False,
            "open": False,
            "actions": [
                b.action("take_mine", tr("Garder ma saisie")),
                b.action("take_theirs", tr("Garder l'autre")),
            ],
            "fields": [],
        }
        for field, typed in step.disputed.items()
    ]
    legend = tr("Une autre personne a écrit entre-temps")
    return (
        [{"type": "list", "id": "disputes", "legend": legend, "items": items, "empty": ""}] if items else []
    )


def _asked(step: CollectionStep, field: str) -> str:
    variable = step.work.referential.variable(re.split(r"[|#]", field)[0])
    part = dict(step.parts(variable)).get(field.partition("|")[2], "")
    note = NOTE_LABELS.get(field.partition("#")[2], "")
    return " · ".join(filter(None, [variable.question or variable.label, part, note and tr(note)]))


def _note(step: CollectionStep, variable: Variable, note: str) -> b.Block:
    answer = step.answer(variable.id)
    said = getattr(answer, note) if answer else ""
    id = f"{variable.id}#{note}"
    return b.field(id, "text", tr(NOTE_LABELS[note]), said, step, readonly=bool(step.locked))


def _parts_label(step: CollectionStep, variable: Variable, parts: list[b.Block]) -> str:
    axes = ", ".join(step.work.referential.axis(axis).label.lower() for axis in step.axes(variable))
    filled = sum(bool(part["value"]) for part in parts)
    if not parts:
        return ""
    if not filled:
        return tr("Détailler : {axes}", axes=axes)
    return tr("Détailler : {axes} ({filled} sur {all})", axes=axes, filled=filled, all=len(parts))


def _meta_label(answer: Answer | None) -> str:
    if answer is None or not (answer.source or answer.comment):
        return tr("Source, commentaire")
    said = answer.source or answer.comment
    return tr("Source, commentaire : {said}", said=said if len(said) <= 60 else said[:59] + "…")


def _parts(step: CollectionStep, variable: Variable) -> list[b.Block]:
    made = []
    for part, label in step.parts(variable):
        answer = step.answer(variable.id, part)
        id = f"{variable.id}|{part}"
        made.append(
            b.field(
                id,
                "number",
                label,
                format_exact(answer.value) if answer else "",
                step,
                unit=variable.unit_text,
                readonly=bool(step.locked),
            )
        )
    return made


def _previous(step: CollectionStep, variable: Variable) -> str:
    year = step.work.year - 1
    history = step.work.history
    key = (step.work.enterprise, year)
    if key not in history.values.index or variable.id not in history.values.columns:
        return ""
    value, status = history.values.at[key, variable.id], ValueStatus(history.statuses.at[key, variable.id])
    if np.isnan(value):
        return (
            ""
            if status is ValueStatus.NON_RENSEIGNE
            else tr("{year} : {value}", year=year, value=status.label.lower())
        )
    return tr(
        "{year} : {value}", year=year, value=format_value(value, variable.unit, label=variable.unit_text)
    )


def _actions(step: CollectionStep) -> list[b.Block]:
    state = step.work.campaign.state
    if state is State.CLOSE:
        return [b.action("go.analyse", tr("Continuer : {step}", step=State.ANALYSE.label.lower()), "primary")]
    if step.locked:
        return [
            b.action("reopen", tr("Rouvrir la collecte")),
            b.action("go.analyse", tr("Continuer : {step}", step=State.ANALYSE.label.lower()), "primary"),
        ]
    sections = [d.id for d in step.sections]
    place = sections.index(step.tab) if step.tab in sections else 0
    made = [
        b.action(
            "close_collection",
            tr("Clore la collecte"),
            "secondary" if place + 1 < len(sections) else "primary",
        )
    ]
    if place + 1 < len(sections):
        label = step.sections[place + 1].label
        made.append(b.action(f"tab.{sections[place + 1]}", tr("Suite : {label}", label=label), "primary"))
    return made
