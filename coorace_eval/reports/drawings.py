"""A logo drawn by instructions (SVG), rebuilt from a closed list of shapes and painted.

What a logo is made of is kept: shapes, texts, gradients, masks, plain style sheets. What acts or calls
outside is refused and named, so that its author knows what to take out: scripts, events, pages inside
the drawing, outside addresses, pictures, animations. All the rest (notes of a drawing program,
filters) is left out without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isfinite

from lxml import etree

from coorace_eval.language import mark, tr
from coorace_eval.problems import CooraceError, Problem

HEAVIEST = 1 << 20
DEEPEST = 40
MOST_SHAPES = 20_000


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_HREFS = ("href", f"{{{_XLINK}}}href")
_KEPT = _words(
    "svg g defs symbol use path rect circle ellipse line polyline polygon text tspan "
    "linearGradient radialGradient stop clipPath mask title desc a switch"
)
_REFUSED = {
    "script": mark("un script"), "foreignObject": mark("une page web dans le dessin (foreignObject)"),
    "image": mark("une photo dans le dessin (image)"), "animate": mark("une animation"),
    "animateTransform": mark("une animation"), "animateMotion": mark("une animation"),
    "set": mark("une animation"), "handler": mark("un script"), "iframe": mark("une page web"),
    "audio": mark("un son"), "video": mark("une vidéo"), "feImage": mark("une image extérieure (feImage)"),
}  # fmt: skip
_ATTRIBUTES = _words(
    "id style d x y x1 y1 x2 y2 cx cy r rx ry dx dy width height points transform viewBox "
    "preserveAspectRatio fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap "
    "stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color display "
    "visibility clip-path clip-rule clipPathUnits mask maskUnits maskContentUnits overflow "
    "gradientUnits gradientTransform spreadMethod offset stop-color stop-opacity fx fy fr "
    "font-family font-size font-weight font-style text-anchor letter-spacing word-spacing "
    "dominant-baseline baseline-shift text-decoration paint-order vector-effect textLength "
    "lengthAdjust rotate"
)
_URL = re.compile(r"url\s*\(\s*['\"]?\s*(.*?)\s*['\"]?\s*\)", re.IGNORECASE | re.DOTALL)
_CALLS = re.compile(r"@import|expression\s*\(|javascript\s*:|image-set\s*\(|\\", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*(px|pt|mm|cm|in|pc)?\s*")
_PIXELS = {"pt": 96 / 72, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "pc": 16.0}
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_NOTE = re.compile(r"/\*.*?\*/", re.DOTALL)
_SELECTOR = re.compile(r"([a-zA-Z]*|\*)(?:([.#])([\w-]+))?")


def is_drawing(content: bytes) -> bool:
    """Whether a file looks like an SVG, by its first signs and not by its name."""
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith((b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE", b"<!doctype"))


def painted(content: bytes, side: int) -> bytes:
    """The drawing as a PNG, ``side`` pixels on its longest side.

    Raises
    ------
    CooraceError
        When it holds what a logo needs not, is too large, or cannot be read (``RAP-004``).
    """
    import vl_convert

    told, width, height = cleaned(content)
    scale = side / max(width, height)
    told.set("width", f"{max(width * scale, 1):.2f}")
    told.set("height", f"{max(height * scale, 1):.2f}")
    svg = etree.tostring(told, encoding="unicode")
    try:
        return bytes(vl_convert.svg_to_png(svg, scale=1.0, ppi=72.0))
    except (ValueError, RuntimeError, OverflowError) as error:
        raise _refusal(tr("Ce dessin ne se laisse pas peindre.")) from error


def cleaned(content: bytes) -> tuple[etree._Element, float, float]:
    """The drawing rebuilt from what is kept, with its width and height in its own units.

    Raises
    ------
    CooraceError
        When it holds what a logo needs not, is too large, or cannot be read (``RAP-004``).
    """
    root = _parsed(content)
    if etree.QName(root).localname != "svg":
        raise _refusal(tr("Ce fichier n'est pas un dessin SVG."))
    if found := list(dict.fromkeys(_faults(root))):
        raise _refusal(tr("Ce dessin contient {what}.", what=", ".join(tr(what) for what in found)))
    left, top, width, height = _frame(root)
    _apply_styles(root)
    whole = _rebuilt(root)
    _check_uses(whole)
    whole.set("viewBox", f"{left:g} {top:g} {width:g} {height:g}")
    return whole, width, height


def _refusal(cause: str) -> CooraceError:
    hint = tr("Retirez ce qui est dit avec le logiciel de dessin, ou envoyez le logo en PNG.")
    return CooraceError(tr("Logo"), [Problem("RAP-004", "", cause, hint)])


def _parsed(content: bytes) -> etree._Element:
    """The file as a tree; entities would unfold, and some encodings would hide them."""
    if len(content) > HEAVIEST:
        raise _refusal(tr("Ce dessin pèse plus de {most} Mo.", most=HEAVIEST >> 20))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal(tr("Ce dessin n'est pas écrit en UTF-8.")) from error
    if "<!ENTITY" in text or re.search(r"<!DOCTYPE[^>]*\[", text):
        raise _refusal(tr("Ce dessin contient des raccourcis (ENTITY)."))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        remove_comments=True, remove_pis=True, huge_tree=False, encoding="utf-8",
    )  # fmt: skip
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(tr("Ce dessin est abîmé : il ne s'ouvre pas.")) from error


def _faults(root: etree._Element) -> Iterator[str]:
    """What acts or calls outside, in words."""
    for rank, node in enumerate(root.iter()):
        if rank > MOST_SHAPES:
            yield mark("trop de formes")
            return
        if not isinstance(node.tag, str):
            continue
        name = etree.QName(node).localname
        parent = node.getparent()
        aside = name == "foreignObject" and parent is not None and etree.QName(parent).localname == "switch"
        if name in _REFUSED and not aside:
            yield _REFUSED[name]
        if name == "style" and _calls(node.text or ""):
            yield mark("une feuille de style qui appelle l'extérieur")
        if name not in _KEPT:
            continue
        for key, value in node.attrib.items():
            plain = etree.QName(key).localname.lower()
            if plain.startswith("on"):
                yield mark("un script")
            elif plain == "href" and name != "a" and not value.strip().startswith("#"):
                yield mark("une adresse extérieure (href)")
            elif key in _ATTRIBUTES and key != "id" and _calls(value):
                yield mark("une adresse extérieure (url)")


def _calls(text: str) -> bool:
    return bool(_CALLS.search(text)) or any(not address.startswith("#") for address in _URL.findall(text))


def _frame(root: etree._Element) -> tuple[float, float, float, float]:
    """What part of the plane is shown: left, top, width, height."""
    try:
        shown = [float(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
    except ValueError:
        shown = []
    if len(shown) != 4:
        sides = [_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
        shown = [0.0, 0.0, *(float(s[1]) * _PIXELS.get(s[2], 1.0) if s else 0.0 for s in sides)]
    left, top, width, height = shown
    if not all(map(isfinite, shown)) or not 0 < width <= 1e6 or not 0 < height <= 1e6:
        raise _refusal(tr("Ce dessin ne dit pas sa taille (viewBox)."))
    if max(width, height) > 20 * min(width, height):
        raise _refusal(tr("Ce dessin est trop étroit pour un logo."))
    return left, top, width, height


def _apply_styles(root: etree._Element) -> None:
    """Write on each shape what the style sheets of the drawing say of it, where they name it plainly."""
    sheets = [node.text or "" for node in root.iter(f"{{{_SVG}}}style", "style")]
    rules = [(plain[1], plain[2]) for sheet in sheets for plain in _RULE.finditer(_NOTE.sub("", sheet))]
    for selectors, said in rules[:2000]:
        pairs = [part.partition(":")[::2] for part in said.split(";") if ":" in part]
        kept = {name.strip(): value.replace("!important", "").strip() for name, value in pairs}
        kept = {name: value for name, value in kept.items() if name in _ATTRIBUTES - {"id", "style"}}
        for selector in selectors.split(","):
            if kept and (met := _SELECTOR.fullmatch(selector.strip())):
                for node in _chosen(root, *met.groups()):
                    node.attrib.update(kept)


def _chosen(root: etree._Element, tag: str, sign: str | None, name: str | None) -> Iterator[etree._Element]:
    for node in root.iter(f"{{{_SVG}}}{tag or '*'}"):
        named = node.get("class", "").split() if sign == "." else [node.get("id", "")]
        if not sign or name in named:
            yield node


def _rebuilt(root: etree._Element) -> etree._Element:
    """A new tree of what is kept; what stands too deep is refused."""
    whole = etree.Element(f"{{{_SVG}}}svg", nsmap={None: _SVG, "xlink": _XLINK})
    waiting = [(root, whole, 0)]
    while waiting:
        old, new, depth = waiting.pop()
        if depth > DEEPEST:
            raise _refusal(tr("Ce dessin emboîte trop de groupes."))
        for key, value in old.attrib.items():
            name = etree.QName(key).localname
            if key in _ATTRIBUTES:
                new.set(key, value)
            elif key in _HREFS and value.strip().startswith("#"):
                new.set(_HREFS[1], value.strip())
            elif name == "space" and value == "preserve":
                new.set("{http://www.w3.org/XML/1998/namespace}space", value)
        new.text, added = old.text, []
        for child in old:
            if isinstance(child.tag, str) and etree.QName(child).localname in _KEPT:
                name = etree.QName(child).localname
                made = etree.SubElement(new, f"{{{_SVG}}}{'g' if name == 'a' else name}")
                made.tail = child.tail
                added.append((child, made, depth + 1))
        waiting += added
    return whole


def _check_uses(whole: etree._Element) -> None:
    """Refuse a drawing that unfolds into too many shapes, or into itself, by references to its parts."""
    named = {node.get("id"): node for node in whole.iter() if node.get("id")}
    known: dict[etree._Element, int] = {}
    opened: set[etree._Element] = set()

    def cost(node: etree._Element, depth: int) -> int:
        if node in known:
            return known[node]
        if node in opened or depth > 4 * DEEPEST:
            raise _refusal(tr("Ce dessin se contient lui-même."))
        opened.add(node)
        total = 1 + sum(cost(child, depth + 1) for child in node)
        for key, value in node.attrib.items():
            called = [value] if key in _HREFS else _URL.findall(value)
            for target in (named.get(address.removeprefix("#")) for address in called):
                total += cost(target, depth + 1) if target is not None else 0
        opened.discard(node)
        known[node] = total
        if total > MOST_SHAPES:
            raise _refusal(tr("Ce dessin se déplie en trop de formes."))
        return total

    cost(whole, 0)
