"""How a report becomes one page of HTML: a template, a style and its fonts, all in one file.

Text written by people is escaped by the template engine and never read as markup. The page asks
nothing of anyone: its own policy forbids scripts and every request, even to a browser that would.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from lxml import etree

from coorace_eval.charts.words import shorten, typeset
from coorace_eval.language import speaking, tr

if TYPE_CHECKING:
    from coorace_eval.reports.content import Block, Cell, Figure, Report, Section, Table

TEMPLATES = Path(__file__).parent / "templates"
FONTS = Path(__file__).parents[1] / "apps/templates/voila/templates/coorace/static/fonts"
"""The fonts of the screens: the same letters, in the form that browsers read."""

LONG_NAME = 90
_WIDEST, _WIDEST_SHARED = 16, 44  # letters beyond which a column gets no more room
_PAGE, _LEAST = 92, 10  # letters on a line of the page, and for a column that shares its width
_BESIDE = 4  # the room that a column needs beside its letters
_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = {
    "svg", "g", "defs", "symbol", "use", "clipPath", "mask", "pattern", "linearGradient", "radialGradient",
    "stop", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan",
}  # fmt: skip
_LEFT_OUT = re.compile(r"on|aria-|data-|(class|style|role|pointer-events|version)$", re.IGNORECASE)
_POINTS_OUT = re.compile(r"url\(\s*(?!#)", re.IGNORECASE)
_POINTS_IN = re.compile(r"url\(#")
_BIDI = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_EXTENDED = re.compile(
    r"[\u0100-\u0130\u0132-\u0151\u0154-\u02ba\u1d00-\u1dbf\u1e00-\u1eff\u20a0-\u20ab\u20ad-\u20c0]"
)
_TOGETHER = re.compile(r"(?<=\w)-(?=(?:e|s|ne|ère|rice|trice|euse)(?:\W|$))")  # « habitant-e-s » stays whole
_SPELT = re.compile(r"[^a-z0-9]+")


class Part(NamedTuple):
    """A section as the page shows it: its anchor, and its blocks in groups that are set together."""

    anchor: str
    section: Section
    groups: tuple[tuple[str, tuple[Any, ...]], ...]


def compose(report: Report) -> bytes:
    """The report as one page that needs nothing beside it; the same content gives the same bytes."""
    with speaking(report.language):
        parts = tuple(_parts(report.sections))
        told = {
            "report": report,
            "parts": parts,
            "name": shorten(report.name, 240) or report.title,
            "long": len(report.name) > LONG_NAME,
            "tr": tr,
        }
        body = _template("restitution.html.j2").render(told)
        style = _style(bool(_EXTENDED.search(body)))
        proof = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
        policy = (
            f"default-src 'none'; style-src 'sha256-{proof}'; font-src data:; base-uri 'none'; "
            "form-action 'none'"
        )
        title = f"{report.title} {report.year} – {shorten(report.name, 120)}"
        frame = {
            "report": report,
            "title": title,
            "policy": policy,
            "style": style,
            "body": body,
        }
        return _template("page.html.j2").render(frame).encode("utf-8")


def clean(text: str) -> str:
    r"""A text without what a page must not hold: controls, lone surrogates, marks that turn it around.

    Joiners stay: they shape Arabic and put emoji together.

    >>> clean("a\x00b\u202ec")
    'abc'
    """
    kept = _BIDI.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in kept if c in "\n\t" or not (_is_control(c) or _is_no_character(c)))


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs")


def _is_no_character(sign: str) -> bool:
    return ord(sign) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(sign) <= 0xFDEF


def drawing(figure: Figure, name: str) -> str:
    """A chart as markup of the page: only what is drawn, with names of its own and its description.

    Parameters
    ----------
    name
        What the names inside the drawing begin with, so that two charts never share one.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    root = etree.fromstring(figure.svg.encode("utf-8"), parser)
    for node in list(root.iter()):
        _keep_drawn(node, name)
    width, height = root.get("width", "700"), root.get("height", "300")
    root.attrib.pop("height", None)
    if "viewBox" not in root.attrib:
        root.set("viewBox", f"0 0 {width} {height}")
    root.set("role", "img")
    root.set("aria-label", typeset(clean(figure.alt)) or typeset(clean(figure.caption)))
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))


