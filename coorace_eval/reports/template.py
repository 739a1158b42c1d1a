"""The enterprise's own Word template: checked before anything runs, then filled in within a sandbox.

Three gates stand one behind the other. The file must be a plain Word document; its tags must be of a
closed language; and what docxtpl makes of them is read once more, as the tree that Jinja would run.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import TemplateError, TemplateSyntaxError, nodes
from lxml import etree

from coorace_eval.language import tr
from coorace_eval.problems import CooraceError, Problem
from coorace_eval.reports.template_outline import arrange, check_outline
from coorace_eval.reports.template_package import CODE, DOCUMENT, check_package, read_part
from coorace_eval.reports.template_tags import (
    FILTERS,
    GROUPS,
    LISTS,
    OPENING,
    TEXTS,
    WHOLE,
    environment,
)

MOST_WRITTEN = 20_000_000
"""Characters of XML that a filled template may come to."""
_USUAL = 100
"""As many items a list is taken to have, so that a template that passes its check passes later."""
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
"""Signs that no text of people keeps: they say where a part of the report goes."""
_LOGIC = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Filter,
          nodes.For, nodes.If, nodes.Not)  # fmt: skip


def check_template(content: bytes, sections: Iterable[str] = ()) -> list[Problem]:
    """All that is wrong with a Word template, said so that its author can mend it.

    Parameters
    ----------
    content
        The file as it was sent.
    sections
        The sections of the report, as ``reports.sections.available`` names them; where they are known,
        a dimension that does not exist is named too.

    Returns
    -------
    list of Problem
        Empty where the template can be used.
    """
    if found := check_package(content):
        return found
    try:
        document = docx.Document(io.BytesIO(content))
        found = [*check_outline(document, tuple(sections)), *_elsewhere(content, document)]
    except Exception as error:  # noqa: BLE001 – whatever a foreign file makes a reader stumble on
        return [_unreadable(error)]
    if found:
        return found
    try:
        fill(content, sample())
    except CooraceError as error:
        return list(error.problems)
    return []


def fill(content: bytes, told: Mapping[str, Any]) -> Document:
    """The template with its short texts and lists; the parts of the report leave their place marked.

    Parameters
    ----------
    content
        A template that was checked.
    told
        A text by name, and a list of dictionaries of texts by name, as ``LISTS`` says.

    Raises
    ------
    CooraceError
        When the template holds what is not allowed, or would grow beyond measure (``RAP-003``).
    """
    made = _Filled(io.BytesIO(content))
    made.sizes = {name: max(len(told[name]), _USUAL) for name in LISTS}
    made.env.finalize = _written
    marks = {name: place(name) for name in WHOLE}
    groups: dict[str, Any] = {name: _Places(name) for name in GROUPS}
    try:
        made.init_docx()
        arrange(made.docx)
        _without_properties(made.docx)
        made.render({**told, **marks, **groups}, made.env, autoescape=True)
        out = io.BytesIO()
        made.save(out)
        return _closed(docx.Document(out))
    except CooraceError:
        raise
    except Exception as error:  # noqa: BLE001 – docxtpl and Jinja fail in many ways on foreign files
        raise CooraceError(tr("Modèle Word"), [_unreadable(error)]) from error


def place(name: str) -> str:
    """What stands in the filled template where a part of the report goes."""
    return f"{_OPEN}{name}{_CLOSE}"


def placed(text: str) -> str:
    """The name of the part of the report that goes where this text stands; empty where none does."""
    text = text.strip()
    return text[1:-1] if text.startswith(_OPEN) and text.endswith(_CLOSE) else ""


def sample() -> dict[str, Any]:
    """What fills a template for a trial: each text, and two items in each list."""
    texts: dict[str, Any] = {name: tr(meaning) for name, meaning in TEXTS.items()}
    for name, fields in LISTS.items():
        texts[name] = [{field: tr(meaning) for field, meaning in fields.items()} for _ in range(2)]
    return texts


class _Places:
    """The parts of the report by name: ``section.cibles``, ``dimension.emploi``."""

    def __init__(self, group: str) -> None:
        self._group = group

    def __getattr__(self, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        return place(name if self._group == "section" else f"{self._group}.{name}")


class _Filled(DocxTemplate):  # type: ignore[misc]
    """A template of docxtpl that reads what it is about to run, and takes no XML that is not whole."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.env = environment()
        self.sizes: dict[str, int] = {}

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        """Fill one part, once its tree is known to hold nothing but the closed language."""
        check_tree(src_xml, self.sizes)
        filled: str = super().render_xml_part(src_xml, part, context, jinja_env)
        return filled

    def fix_tables(self, xml: str) -> Any:
        """The body as a tree; no loop adds columns, so there is no table to mend."""
        return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))


