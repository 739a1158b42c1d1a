"""Every text that an enterprise or a référentiel says in its own name, in the order it is read.

Cards and quotes are not here: they are the words of the people who said them, and stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from coorace_eval.campaigns.edition import Edition
from coorace_eval.campaigns.framing import FRAMING
from coorace_eval.campaigns.story import Story
from coorace_eval.language import mark, tr
from coorace_eval.referential import Overlay, Referential


class Place(NamedTuple):
    """Where a text stands: what it is part of, the thing it is said of, and which of its texts it is."""

    part: str
    id: str
    field: str

    @property
    def key(self) -> str:
        """The place as one word."""
        return "@".join(self)

    def __str__(self) -> str:
        """The place as people read it in a list: « indicateur taux_sorties : définition »."""
        return " : ".join(filter(None, [f"{tr(PARTS[self.part])} {self.id}".strip(), tr(FIELDS[self.field])]))


PARTS = {
    "referentiel": mark("référentiel"),
    "dimension": mark("dimension"),
    "contribution": mark("contribution"),
    "indicateur": mark("indicateur"),
    "donnee": mark("donnée"),
    "source": mark("source"),
    "parametre": mark("paramètre"),
    "regle": mark("règle"),
    "axe": mark("détail"),
    "cadrage": mark("cadrage"),
    "adaptation": mark("référentiel de l'entreprise"),
    "appreciation": mark("appréciation"),
    "decision": mark("décision"),
    "document": mark("document"),
}
FIELDS = {
    "": "",
    "label": mark("libellé"),
    "statement": mark("présentation"),
    "question": mark("question"),
    "criterion": mark("critère"),
    "definition": mark("définition"),
    "note": mark("note"),
    "help": mark("aide"),
    "message": mark("message"),
    "because": mark("pourquoi l'indicateur n'est pas gardé"),
    "why": mark("pourquoi"),
    "comment": mark("vos mots"),
}
_ASKED = tuple(field.id for field in FRAMING if field.kind == "texte")


def texts_of(referential: Referential) -> Iterator[tuple[Place, str]]:
    """The texts of a référentiel: labels, questions, definitions, helps, notes, messages of rules."""
    found = referential
    things: list[tuple[str, Iterable[object], tuple[str, ...]]] = [
        ("referentiel", [found], ("label", "statement")),
        ("dimension", found.dimensions, ("label", "question")),
        ("contribution", found.contributions, ("label", "criterion")),
        ("indicateur", found.indicators, ("label", "definition", "note")),
        ("donnee", found.variables, ("label", "question", "help")),
        ("source", found.sources, ("label",)),
        ("parametre", found.parameters, ("label", "help")),
        ("axe", found.axes, ("label",)),
    ]
    for part, items, fields in things:
        for item in items:
            for field in fields:
                if text := str(getattr(item, field)).strip():
                    yield Place(part, getattr(item, "id", ""), field), text
    for rank, rule in enumerate(found.rules, 1):
        yield Place("regle", str(rank), "message"), rule.message


def texts_of_story(story: Story, edition: Edition | None = None) -> Iterator[tuple[Place, str]]:
    """The texts of a campaign, in the order in which the démarche writes them."""
    for id in _ASKED:
        if story.framing.get(id, "").strip():
            yield Place("cadrage", id, ""), story.framing[id]
    if story.campaign.overlay is not None:
        yield from texts_of_overlay(story.campaign.overlay)
    for appreciation in story.appreciations:
        if appreciation.why.strip():
            yield Place("appreciation", appreciation.dimension, "why"), appreciation.why
    for decision in story.decisions:
        if decision.label.strip():
            yield Place("decision", decision.id, "label"), decision.label
    for choice in edition.sections if edition else ():
        if choice.comment.strip():
            yield Place("document", choice.id, "comment"), choice.comment


def texts_of_overlay(overlay: Overlay) -> Iterator[tuple[Place, str]]:
    """What an enterprise says in its own words in its référentiel."""
    for field, said in (("label", overlay.relabel), ("help", overlay.help)):
        yield from ((Place("adaptation", id, field), text) for id, text in said.items())
    for retired in overlay.retire:
        yield Place("adaptation", retired.id, "because"), retired.because
    for indicator in overlay.add.indicators:
        if indicator.id not in overlay.relabel:
            yield Place("adaptation", indicator.id, "label"), indicator.label


def reworded(overlay: Overlay, place: Place, text: str) -> Overlay:
    """An overlay with one of its texts said otherwise.

    Raises
    ------
    KeyError
        When the overlay has no such text.
    """
    if place not in dict(texts_of_overlay(overlay)):
        raise KeyError(place.key)
    id = place.id
    changes: dict[str, object]
    if place.field == "because":
        kept = tuple(r.changed(because=text) if r.id == id else r for r in overlay.retire)
        changes = {"retire": kept}
    elif place.field == "help":
        changes = {"help": {**overlay.help, id: text}}
    elif id in overlay.relabel:
        changes = {"relabel": {**overlay.relabel, id: text}}
    else:
        added = tuple(i.changed(label=text) if i.id == id else i for i in overlay.add.indicators)
        changes = {"add": overlay.add.changed(indicators=added)}
    return Overlay.model_validate(overlay.changed(**changes).model_dump())


def recommented(edition: Edition, section: str, comment: str) -> Edition:
    """The choices of a document with another comment on one section."""
    return replace(
        edition,
        sections=tuple(
            replace(choice, comment=comment) if choice.id == section else choice
            for choice in edition.sections
        ),
    )