def _keep_drawn(node: Any, name: str) -> None:
    tag = node.tag.removeprefix(_SVG) if isinstance(node.tag, str) else ""
    if tag not in _DRAWN:
        if (above := node.getparent()) is not None:
            above.remove(node)
        return
    for key, value in list(node.attrib.items()):
        plain_key = key.rpartition("}")[2]
        outside = plain_key == "href" and not value.startswith("#")
        if _LEFT_OUT.match(plain_key) or outside or _POINTS_OUT.search(value):
            del node.attrib[key]
        elif plain_key == "id":
            node.set(key, f"{name}-{value}")
        elif plain_key == "href":
            node.set(key, f"#{name}-{value[1:]}")
        elif "url(#" in value:
            node.set(key, _POINTS_IN.sub(f"url(#{name}-", value))


def columns(table: Table) -> tuple[int, ...]:
    """The share of each column, in whole percents: what it holds decides, within bounds.

    A text without end takes no more room than a long sentence.
    """
    needs = []
    for place, head in enumerate(table.head):
        held = [row[place] for row in table.rows if place < len(row)]
        most = _WIDEST_SHARED if place in table.wide else _WIDEST
        said = [len(text) for c in held for text in (c.text, c.ref and f"Réf. {c.ref}", *c.note.split("\n"))]
        word = max(map(len, re.split(r"[\s\u00a0-]", head)), default=0)
        needs.append(min(max([word, 5, *said]), most) + _BESIDE)
    apart = [place for place in range(len(needs)) if place in table.wide]
    room = max(_PAGE - sum(need for place, need in enumerate(needs) if place not in table.wide), _PAGE // 3)
    asked = sum(needs[place] for place in apart)
    if asked > room:
        for place in apart:
            needs[place] = max(needs[place] * room // asked, _LEAST)
    whole = sum(needs)
    shares = [max(round(100 * need / whole), 4) for need in needs]
    shares[shares.index(max(shares))] += 100 - sum(shares)
    return tuple(shares)


def lines(text: str) -> list[str]:
    """The lines of a text that hold something."""
    return [line for line in clean(text).split("\n") if line.strip()]


def stacked(table: Table) -> bool:
    """Whether a narrow screen shows the table row by row: two short columns stay side by side."""
    return len(table.head) > 2


def _parts(sections: Sequence[Section]) -> Iterator[Part]:
    taken: set[str] = {"contenu", "sommaire"}
    for rank, section in enumerate(sections, 1):
        anchor = _SPELT.sub("-", section.id.lower()).strip("-") or f"partie-{rank}"
        if anchor in taken:
            anchor = f"{anchor}-{rank}"
        taken.add(anchor)
        yield Part(anchor, section, tuple(_groups(section.blocks)))


def _groups(blocks: Sequence[Block]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Quotes that follow each other stand side by side, and so do the lines of one comment."""
    for kind, found in groupby(blocks, _grouped_as):
        if kind in ("quote", "commentaire"):
            yield kind, tuple(found)
        else:
            yield from ((kind, (block,)) for block in found)


def _grouped_as(block: Block) -> str:
    return "commentaire" if getattr(block, "tone", "") == "commentaire" else block.kind


def _cell(cell: Cell) -> tuple[str, list[str]]:
    return cell.text, lines(cell.note)


def _code(text: str) -> str:
    """A formula as it is: no typography in what a machine reads."""
    return escape(clean(text))


def _shown(value: Any) -> Any:
    if hasattr(value, "__html__") or not isinstance(value, str):
        return value
    return _TOGETHER.sub("\u2011", typeset(clean(value)))


@cache
def _template(name: str) -> Template:
    there = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    there.filters |= {"lines": lines, "shorten": shorten, "code": _code}
    there.globals |= {"drawing": drawing, "columns": columns, "stacked": stacked}
    return there.get_template(name)


@cache
def _style(extended: bool) -> str:
    """The style with its letters inside; those of other alphabets only where the text needs them."""
    return _template("restitution.css.j2").render(
        latin=_letters("inter-latin-wght-normal.woff2"),
        extended=_letters("inter-latin-ext-wght-normal.woff2") if extended else "",
        shares=range(4, 97),
    )


def _letters(name: str) -> str:
    return base64.b64encode((FONTS / name).read_bytes()).decode("ascii")
