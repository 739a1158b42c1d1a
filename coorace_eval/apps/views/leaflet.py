"""The leaflet: its page on one side, what it is made of on the other."""

from __future__ import annotations

import base64
from typing import Any

from coorace_eval.apps.steps.leaflet import MOST_SIGNS, LeafletRoom
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.campaign import room
from coorace_eval.campaigns.edition import LARGEST_FILE, MOST_FIGURES
from coorace_eval.language import mark, tr
from coorace_eval.problems import CooraceError

_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")


def leaflet(step: LeafletRoom) -> b.Block:
    """What is on the page, and the page itself as it will be printed."""
    left = [_layout(step), _words(step), _colours(step), _images(step), _figures(step)]
    columns = {"type": "columns", "id": "plaquette", "left": left, "right": _page(step)}
    lead = tr(
        "Une page à vos couleurs, à laisser à vos partenaires. Ce que vous ne choisissez pas l'est pour vous."
    )
    return room(step, [columns], [], lead=lead)


def _page(step: LeafletRoom) -> list[b.Block]:
    """The page as it is now, and what was changed so that people can read it."""
    try:
        shown = step.shown
    except CooraceError as error:
        said = " ".join(problem.cause for problem in error.problems)
        return [b.notice("warn", tr("La plaquette ne se dessine pas"), said)]
    picture = {
        "type": "picture",
        "id": "apercu",
        "src": f"data:image/jpeg;base64,{base64.b64encode(shown.picture).decode('ascii')}",
        "alt": shown.alt,
        "width": 800,
        "height": 1131,
        "page": True,
        "caption": tr("La page telle qu'elle sera imprimée, en A4."),
    }
    downloads = [
        b.action("download_pdf", tr("Télécharger (PDF)"), "primary"),
        b.action("download_png", tr("Télécharger l'image (PNG)")),
    ]
    blocks: list[b.Block] = [picture, {"type": "buttons", "id": "telecharger", "actions": downloads}]
    if shown.cut:
        text = tr("Nous avons raccourci : {what}.", what=", ".join(shown.cut))
        blocks.append(b.notice("warn", tr("Tout ne tient pas sur une page"), text))
    return blocks


def _layout(step: LeafletRoom) -> b.Block:
    from coorace_eval.reports.leaflet import layouts

    choices = [{"id": name, "label": title, "help": said} for name, title, said in layouts()]
    chosen = b.field(
        "layout", "choice", tr("La mise en page"), step.held.layout, step, options=choices,
        readonly=bool(step.locked), width="full",
    )  # fmt: skip
    return b.fields(tr("Mise en page"), [chosen])


def _figures(step: LeafletRoom) -> b.Block:
    """The figures on the page, in order; then all the others, with their values."""
    locked, figures = bool(step.locked), {f.id: f for f in step.work.referential.indicators}
    values = _values(step)
    last = len(step.figures) - 1
    items = [
        {
            "id": id,
            "title": figures[id].label,
            "shown": True,
            "note": values[id],
            "check": _tick(step, id, tr("Sur la plaquette"), ticked=True),
            "comment": None,
            "up": {**b.action("move_up", tr("Monter")), "disabled": locked or rank == 0},
            "down": {**b.action("move_down", tr("Descendre")), "disabled": locked or rank == last},
        }
        for rank, id in enumerate(step.figures)
    ]
    chosen = {"type": "arrange", "id": "chiffres", "legend": tr("Les chiffres, dans l'ordre"), "hidden": "",
              "items": items}  # fmt: skip
    note = step.told() if step.choice.figures else tr("{said}, choisis pour vous.", said=step.told())
    blocks: list[b.Block] = [chosen, b.text(note)]
    if step.choice.figures and not locked:
        back = b.action("usual_figures", tr("Choisir les chiffres pour moi"), "quiet")
        blocks.append({"type": "buttons", "id": "chiffres_usuels", "actions": [back]})
    return b.group(tr("Vos chiffres"), [*blocks, _others(step, values)])


def _others(step: LeafletRoom, values: dict[str, str]) -> b.Block | None:
    """The figures that are not on the page, by dimension."""
    groups, there = [], frozenset(step.figures)
    for dimension in step.work.referential.dimensions:
        ticks = [
            _tick(step, f.id, tr("{label} : {value}", label=f.label, value=values[f.id]), ticked=False)
            for contribution in dimension.contributions
            for f in contribution.indicators
            if f.id not in there
        ]
        if ticks:
            folded = tr("{dimension} ({n})", dimension=dimension.label, n=len(ticks))
            groups.append(
                {**b.boxes(f"figures.{dimension.id}", dimension.label, ticks, step), "folded": folded}
            )
    if not groups:
        return None
    return b.fields(tr("Ajouter un chiffre"), groups, tr("{most} au plus.", most=MOST_FIGURES))


