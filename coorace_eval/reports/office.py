"""What the Word document and the slides share: text made fit, pictures, colours, bytes that stay the same."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from coorace_eval.charts.theme import FONTS
from coorace_eval.charts.words import clean, shorten, typeset
from coorace_eval.formatting import NBSP
from coorace_eval.language import FRENCH, language

if TYPE_CHECKING:
    from coorace_eval.reports.content import Report, Section

BLUE, INK, SOFT, LINE, GROUND, ORANGE = "0B5C8F", "1E1E1E", "555555", "D3D9DE", "F2F5F7", "B45F06"
"""The colours of the house, as in the PDF."""
FONT, FALLBACK, PANOSE = "Inter", "Arial", "020B0604020202020204"
"""The font of the house; a machine that lacks it takes the fallback, by its name or by its shape."""
TAGS = {"fr": "fr-FR", "en": "en-GB"}

_OLDEST = (1980, 1, 1, 0, 0, 0)
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_SCALE = 2.2
_NEARLY_WHITE = 250


def said(text: str) -> str:
    """A text that an office document can hold: no control character, and the typography of its language."""
    kept = clean(text)
    return typeset(kept) if language() == FRENCH else kept


def one_line(text: str) -> str:
    """The same, on one line: for a title or a caption."""
    return said(re.sub(r"\s*\n\s*", " ", text))


def pair(label: str, text: str) -> str:
    """A label and what it says, with the colon of the language."""
    return f"{label}{NBSP if language() == FRENCH else ''}: {text}"


def named(report: Report) -> tuple[str, str]:
    """What the properties of the document say: its title, and whose it is; both are short."""
    name = one_line(shorten(report.name, 100))
    return f"{one_line(shorten(report.title, 100))} {report.year} – {name}", name


def blocks(sections: Iterable[Section], kind: str) -> Iterator[Any]:
    """The blocks of one kind, in the order in which they are read."""
    return (block for section in sections for block in section.blocks if block.kind == kind)


def dated(report: Report) -> datetime:
    """The moment that the document bears: its data's, never the clock's."""
    return datetime(report.dated.year, report.dated.month, report.dated.day)


def picture(svg: str) -> bytes:
    """A drawing as PNG, at the sharpness of a printed page; few colours keep it small."""
    import vl_convert
    from PIL import Image

    _register_fonts()
    with Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=_SCALE))) as drawn:
        ground = Image.new("RGB", drawn.size, "white")
        ground.paste(drawn, mask=drawn.getchannel("A") if drawn.mode == "RGBA" else None)
        few = ground.quantize(64, Image.Quantize.FASTOCTREE)
        colours = few.getpalette() or []
        for place in range(0, len(colours), 3):
            if min(colours[place : place + 3]) >= _NEARLY_WHITE:
                colours[place : place + 3] = [255, 255, 255]
        few.putpalette(colours)
        out = io.BytesIO()
        few.save(out, "PNG")
    return out.getvalue()


def without_preview(relations: Any) -> None:
    """Forget the small picture that comes with an empty document: it shows something else."""
    for name in [name for name, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        relations.pop(name)


def steady(content: bytes, moment: datetime) -> bytes:
    """The same package with one date in all its parts, so that the same content gives the same bytes.

    Parameters
    ----------
    content
        An Office package; the sheets that stand behind its charts are packages too.
    moment
        What the package gives as the day of its making, in those sheets as well.
    """
    out = io.BytesIO()
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode("ascii")
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(out, "w") as written:
        for name in read.namelist():
            part = read.read(name)
            if name.endswith(".xlsx"):
                part = steady(part, moment)
            elif name == "docProps/core.xml":
                part = _DATES.sub(rb"\g<1>" + stamp + rb"\g<2>", part)
            info = zipfile.ZipInfo(name, _OLDEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            written.writestr(info, part)
    return out.getvalue()


@cache
def _register_fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
