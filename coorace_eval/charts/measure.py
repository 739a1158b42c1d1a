"""How wide a text is in our fonts, read from their tables.

The engine that draws opens a font file again for each letter that it measures, which takes nearly all
of its time; a width is a sum of advances, found here in microseconds. Kerning is left out: it is less
than a pixel on the lines of a chart.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import Literal, TypeAlias

from coorace_eval.charts.theme import FONTS

Face: TypeAlias = Literal["Regular", "SemiBold", "Bold", "Italic"]
_FACES: dict[object, Face] = {
    400: "Regular", "normal": "Regular", 600: "SemiBold", 700: "Bold", "bold": "Bold",
}  # fmt: skip
_ELSEWHERE = ("NotoSansArabic-Regular.ttf", "NotoEmoji-Regular.ttf")


def width(text: str, size: float, face: Face = "Regular") -> float:
    """The width of a text in pixels.

    >>> round(width("2025", 12), 1)
    29.4
    """
    own, *others = (_advances(name) for name in (f"Inter-{face}.otf", *_ELSEWHERE))
    total = 0.0
    for sign in text:
        code = ord(sign)
        total += own.get(code) or next((font[code] for font in others if code in font), 0.0)
    return total * size


def face(weight: object = 400, style: object = "normal") -> Face | None:
    """The font file that draws a weight and a style; ``None`` where none of ours does exactly."""
    if style == "italic":
        return "Italic" if weight in (400, "normal") else None
    found: dict[object, Face] = {
        400: "Regular",
        "normal": "Regular",
        600: "SemiBold",
        700: "Bold",
        "bold": "Bold",
    }
    return found.get(weight) if style == "normal" else None


@cache
def _advances(name: str) -> dict[int, float]:
    """The advance of each character, by its number, for letters of size one."""
    content = (FONTS / name).read_bytes()
    tables = {
        content[at : at + 4]: struct.unpack_from(">LL", content, at + 8)
        for at in range(12, 12 + 16 * struct.unpack_from(">H", content, 4)[0], 16)
    }
    (unit,) = struct.unpack_from(">H", content, tables[b"head"][0] + 18)
    (long,) = struct.unpack_from(">H", content, tables[b"hhea"][0] + 34)
    advances = struct.unpack_from(">" + "Hh" * long, content, tables[b"hmtx"][0])[::2]
    glyphs = _characters(content, tables[b"cmap"][0])
    return {code: advances[min(glyph, long - 1)] / unit for code, glyph in glyphs.items() if glyph}


def _characters(content: bytes, cmap: int) -> dict[int, int]:
    """The glyph of each character: from the table of all characters, else of the first 65,536."""
    (many,) = struct.unpack_from(">H", content, cmap + 2)
    places = {cmap + struct.unpack_from(">HHL", content, cmap + 4 + 8 * rank)[2] for rank in range(many)}
    formats = {struct.unpack_from(">H", content, place)[0]: place for place in sorted(places)}
    return _wide(content, formats[12]) if 12 in formats else _narrow(content, formats[4])


def _wide(content: bytes, place: int) -> dict[int, int]:
    (many,) = struct.unpack_from(">L", content, place + 12)
    groups = struct.iter_unpack(">LLL", content[place + 16 : place + 16 + 12 * many])
    return {code: glyph + code - first for first, last, glyph in groups for code in range(first, last + 1)}


def _narrow(content: bytes, place: int) -> dict[int, int]:
    twice = struct.unpack_from(">H", content, place + 6)[0]
    many = twice // 2
    lasts = struct.unpack_from(f">{many}H", content, place + 14)
    firsts, shifts, offsets = (
        struct.unpack_from(f">{many}H", content, place + 16 + twice * part) for part in (1, 2, 3)
    )
    found = {}
    for rank, (first, last, shift, offset) in enumerate(zip(firsts, lasts, shifts, offsets, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                at = place + 16 + twice * 3 + 2 * rank + offset + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", content, at)
            found[code] = (glyph + shift) % 65536 if glyph else 0
    return found
