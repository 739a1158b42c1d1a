"""The closed language of a Word template: the names, the loops and the conditions there are.

Nothing else is known: no call, no assignment, no macro, no inclusion. A tag is read as Jinja reads it,
and only the few shapes below are let through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from coorace_eval.language import mark, tr
from coorace_eval.problems import did_you_mean

TEXTS = {
    "nom": mark("Le nom de l'entreprise"),
    "nom_court": mark("Le nom de l'entreprise, raccourci pour un en-tête"),
    "annee": mark("L'exercice"),
    "titre": mark("Le titre du document"),
    "conventionnements": mark("Les conventionnements de l'entreprise"),
    "territoire": mark("La commune, le département et la région"),
    "referentiel": mark("Le référentiel, sa version et son empreinte"),
    "date_des_donnees": mark("Le jour où les données sont arrêtées"),
}
"""Short texts, to be put anywhere."""
LISTS: dict[str, dict[str, str]] = {
    "chiffres": {
        "label": mark("Le nom de l'indicateur"),
        "valeur": mark("Sa valeur pour l'exercice"),
        "unite": mark("Son unité, là où elle est écrite à part"),
        "reference": mark("La référence qui permet de retrouver d'où il vient"),
    },
    "decisions": {
        "texte": mark("La décision"),
        "precisions": mark("Qui, et pour quand"),
        "etat": mark("À faire, fait ou pas encore fait"),
    },
    "temoignages": {"texte": mark("Ce qui a été dit"), "qui": mark("Par qui")},
    "faits": {"label": mark("L'intitulé"), "texte": mark("Ce que dit la page de titre")},
}
"""Lists, to be gone through one item at a time, and what each item has."""
WHOLE = {
    "corps": mark("Toutes les sections qui ne sont pas placées ailleurs, dans l'ordre choisi"),
    "sommaire": mark("Le sommaire"),
}
SECTIONS = ("demarche", "appreciation", "cibles", "reseau", "manques", "decisions", "annexe")
GROUPS = ("section", "dimension")
FILTERS = {"upper": mark("En capitales"), "lower": mark("En minuscules")}
DEEPEST, LONGEST = 6, 200

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
OPENING = re.compile(r"\{\{|\{%|\{#")
_SHAPE = re.compile(r"\{([{%])(p|tr)?\s+(.*?)\s*[}%]\}\Z|\{([{%])\s*(.*?)\s*[}%]\}\Z", re.DOTALL)
_FOR = re.compile(r"for\s+(\w+)\s+in\s+(\w+)\Z")
_LETTER = re.compile(r"[^\W\d_]\w*\Z")


def environment() -> SandboxedEnvironment:
    """Jinja as a template meets it: no global, two filters, and everything written as text."""
    made = SandboxedEnvironment(autoescape=True)
    made.globals.clear()
    made.tests.clear()
    kept = {name: made.filters[name] for name in FILTERS}
    made.filters.clear()
    made.filters.update(kept)
    return made


@dataclass(frozen=True)
class Tag:
    """A tag as its author wrote it.

    Parameters
    ----------
    found
        The text of the tag.
    word
        ``texte``, ``for``, ``endfor``, ``if``, ``else`` or ``endif``; empty where it cannot be read.
    inside
        What it names: an expression, or the condition.
    variable
        What a loop calls each item.
    reach
        ``p`` or ``tr`` where the author says that the tag takes the paragraph or the row.
    """

    found: str
    word: str
    inside: str = ""
    variable: str = ""
    reach: str = ""

    @property
    def opens(self) -> str:
        """``for`` or ``if`` where the tag opens a block, well written or not."""
        word = self.word or (re.findall(r"\w+", self.inside) or [""])[0]
        return word if word in ("for", "if") else ""

    @property
    def whole(self) -> str:
        """The part of the report that the tag stands for, such as ``corps``; empty where it is a text."""
        name = self.inside.replace(" ", "")
        return name if self.word == "texte" and (name in WHOLE or name.partition(".")[0] in GROUPS) else ""


def read_tag(found: str) -> Tag:
    """What a tag says; its word is empty where it is none of those there are."""
    straight = found.translate({0x201C: '"', 0x201D: '"', 0x2018: "'", 0x2019: "'", 0xA0: " ", 0x202F: " "})
    shape = _SHAPE.match(straight) if len(straight) <= LONGEST else None
    if shape is None:
        return Tag(found, "")
    opening, reach, said = shape[1] or shape[4], shape[2] or "", shape[3] or shape[5] or ""
    if opening == "{":
        return Tag(found, "texte", said, reach=reach)
    if loop := _FOR.match(said):
        return Tag(found, "for", loop[2], loop[1], reach)
    if said.startswith("if "):
        return Tag(found, "if", said.removeprefix("if ").strip(), reach=reach)
    return Tag(found, said if said in ("endfor", "else", "endif") else "", said, reach=reach)


def check_tag(tag: Tag, loops: Mapping[str, str], sections: Iterable[str]) -> tuple[str, str]:
    """What is wrong with a tag by itself, and what helps; two empty texts where it is right.

    Parameters
    ----------
    tag
        The tag.
    loops
        The loops it stands in: what each calls its items, and the list it goes through.
    sections
        The sections of the référentiel, where they are known.
    """
    if not tag.word:
        return _unread(tag)
    if tag.word == "for":
        return _loop(tag, loops)
    if tag.word not in ("texte", "if"):
        return "", ""
    asked = tag.inside.removeprefix("not ").strip() if tag.word == "if" else tag.inside
    try:
        body = environment().parse("{{ " + asked + " }}").body
    except (TemplateSyntaxError, RecursionError):
        return tr("Cette balise est mal écrite."), tr("Écrivez un nom, comme {tag}.", tag="{{ nom }}")
    shown = [node for out in body if isinstance(out, nodes.Output) for node in out.nodes]
    shown = [node for node in shown if not (isinstance(node, nodes.TemplateData) and not node.data.strip())]
    if len(shown) != 1 or len(body) != 1:
        return tr("Cette balise est mal écrite."), tr("Écrivez un nom, comme {tag}.", tag="{{ nom }}")
    return _expression(shown[0], loops, sections, condition=tag.word == "if")


def _unread(tag: Tag) -> tuple[str, str]:
    word = (re.findall(r"\w+", tag.inside) or [""])[0]
    known = tr("Les seules consignes sont for, endfor, if, else et endif.")
    if word == "for":
        most = tr("Écrivez {tag}.", tag="{% for c in chiffres %}")
        return tr("Cette boucle est mal écrite."), most
    words = ["for", "endfor", "if", "else", "endif"]
    if not word or word in words:
        return tr("Cette balise est mal écrite."), known
    near = did_you_mean(word, words)
    return tr("La consigne «\u00a0{word}\u00a0» n'est pas admise.", word=word[:40]), near or known


def _loop(tag: Tag, loops: Mapping[str, str]) -> tuple[str, str]:
    if loops:
        return tr("Une boucle ne peut pas en contenir une autre."), tr("Fermez la première avant.")
    if tag.inside not in LISTS:
        hint = did_you_mean(tag.inside, LISTS) or tr("Les listes sont {names}.", names=", ".join(LISTS))
        return tr("La liste «\u00a0{name}\u00a0» n'existe pas.", name=tag.inside[:40]), hint
    if not _LETTER.match(tag.variable) or tag.variable in {*TEXTS, *LISTS, *WHOLE, *GROUPS}:
        hint = tr("Choisissez un nom court, comme {tag}.", tag="c")
        return tr("Le nom «\u00a0{name}\u00a0» ne convient pas ici.", name=tag.variable[:40]), hint
    return "", ""


def _expression(
    node: nodes.Node, loops: Mapping[str, str], sections: Iterable[str], *, condition: bool
) -> tuple[str, str]:
    if isinstance(node, nodes.Filter) and isinstance(node.node, nodes.Node):
        if node.name not in FILTERS or node.args or node.kwargs or isinstance(node.node, nodes.Filter):
            hint = did_you_mean(node.name, FILTERS) or tr("Il y a {names}.", names=" et ".join(FILTERS))
            return tr("Le filtre «\u00a0{name}\u00a0» n'est pas admis.", name=node.name[:40]), hint
        if isinstance(node.node, nodes.Name) and node.node.name in WHOLE:
            return tr("Un filtre ne s'applique qu'à un texte."), tr("Retirez le filtre.")
        return _expression(node.node, loops, sections, condition=condition)
    if isinstance(node, nodes.Name):
        return _name(node.name, loops, condition=condition)
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return _member(node.node.name, node.attr, loops, sections)
    if isinstance(node, nodes.Call):
        return tr("Un appel n'est pas admis dans un modèle."), tr("Retirez les parenthèses.")
    hint = tr("Écrivez un nom, comme {tag}.", tag="{{ nom }}")
    return tr("Cette balise fait autre chose que nommer une information."), hint


def _name(name: str, loops: Mapping[str, str], *, condition: bool) -> tuple[str, str]:
    if name in TEXTS or name in WHOLE or (condition and name in LISTS):
        return "", ""
    if name in LISTS:
        hint = tr("Écrivez {tag}.", tag=f"{{% for x in {name} %}} … {{% endfor %}}")
        return tr("«\u00a0{name}\u00a0» est une liste\u00a0: elle se parcourt.", name=name), hint
    if name in loops:
        one = f"{{{{ {name}.{next(iter(LISTS[loops[name]]))} }}}}"
        return tr("Dites ce que l'on montre de «\u00a0{name}\u00a0».", name=name), tr(
            "Écrivez {tag}.", tag=one
        )
    known = [*TEXTS, *WHOLE, *LISTS, *loops, *(f"section.{id}" for id in SECTIONS)]
    hint = did_you_mean(name, known) or tr("La liste des noms est dans docs/modele_word.md.")
    return tr("Le nom «\u00a0{name}\u00a0» n'existe pas.", name=name[:40]), hint


def _member(of: str, name: str, loops: Mapping[str, str], sections: Iterable[str]) -> tuple[str, str]:
    if of in loops:
        known: list[str] = list(LISTS[loops[of]])
    elif of == "section":
        known = list(SECTIONS)
    elif of == "dimension":
        known = [id.partition(".")[2] for id in sections if id.startswith("dimension.")]
        if not known and not name.startswith("_"):
            return "", ""
    else:
        hint = did_you_mean(of, [*loops, *GROUPS]) or tr("La liste des noms est dans docs/modele_word.md.")
        return tr("Le nom «\u00a0{name}\u00a0» n'existe pas ici.", name=f"{of}.{name}"[:60]), hint
    if name in known:
        return "", ""
    hint = did_you_mean(name, known) or tr("Il y a {names}.", names=", ".join(known[:12]))
    return tr("«\u00a0{of}\u00a0» n'a pas de «\u00a0{name}\u00a0».", of=of[:40], name=name[:40]), hint
