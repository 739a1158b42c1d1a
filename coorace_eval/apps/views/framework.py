"""The screen of the référentiel: kept, retired, one's own, and what it costs in time."""

from __future__ import annotations

from coorace_eval.apps.steps.framework import MODES, FrameworkStep, time_budget
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.campaign import dimension_tabs, frame, onward
from coorace_eval.formatting import count, format_exact, format_minutes
from coorace_eval.referential import Contribution, Indicator, Unit
from coorace_eval.vocabulary import IndicatorKind, IndicatorStatus

TONES = {IndicatorStatus.SOCLE: "done", IndicatorStatus.RECOMMANDE: "doing", IndicatorStatus.LIBRE: "todo"}
LONG = 20 * 60


def framework(step: FrameworkStep) -> b.Block:
    """One dimension of the shared référentiel, as the enterprise adapts it."""
    dimension = next((d for d in step.work.base.dimensions if d.id == step.tab), step.work.base.dimensions[0])
    ours = {c.id: c for c in step.work.referential.contributions}
    question = [b.text(dimension.question)] if dimension.question else []
    lists = [_contribution(step, c, ours.get(c.id)) for c in dimension.contributions]
    screen = frame(step, [_budget(step), *question, *lists, *_adding(step)], onward(step), _tabs(step))
    return screen


def _tabs(step: FrameworkStep) -> b.Block:
    kept = {d.id: sum(len(c.indicators) for c in d.contributions) for d in step.work.referential.dimensions}
    tabs = dimension_tabs(step, lambda id: count(kept.get(id, 0), "indicateur"))
    tabs["items"] = [
        {
            "id": d.id,
            "label": d.label,
            "note": count(kept.get(d.id, 0), "indicateur"),
            "current": d.id == step.tab,
        }
        for d in step.work.base.dimensions
    ]
    return tabs


def _budget(step: FrameworkStep) -> b.Block:
    minutes, whole = step.minutes(), step.work.base
    kept, own = len(step.work.referential.indicators), len(step.added)
    said = f"{count(kept, 'indicateur gardé', 'indicateurs gardés')}" + (
        f", dont {own} à vous" if own else ""
    )
    most = time_budget(whole)
    return {
        "type": "meter",
        "label": "Temps de collecte estimé",
        "value": minutes,
        "max": max(most, minutes, 1),
        "text": f"{format_minutes(minutes)} par an · {said}",
        "tone": "warn" if minutes > LONG else "ok",
    }


def _contribution(step: FrameworkStep, shared: Contribution, ours: Contribution | None) -> b.Block:
    own = [i for i in ours.indicators if i.id in step.added] if ours else []
    items = [_indicator(step, indicator) for indicator in shared.indicators] + [
        _indicator(step, i) for i in own
    ]
    label = step.overlay.relabel.get(shared.id, shared.label)
    return {
        "type": "list",
        "legend": label,
        "items": items,
        "empty": "Aucun indicateur ici.",
        "text": shared.criterion,
    }


def _indicator(step: FrameworkStep, indicator: Indicator) -> b.Block:
    id, own = indicator.id, indicator.id in step.added
    retired, retiring = step.retired.get(id), id in step.retiring
    status = (
        {"label": "À vous", "tone": "done"}
        if own
        else {"label": indicator.status.label, "tone": TONES[indicator.status]}
    )
    title = step.overlay.relabel.get(id, indicator.label)
    note = (
        f"Retiré : {retired}"
        if retired
        else ""
        if title == indicator.label
        else f"Nom d'origine : {indicator.label}"
    )
    return {
        "id": id,
        "title": title,
        "badges": [status, {"label": indicator.kind.label, "tone": "plain"}],
        "text": indicator.definition or f"Formule : {indicator.formula}",
        "note": note,
        "retired": bool(retired),
        "open": (id in step.opened or retiring) and not retired,
        "actions": [] if step.locked else _actions(step, id, own, bool(retired), retiring),
        "fields": _fields(step, indicator, retiring),
    }


def _actions(step: FrameworkStep, id: str, own: bool, retired: bool, retiring: bool) -> list[b.Block]:
    if retired:
        return [b.action("restore", "Reprendre")]
    if retiring:
        return [b.action("restore", "Annuler"), b.action("retire", "Confirmer le retrait", "danger")]
    edit = b.action("edit", "Fermer" if id in step.opened else "Modifier")
    away = b.action("remove_added", "Supprimer", "quiet") if own else b.action("retire", "Retirer", "quiet")
    return [edit, away]