def _tick(step: LeafletRoom, id: str, label: str, *, ticked: bool) -> b.Block:
    return b.field(f"figure@{id}", "check", label, ticked, step, readonly=bool(step.locked))


def _values(step: LeafletRoom) -> dict[str, str]:
    """The value of each figure with its unit, or why there is none."""
    from coorace_eval.reports.leaflet_content import told_figures

    work = step.work
    return told_figures(work.results, work.enterprise, work.year)


def _words(step: LeafletRoom) -> b.Block:
    from coorace_eval.reports.leaflet_content import TITLE

    locked, choice = bool(step.locked), step.choice
    quotes = step.quotes
    fields = [
        b.field("title", "text", tr("Le titre, dans vos mots"), choice.title, step, max=MOST_SIGNS["title"],
                help=tr("Sans titre, la plaquette dit : « {title} ».", title=tr(TITLE)), width="full",
                readonly=locked),
        b.field("text", "textarea", tr("Un texte court"), choice.text, step, max=MOST_SIGNS["text"], rows=4,
                help=tr("Qui vous êtes, ce que vous faites, pour qui. Deux ou trois phrases suffisent."),
                width="full", readonly=locked),
        b.field("verbatim", "select", tr("Une parole"), step.held.verbatim, step,
                options=b.options(quotes, tr("Choisie pour vous")), width="full", readonly=locked,
                help=tr("Seules les paroles dont la personne a donné son accord sont proposées.") if quotes
                else tr("Aucune parole n'a d'accord pour être publiée ; on l'ajoute à l'étape Analyse.")),
        b.field("contact", "text", tr("Comment vous joindre"), choice.contact, step,
                max=MOST_SIGNS["contact"], help=tr("Un nom, un téléphone, une adresse."), width="full",
                readonly=locked),
    ]  # fmt: skip
    return b.fields(tr("Vos mots"), fields)


def _colours(step: LeafletRoom) -> b.Block:
    labels = (tr("La première couleur"), tr("La deuxième couleur"))
    helps = (
        tr("Six signes après un dièse, comme #0B5C8F."),
        tr("Pour ce qui ressort. Vide, une nuance de la première la remplace."),
    )
    fields = [
        b.field(name, "colour", label, typed, step, max=7, help=said, readonly=bool(step.locked), usual=usual,
                pick=tr("{label}, dans une palette", label=label))
        for name, label, said, typed, usual in zip(
            ("colour_main", "colour_second"), labels, helps, step.choice.colours, step.usual_colours,
            strict=True,
        )
    ]  # fmt: skip
    return b.fields(tr("Vos couleurs"), fields, _changes(step))


def _changes(step: LeafletRoom) -> str:
    """What was changed of the colours, in a sentence; how they are looked after otherwise."""
    try:
        told = " ".join(step.shown.changes)
    except CooraceError:
        told = ""
    return told or tr("Si une couleur se lit mal, nous la fonçons et nous le disons ici.")


_PARTS: tuple[tuple[str, str, str, str, str, tuple[str, ...], str], ...] = (
    (
        "logo", mark("Votre logo"), mark("Choisir un logo"), mark("Remplacer le logo"),
        mark("PNG, JPEG ou SVG ; un fond transparent est le mieux."), (*_PICTURES, ".svg"), "image/png",
    ),
    (
        "photo", mark("Une photo"), mark("Choisir une photo"), mark("Remplacer la photo"),
        mark("Avec l'accord des personnes qu'on y voit. Son lieu et son appareil sont effacés."), _PICTURES,
        "image/jpeg",
    ),
)  # fmt: skip


def _images(step: LeafletRoom) -> b.Block:
    fields = []
    for part, label, choose, replace_, said, accept, shrink in _PARTS:
        kept = step.assets[part]
        more: dict[str, Any] = {"accept": list(accept), "most": LARGEST_FILE, "shrink": shrink}
        removal = {**b.action("remove_image", tr("Retirer"), "quiet"), "item": part}
        fields.append(b.field(
            part, "file", tr(label), kept.name if kept else "", step, help=tr(said),
            choose=tr(replace_) if kept else tr(choose), kinds=tr("Choisissez une image PNG ou JPEG."),
            actions=[removal] if kept and not step.locked else [], readonly=bool(step.locked), **more,
        ))  # fmt: skip
    return b.fields(tr("Vos images"), fields)
