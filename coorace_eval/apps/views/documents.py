"""Composing the document: its sections one below the other, its language, its Word template."""

from __future__ import annotations

from coorace_eval.apps.steps.base import sentence
from coorace_eval.apps.steps.documents import DocumentsRoom
from coorace_eval.apps.steps.making import TEMPLATE
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.campaign import room
from coorace_eval.apps.views.feedback import downloads
from coorace_eval.campaigns.edition import LARGEST_FILE
from coorace_eval.language import LANGUAGES, tr


def documents(step: DocumentsRoom) -> b.Block:
    """What is in the document, in what order, with what words."""
    blocks = [_sections(step), _language(step), *_template(step), downloads()]
    lead = tr("Chaque choix est enregistré, et vaut pour le PDF, le Word, les diapositives et la page web.")
    return room(step, blocks, [], lead=lead)


def _sections(step: DocumentsRoom) -> b.Block:
    ordered, locked = step.sections, bool(step.locked)
    last = len(ordered) - 1
    items = []
    for rank, (choice, title) in enumerate(ordered):
        fixed = choice.id in step.always_shown
        comment = b.field(
            f"comment@{choice.id}", "textarea", tr("Vos mots, en tête de cette section"),
            choice.comment, step, max=5000, rows=3, width="full", readonly=locked,
        )  # fmt: skip
        shown = b.field(f"shown@{choice.id}", "check", tr("Dans le document"), choice.shown, step,
                        readonly=locked)  # fmt: skip
        items.append(
            {
                "id": choice.id,
                "title": title,
                "shown": choice.shown or fixed,
                "note": _why_it_stays(choice.id) if fixed else "",
                "check": None if fixed else shown,
                "comment": comment,
                "comment_label": tr("Vos mots") if choice.comment else tr("Ajouter vos mots"),
                "up": {**b.action("move_up", tr("Monter")), "disabled": locked or rank == 0},
                "down": {**b.action("move_down", tr("Descendre")), "disabled": locked or rank == last},
            }
        )
    return {
        "type": "arrange",
        "id": "sections",
        "legend": tr("Les sections, dans l'ordre"),
        "hidden": tr("Masquée"),
        "items": items,
    }


def _why_it_stays(section: str) -> str:
    if section == "annexe":
        return tr("Toujours dans le document : elle donne les formules, les sources et ce qui manque.")
    return tr("Toujours dans le document : elle dit comment les chiffres ont été faits.")


def _language(step: DocumentsRoom) -> b.Block:
    choices = [{"id": code, "label": label} for code, label in LANGUAGES.items()]
    chosen = b.field(
        "language", "choice", tr("La langue du document"), step.edition.language, step,
        options=choices, inline=True, readonly=bool(step.locked),
        help=tr("Vos propres mots et les libellés de votre référentiel restent tels qu'ils sont écrits."),
    )  # fmt: skip
    return b.fields(tr("Langue"), [chosen])


def _template(step: DocumentsRoom) -> list[b.Block]:
    removal = {**b.action("remove_template", tr("Retirer"), "quiet"), "item": TEMPLATE}
    chosen = b.field(
        TEMPLATE, "file", tr("Votre modèle"), step.template, step,
        choose=tr("Remplacer le modèle") if step.template else tr("Choisir un modèle"),
        help=tr(
            "Un fichier Word (.docx) à votre en-tête, où des mots entre accolades disent où vont les textes. "
            "Sans modèle, le document Word prend le nôtre."
        ),
        accept=[".docx"], kinds=tr("Choisissez un fichier Word (.docx)."), most=LARGEST_FILE,
        actions=[removal] if step.template and not step.locked else [], readonly=bool(step.locked),
    )  # fmt: skip
    blocks = [
        b.fields(
            tr("Modèle Word"), [chosen],
            actions=[b.action("example_template", tr("Télécharger un modèle d'exemple"))],
        )
    ]  # fmt: skip
    if step.template_problems:
        items = [
            {"text": f"{problem.where} : {sentence(problem)}" if problem.where else sentence(problem)}
            for problem in step.template_problems
        ]
        blocks.append(b.notice("warn", tr("À corriger dans votre modèle"), "", items))
    return blocks