def _fields(step: FrameworkStep, indicator: Indicator, retiring: bool) -> list[b.Block]:
    id = indicator.id
    if retiring:
        because = step.reasons.get(id, "")
        return [
            b.field(
                f"because@{id}",
                "textarea",
                "Pourquoi ne pas le garder ?",
                because,
                step,
                required=True,
                help="Une phrase, qui sera lue avec vos résultats.",
                max=300,
            )
        ]
    target = step.overlay.targets.get(id)
    scale = 100 if indicator.unit.is_ratio else 1
    value = format_exact(round(target.value * scale, 10)) if target else ""
    year = str(target.year) if target else step.years.get(id, "")
    return [
        b.field(
            f"label@{id}",
            "text",
            "Votre façon de le nommer",
            step.overlay.relabel.get(id, indicator.label),
            step,
            max=300,
        ),
        b.field(
            f"target@{id}", "number", "Votre cible", value, step, unit=indicator.unit_text, width="short"
        ),
        b.field(
            f"year@{id}",
            "text",
            "Pour l'année",
            year,
            step,
            width="short",
            help=f"Par défaut {step.work.year + 2}.",
        ),
    ]


def _adding(step: FrameworkStep) -> list[b.Block]:
    if step.locked:
        return []
    if not step.adding:
        return [{"type": "buttons", "actions": [b.action("open_adding", "Ajouter un indicateur à vous")]}]
    new, mode = step.new, step.new["mode"]
    dimension = next((d for d in step.work.referential.dimensions if d.id == step.tab), None)
    places = [(c.id, c.label) for c in dimension.contributions] if dimension else []
    fields = [
        b.field("new.label", "text", "Nom de l'indicateur", new["label"], step, required=True, max=300),
        b.field(
            "new.under",
            "select",
            step.work.referential.levels.contribution,
            new["under"] if new["under"] in dict(places) else next(iter(dict(places)), ""),
            step,
            options=b.options(places),
        ),
        b.field(
            "new.kind",
            "select",
            "Ce qu'il regarde",
            new["kind"],
            step,
            options=b.options((k.value, k.label) for k in IndicatorKind),
            help="Réalisation : ce qui est fait. Résultat : ce que cela produit. Effet : ce que cela change.",
        ),
        b.field(
            "new.mode", "choice", "Comment se calcule-t-il ?", mode, step, options=b.options(MODES.items())
        ),
        *_recipe(step, mode),
    ]
    buttons = [
        b.action("add_indicator", "Ajouter cet indicateur", "primary"),
        b.action("open_adding", "Annuler"),
    ]
    return [b.fields("Un indicateur à vous", fields, actions=buttons)]


def _recipe(step: FrameworkStep, mode: str) -> list[b.Block]:
    new = step.new
    units = b.options((name, Unit(name).label or "sans unité") for name in step.units())
    data = b.options(
        sorted(((v.id, v.label) for v in step.work.referential.variables), key=lambda pair: pair[1].lower()),
        "Choisissez une donnée",
    )
    if mode == "nombre":
        return [
            b.field("new.unit", "select", "Unité", new["unit"], step, options=units),
            b.field(
                "new.question",
                "text",
                "Question posée à la collecte",
                new["question"],
                step,
                help="Par exemple : Combien de repas avez-vous servis cette année ?",
                max=300,
            ),
        ]
    if mode == "part":
        return [
            b.field("new.top", "select", "La partie", new["top"], step, options=data),
            b.field("new.bottom", "select", "Le tout", new["bottom"], step, options=data),
        ]
    tone, said = step.verdict()
    ratio = [{"id": "ratio", "label": "% (une part)"}]
    return [
        b.field("new.unit", "select", "Unité du résultat", new["unit"], step, options=[*ratio, *units]),
        b.field(
            "new.formula",
            "text",
            "Formule",
            new["formula"],
            step,
            live=True,
            check={"tone": tone, "text": said},
            max=2000,
            help="Noms de données, nombres, + - * / et parenthèses.",
        ),
    ]