def check_tree(source: str, sizes: Mapping[str, int] | None = None) -> None:
    """Read as Jinja would what is about to be run, and let nothing else through.

    Parameters
    ----------
    source
        The XML of a part with its tags.
    sizes
        How many items each list has.

    Raises
    ------
    CooraceError
        When it holds anything but names, filters, loops and conditions of the closed language, or would
        come to more than ``MOST_WRITTEN`` characters (``RAP-003``).
    """
    try:
        tree = environment().parse(source)
    except (TemplateSyntaxError, RecursionError) as error:
        cause = tr("Une balise est mal écrite.")
        raise CooraceError(
            tr("Modèle Word"), [Problem(CODE, "", cause, tr("Vérifiez ses accolades."))]
        ) from error
    odd = next(_odd(tree, frozenset()), None)
    if odd is not None:
        cause = tr("Une balise fait autre chose que nommer une information.")
        raise CooraceError(tr("Modèle Word"), [Problem(CODE, odd, cause)])
    if _weight(tree, {name: _USUAL for name in LISTS} | dict(sizes or {})) > MOST_WRITTEN:
        cause = tr("Une fois rempli, le document serait démesuré.")
        raise CooraceError(tr("Modèle Word"), [Problem(CODE, "", cause, tr("Raccourcissez les boucles."))])


def _odd(node: nodes.Node, loops: frozenset[str]) -> Iterator[str]:
    """What is not of the closed language, each by its kind."""
    if not isinstance(node, _LOGIC):
        yield type(node).__name__
    elif isinstance(node, nodes.For):
        whole = isinstance(node.iter, nodes.Name) and node.iter.name in LISTS
        plain = isinstance(node.target, nodes.Name) and not (node.test or node.recursive or node.else_)
        if loops or not whole or not plain:
            yield "For"
            return
        inner = frozenset({node.target.name} if isinstance(node.target, nodes.Name) else ())
        for child in node.body:
            yield from _odd(child, inner)
        return
    elif isinstance(node, nodes.Name) and node.name not in {*TEXTS, *LISTS, *WHOLE, *GROUPS, *loops}:
        yield node.name
    elif isinstance(node, nodes.Getattr) and not _known(node, loops):
        yield node.attr
    elif isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.args or node.kwargs):
        yield node.name
    for child in node.iter_child_nodes():
        yield from _odd(child, loops)


def _known(node: nodes.Getattr, loops: frozenset[str]) -> bool:
    if not isinstance(node.node, nodes.Name) or node.attr.startswith("_"):
        return False
    fields = {field for has in LISTS.values() for field in has}
    return node.node.name in GROUPS or (node.node.name in loops and node.attr in fields)


def _weight(node: nodes.Node, sizes: Mapping[str, int]) -> int:
    """How many characters a tree comes to, taking each loop as often as it turns."""
    if isinstance(node, nodes.TemplateData):
        return len(node.data)
    times = sizes[node.iter.name] if isinstance(node, nodes.For) and isinstance(node.iter, nodes.Name) else 1
    return times * sum(_weight(child, sizes) for child in node.iter_child_nodes())


class _Written(str):
    """A text that is XML already: Jinja escapes what has no such method, and only that."""

    def __html__(self) -> str:
        return str(self)


def _written(value: object) -> _Written:
    """A text as XML, without a brace that docxtpl could take for its own."""
    return _Written(escape(str(value)).replace("{", "&#123;").replace("}", "&#125;"))


def _without_properties(document: Document) -> None:
    """The document's properties say nothing that docxtpl would read as tags."""
    properties = document.core_properties
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        setattr(properties, name, "")


def _closed(document: Document) -> Document:
    """A cell that a condition emptied keeps the paragraph that Word asks for."""
    for cell in document.element.body.iter(qn("w:tc")):
        if len(cell) == 0 or cell[-1].tag != qn("w:p"):
            cell.append(cell.makeelement(qn("w:p"), {}))
    return document


def _elsewhere(content: bytes, document: Document) -> Iterator[Problem]:
    """Tags in parts that are not filled in, such as notes, comments and properties."""
    filled = {DOCUMENT} | {
        relation.target_part.partname.lstrip("/")
        for relation in document.part.rels.values()
        if not relation.is_external and relation.reltype.endswith(("/header", "/footer"))
    }
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if name in filled or not name.endswith(".xml"):
                continue
            told = "".join(read_part(package, name).itertext())
            if match := OPENING.search(told):
                cause = tr("Une balise est placée dans une partie qui n'est pas remplie.")
                hint = tr("Mettez-la dans le texte, l'en-tête ou le pied de page.")
                yield Problem(CODE, f"{name}, «\u00a0{told[match.start() :][:40]}\u00a0»", cause, hint)


def _unreadable(error: Exception) -> Problem:
    broken = isinstance(error, (etree.XMLSyntaxError, TemplateError))
    cause = (
        tr("Une boucle ou une condition s'ouvre à un endroit et se ferme à un autre.")
        if broken
        else tr("Le modèle n'a pas pu être lu jusqu'au bout.")
    )
    hint = tr("Ouvrez-le dans votre traitement de texte et enregistrez-le à nouveau au format .docx.")
    return Problem(CODE, "", cause, hint)
