"""The screen of the référentiel: kept, retired, one's own, and what it costs in time."""

from __future__ import annotations

from coorace_eval.apps.steps.framework import MODES, FrameworkStep, time_budget
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.campaign import dimension_tabs, frame, onward
from coorace_eval.formatting import format_exact, format_minutes
from coorace_eval.language import tr, trn
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
    tabs = dimension_tabs(step, lambda id: trn("{n} indicateur", "{n} indicateurs", kept.get(id, 0)))
    tabs["items"] = [
        {
            "id": d.id,
            "label": d.label,
            "note": trn("{n} indicateur", "{n} indicateurs", kept.get(d.id, 0)),
            "current": d.id == step.tab,
        }
        for d in step.work.base.dimensions
    ]
    return tabs


def _budget(step: FrameworkStep) -> b.Block:
    minutes, whole = step.minutes(), step.work.base
    kept, own = len(step.work.referential.indicators), len(step.added)
    said = trn("{n} indicateur gardé", "{n} indicateurs gardés", kept)
    if own:
        said = trn(
            "{n} indicateur gardé, dont {own} à vous",
            "{n} indicateurs gardés, dont {own} à vous",
            kept,
            own=own,
        )
    most = time_budget(whole)
    return {
        "type": "meter",
        "label": tr("Temps de collecte estimé"),
        "value": minutes,
        "max": max(most, minutes, 1),
        "text": tr("{duration} par an · {said}", duration=format_minutes(minutes), said=said),
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
        "empty": tr("Aucun indicateur ici."),
        "text": shared.criterion,
    }


def _indicator(step: FrameworkStep, indicator: Indicator) -> b.Block:
    id, own = indicator.id, indicator.id in step.added
    retired, retiring = step.retired.get(id), id in step.retiring
    status = (
        {"label": tr("À vous"), "tone": "done"}
        if own
        else {"label": indicator.status.label, "tone": TONES[indicator.status]}
    )
    title = step.overlay.relabel.get(id, indicator.label)
    note = (
        tr("Retiré : {reason}", reason=retired)
        if retired
        else ""
        if title == indicator.label
        else tr("Nom d'origine : {label}", label=indicator.label)
    )
    return {
        "id": id,
        "title": title,
        "badges": [status, {"label": indicator.kind.label, "tone": "plain"}],
        "text": indicator.definition or tr("Formule : {formula}", formula=indicator.formula),
        "note": note,
        "retired": bool(retired),
        "open": (id in step.opened or retiring) and not retired,
        "actions": [] if step.locked else _actions(step, id, own, bool(retired), retiring),
        "fields": _fields(step, indicator, retiring),
    }


def _actions(step: FrameworkStep, id: str, own: bool, retired: bool, retiring: bool) -> list[b.Block]:
    if retired:
        return [b.action("restore", tr("Reprendre"))]
    if retiring:
        return [b.action("restore", tr("Annuler")), b.action("retire", tr("Confirmer le retrait"), "danger")]
    edit = b.action("edit", tr("Fermer") if id in step.opened else tr("Modifier"))
    away = (
        b.action("remove_added", tr("Supprimer"), "quiet")
        if own
        else b.action("retire", tr("Retirer"), "quiet")
    )
    return [edit, away]


def _fields(step: FrameworkStep, indicator: Indicator, retiring: bool) -> list[b.Block]:
    id = indicator.id
    if retiring:
        because = step.reasons.get(id, "")
        return [
            b.field(
                f"because@{id}",
                "textarea",
                tr("Pourquoi ne pas le garder ?"),
                because,
                step,
                required=True,
                help=tr("Une phrase, qui sera lue avec vos résultats."),
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
            tr("Votre façon de le nommer"),
            step.overlay.relabel.get(id, indicator.label),
            step,
            max=300,
        ),
        b.field(
            f"target@{id}", "number", tr("Votre cible"), value, step, unit=indicator.unit_text, width="short"
        ),
        b.field(
            f"year@{id}",
            "text",
            tr("Pour l'année"),
            year,
            step,
            width="short",
            help=tr("Par défaut {year}.", year=step.work.year + 2),
        ),
    ]


def _adding(step: FrameworkStep) -> list[b.Block]:
    if step.locked:
        return []
    if not step.adding:
        return [{"type": "buttons", "actions": [b.action("open_adding", tr("Ajouter un indicateur à vous"))]}]
    new, mode = step.new, step.new["mode"]
    dimension = next((d for d in step.work.referential.dimensions if d.id == step.tab), None)
    places = [(c.id, c.label) for c in dimension.contributions] if dimension else []
    fields = [
        b.field("new.label", "text", tr("Nom de l'indicateur"), new["label"], step, required=True, max=300),
        b.field(
            "new.under",
            "select",
            step.work.referential.levels.spoken.contribution,
            new["under"] if new["under"] in dict(places) else next(iter(dict(places)), ""),
            step,
            options=b.options(places),
        ),
        b.field(
            "new.kind",
            "select",
            tr("Ce qu'il regarde"),
            new["kind"],
            step,
            options=b.options((k.value, k.label) for k in IndicatorKind),
            help=tr(
                "Réalisation : ce qui est fait. Résultat : ce que cela produit. Effet : ce que cela change."
            ),
        ),
        b.field(
            "new.mode",
            "choice",
            tr("Comment se calcule-t-il ?"),
            mode,
            step,
            options=b.options((id, tr(label)) for id, label in MODES.items()),
        ),
        *_recipe(step, mode),
    ]
    buttons = [
        b.action("add_indicator", tr("Ajouter cet indicateur"), "primary"),
        b.action("open_adding", tr("Annuler")),
    ]
    return [b.fields(tr("Un indicateur à vous"), fields, actions=buttons)]


def _recipe(step: FrameworkStep, mode: str) -> list[b.Block]:
    new = step.new
    units = b.options((name, Unit(name).label or tr("sans unité")) for name in step.units())
    data = b.options(
        sorted(((v.id, v.label) for v in step.work.referential.variables), key=lambda pair: pair[1].lower()),
        tr("Choisissez une donnée"),
    )
    if mode == "nombre":
        return [
            b.field("new.unit", "select", tr("Unité"), new["unit"], step, options=units),
            b.field(
                "new.question",
                "text",
                tr("Question posée à la collecte"),
                new["question"],
                step,
                help=tr("Par exemple : Combien de repas avez-vous servis cette année ?"),
                max=300,
            ),
        ]
    if mode == "part":
        return [
            b.field("new.top", "select", tr("La partie"), new["top"], step, options=data),
            b.field("new.bottom", "select", tr("Le tout"), new["bottom"], step, options=data),
        ]
    tone, said = step.verdict()
    ratio = [{"id": "ratio", "label": tr("% (une part)")}]
    return [
        b.field("new.unit", "select", tr("Unité du résultat"), new["unit"], step, options=[*ratio, *units]),
        b.field(
            "new.formula",
            "text",
            tr("Formule"),
            new["formula"],
            step,
            live=True,
            check={"tone": tone, "text": said},
            max=2000,
            help=tr("Noms de données, nombres, + - * / et parenthèses."),
        ),
    ]
