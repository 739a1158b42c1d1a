"""The restitution: what is ready, the documents to hand out, the rooms where they are made, the charts."""

from __future__ import annotations

from coorace_eval.apps.steps.feedback import FeedbackStep
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.campaign import frame
from coorace_eval.campaigns.model import State
from coorace_eval.language import mark, tr, trn
from coorace_eval.vocabulary import ValueStatus

MOST_GAPS = 10
FORMS = (
    ("pdf", mark("PDF"), mark("À remettre : il se lit partout, et se dit à voix haute.")),
    (
        "docx",
        mark("Word"),
        mark("À reprendre : vous complétez le texte, dans votre modèle si vous en avez un."),
    ),
    (
        "pptx",
        mark("PowerPoint"),
        mark("Pour l'assemblée : des diapositives, des graphiques qui se modifient."),
    ),
    ("html", mark("Page web"), mark("À mettre en ligne : un seul fichier, sans rien chercher ailleurs.")),
)
"""The forms of the document: its ending, its name, what it is for."""
ROOMS = (
    (
        "presentation",
        mark("Présenter en réunion"),
        mark("Vos chiffres en grand, au clavier. L'appréciation se change devant tout le monde."),
    ),
    (
        "documents",
        mark("Composer le document"),
        mark("Choisissez les sections, leur ordre, et ajoutez vos mots."),
    ),
    ("plaquette", mark("Faire la plaquette"), mark("Une page à vos couleurs, à laisser à vos partenaires.")),
    (
        "relecture",
        mark("Relire nos textes"),
        mark("Les mots à éclairer et les phrases à alléger, avant de publier."),
    ),
    ("chiffre", mark("D'où vient ce chiffre ?"), mark("Saisissez la référence lue sur le papier.")),
)


def feedback(step: FeedbackStep) -> b.Block:
    """What is ready, the documents, the rooms, then the charts and what is missing."""
    from coorace_eval.apps.views.figures import figures

    blocks = [_ready(step), downloads(), _rooms(), *figures(step.work), _gaps(step)]
    ending = (
        [b.action("close_feedback", tr("Passer au suivi"), "primary")]
        if step.work.campaign.state is State.RESTITUTION
        else [b.action("go.suivi", tr("Continuer : {step}", step=State.SUIVI.label.lower()), "primary")]
    )
    return frame(step, blocks, ending)


def downloads() -> b.Block:
    """The document in its four forms, each with what it is for."""
    items = [
        {
            "id": form,
            "title": tr(name),
            "text": tr(purpose),
            "badges": [],
            "note": "",
            "retired": False,
            "open": False,
            "fields": [],
            "actions": [b.action("download", tr("Télécharger"), "primary" if form == "pdf" else "secondary")],
        }
        for form, name, purpose in FORMS
    ]
    return {"type": "list", "id": "documents", "legend": tr("Le document"), "items": items, "empty": ""}


def _ready(step: FeedbackStep) -> b.Block:
    ready = step.readiness
    items = [
        {"label": tr("Indicateurs calculés"), "value": _of(*ready.figures)},
        {"label": tr("Appréciations écrites"), "value": _of(*ready.appreciations)},
        {"label": tr("Témoignages à publier"), "value": str(ready.quotes[0])},
        {"label": tr("Décisions prises"), "value": str(ready.decisions)},
    ]
    kept_back = ready.quotes[1] - ready.quotes[0]
    note = trn(
        "{n} témoignage reste dans le groupe, sans accord pour le publier.",
        "{n} témoignages restent dans le groupe, sans accord pour les publier.",
        kept_back,
    )
    facts = {"type": "facts", "items": items, "compact": True}
    return b.group(tr("Ce qui est prêt"), [facts, b.text(note) if kept_back else None])


def _of(there: int, wanted: int) -> str:
    return tr("{n} sur {all}", n=there, all=wanted)


def _rooms() -> b.Block:
    doors = [
        {"action": b.action(f"room.{name}", tr(title)), "title": tr(title), "text": tr(text)}
        for name, title, text in ROOMS
    ]
    return b.group(tr("Préparer et présenter"), [{"type": "doors", "items": doors}])


def _gaps(step: FeedbackStep) -> b.Block:
    gaps = step.work.results.select(year=step.work.year).gaps()
    rows = [
        (
            gap.label,
            ValueStatus(gap.status).label,
            trn("{n} indicateur", "{n} indicateurs", gap.count),
            gap.source or "–",
        )
        for gap in gaps.itertuples(index=False)
    ]
    title = (
        trn("Ce qui manque encore : {n} donnée", "Ce qui manque encore : {n} données", len(rows))
        if rows
        else tr("Il ne manque rien")
    )
    columns = [
        (tr("Donnée"), False),
        (tr("Statut"), False),
        (tr("Ce qui l'attend"), False),
        (tr("Où la trouver"), False),
    ]
    caption = tr("Données manquantes, les plus attendues d'abord")
    shown_rows = b.table(caption, columns, rows[:MOST_GAPS], tr("Toutes les données sont là."))
    left = len(rows) - MOST_GAPS
    rest = b.text(
        trn(
            "Et {n} autre donnée, que la collecte et le document listent.",
            "Et {n} autres données, que la collecte et le document listent.",
            left,
        )
    )
    return b.group(title, [shown_rows, rest if left > 0 else None])
