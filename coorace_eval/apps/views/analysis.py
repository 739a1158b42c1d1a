"""The screen where facts meet words: analyse."""

from __future__ import annotations

import math

from coorace_eval.apps.steps.analysis import AnalysisStep
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.campaign import dimension_tabs, frame
from coorace_eval.campaigns.model import State
from coorace_eval.formatting import MISSING, format_value
from coorace_eval.indicators.compare import favourable, size_of_change
from coorace_eval.language import mark, tr
from coorace_eval.referential import Indicator
from coorace_eval.vocabulary import Confidence, Level, ValueStatus

LEVEL_HELP = {
    Level.A_CONSTRUIRE: mark("Presque tout reste à faire."),
    Level.PREMIERS_PAS: mark("Des actions existent, encore isolées."),
    Level.BIEN_ENGAGE: mark("L'action est régulière et donne des résultats."),
    Level.ACQUIS: mark("C'est une force reconnue de l'entreprise."),
}
CONFIDENCE_HELP = {
    Confidence.A_VERIFIER: mark("Peu de chiffres, ou des avis partagés."),
    Confidence.PLUTOT_SUR: mark("Les chiffres et les avis vont dans le même sens."),
    Confidence.SUR: mark("Des chiffres solides et un accord du groupe."),
}
COLUMNS = [
    (mark("Indicateur"), False),
    (mark("Cette année"), True),
    (mark("L'an dernier"), True),
    (mark("Évolution"), False),
    (mark("Cible"), True),
]


def analysis(step: AnalysisStep) -> b.Block:
    """One dimension: facts, then the group's appreciation and what people said."""
    facts = _facts(step)
    left = [_appreciation(step)]
    right = [*_quotes(step), *_adding(step)]
    blocks = [facts, {"type": "columns", "left": left, "right": right}]
    return frame(step, blocks, _analysis_actions(step), dimension_tabs(step, lambda id: _judged(step, id)))


def _facts(step: AnalysisStep) -> b.Block:
    """Each indicator beside last year's value and its target; missing is said, never zero.

    The value itself leads to where it comes from.
    """
    from coorace_eval.reports.trace import reference

    work, rows = step.work, []
    for row in step.facts().itertuples(index=False):
        indicator = work.referential.indicator(row.indicator)
        value: str | b.Block = shown(row.value, indicator)
        if math.isnan(row.value):
            value = ValueStatus(row.value_status).label
        elif ref := reference(work.results, row.indicator, work.enterprise, work.year):
            about = tr("d'où vient ce chiffre ? {label}", label=row.label)
            origin = {"id": "room.chiffre", "item": ref, "label": value, "about": about}
            value = {"text": "", "action": origin}
        target = (
            tr("{target} en {year}", target=shown(row.target, indicator), year=row.target_year)
            if not math.isnan(row.target)
            else MISSING
        )
        rows.append((row.label, value, shown(row.previous, indicator), change_words(row, indicator), target))
    return b.table(
        tr("Les faits"),
        [(tr(label), numeric) for label, numeric in COLUMNS],
        rows,
        tr("Aucun indicateur dans cette dimension."),
    )


def shown(value: float, indicator: Indicator) -> str:
    """A value with its unit, or a dash."""
    return format_value(value, indicator.unit, label=indicator.unit_text)


def change_words(row: object, indicator: Indicator) -> str:
    """How a figure moved, in words: a sign alone says nothing to a screen reader."""
    change = row.change  # type: ignore[attr-defined]
    size = size_of_change(indicator, change)
    if size in ("", MISSING):
        return size or tr("stable")
    good = favourable(change, indicator.direction, value=row.value, balance=indicator.balance)  # type: ignore[attr-defined]
    moved = tr("en hausse de {size}", size=size) if change > 0 else tr("en baisse de {size}", size=size)
    if good is None:
        return moved
    return tr("{moved} (favorable)", moved=moved) if good else tr("{moved} (à regarder)", moved=moved)


def _judged(step: AnalysisStep, dimension: str) -> str:
    level = step.appreciation_of(dimension).level
    return level.label if level else tr("À apprécier")


def _appreciation(step: AnalysisStep) -> b.Block:
    tab, kept, locked = step.tab, step.appreciation, bool(step.locked)
    levels = [{"id": level.value, "label": level.label, "help": tr(LEVEL_HELP[level])} for level in Level]
    sure = [{"id": c.value, "label": c.label, "help": tr(CONFIDENCE_HELP[c])} for c in Confidence]
    return b.fields(
        tr("Votre appréciation collective"),
        [
            b.field(
                f"level@{tab}",
                "choice",
                tr("Où en êtes-vous ?"),
                kept.level or "",
                step,
                options=levels,
                readonly=locked,
            ),
            b.field(
                f"why@{tab}",
                "textarea",
                tr("Pourquoi ?"),
                kept.why,
                step,
                max=5000,
                readonly=locked,
                help=tr("Ce qui explique les chiffres, ce qu'ils ne disent pas."),
            ),
            b.field(
                f"confidence@{tab}",
                "choice",
                tr("Le groupe en est-il sûr ?"),
                kept.confidence or "",
                step,
                options=sure,
                readonly=locked,
            ),
        ],
    )


def _quotes(step: AnalysisStep) -> list[b.Block]:
    found = step.verbatims
    items = [
        {
            "id": v.id,
            "title": _quoted(v.text),
            "text": v.who,
            "badges": [] if v.consent else [{"label": tr("Non publié"), "tone": "todo"}],
            "note": "" if v.consent else tr("Sans accord, ce témoignage reste dans le groupe."),
            "retired": False,
            "open": False,
            "actions": [] if step.locked else [b.action("remove_verbatim", tr("Retirer"), "quiet")],
            "fields": [],
        }
        for v in found
    ]
    return [
        {
            "type": "list",
            "legend": tr("Ce que disent les personnes"),
            "items": items,
            "empty": tr("Aucun témoignage pour l'instant."),
        }
    ]


def _quoted(text: str) -> str:
    inner = text.replace("« ", "“").replace(" »", "”").replace("«\u00a0", "“").replace("\u00a0»", "”")
    return tr("« {text} »", text=inner)


def _adding(step: AnalysisStep) -> list[b.Block]:
    if step.locked:
        return []
    draft, tab = step.draft, step.tab
    form = b.fields(
        tr("Ajouter un témoignage"),
        [
            b.field(f"text@{tab}", "textarea", tr("Ce qui a été dit"), draft["text"], step, max=1000),
            b.field(
                f"who@{tab}",
                "text",
                tr("Par qui"),
                draft["who"],
                step,
                help=tr("Une fonction plutôt qu'un nom."),
            ),
            b.field(
                f"consent@{tab}",
                "check",
                tr("La personne accepte que ses mots soient publiés"),
                draft["consent"],
                step,
            ),
        ],
        actions=[b.action("add_verbatim", tr("Ajouter le témoignage"))],
    )
    return [form]


def _analysis_actions(step: AnalysisStep) -> list[b.Block]:
    if step.work.campaign.state is State.ANALYSE:
        return [b.action("close_analysis", tr("Passer à la restitution"), "primary")]
    return (
        [
            b.action(
                "go.restitution", tr("Continuer : {step}", step=State.RESTITUTION.label.lower()), "primary"
            )
        ]
        if step.work.reached(State.RESTITUTION)
        else []
    )
