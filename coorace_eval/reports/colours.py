"""The two colours of an enterprise, made legible: contrast checked, lightness moved, hue kept.

Contrast is that of WCAG 2.1 (success criteria 1.4.3 and 1.4.11; relative luminance of sRGB): 4.5 for
text. A colour is made darker or lighter in OKLCH (Björn Ottosson, « A perceptual color space for image
processing », 2020), where lightness moves without the hue; a colour that no screen can show comes back
by its chroma, as in CSS Color 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians, sin

from coorace_eval.language import mark, tr
from coorace_eval.problems import CooraceError, Problem

TEXT = 4.5
"""The least contrast of a text with its ground."""
WHITE, INK = "#FFFFFF", "#1B1B1B"
USUAL = ("#0B5C8F", "#C2510C")
"""The colours of an enterprise that chose none."""
_WRITTEN = re.compile(r"#[0-9A-Fa-f]{6}")
_MARGIN = 0.05  # so that rounding to 8 bits never falls below
_PALEST = 0.90  # a ground paler than this would not show on the page

# Names by hue, in degrees of OKLCH: up to each bound.
_HUES = (
    (10, mark("rose")), (45, mark("rouge")), (76, mark("orange")), (118, mark("jaune")), (165, mark("vert")),
    (220, mark("turquoise")), (285, mark("bleu")), (320, mark("violet")), (361, mark("rose")),
)  # fmt: skip


@dataclass(frozen=True)
class Tone:
    """One colour in the uses that a page makes of it.

    Parameters
    ----------
    asked
        As the enterprise wrote it.
    ground
        What large areas are filled with.
    on
        The text that stands on ``ground``: white, or dark where the colour is pale.
    text
        The colour as text, on white and on the pale grounds of both colours.
    pale
        A light ground of the same hue, for dark text.
    """

    asked: str
    ground: str
    on: str
    text: str
    pale: str


@dataclass(frozen=True)
class Palette:
    """The two colours of a page, and what had to be changed for people to read it."""

    main: Tone
    second: Tone
    changes: tuple[str, ...] = ()

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every text with every ground on which a leaflet sets it."""
        for tone in (self.main, self.second):
            yield tone.on, tone.ground
            for ground in (WHITE, self.main.pale, self.second.pale):
                yield tone.text, ground
                yield INK, ground


def palette(colours: tuple[str, str] = ("", "")) -> Palette:
    """The colours of a page, from those that an enterprise asks for.

    Parameters
    ----------
    colours
        Two colours as ``#RRGGBB``. Without the second one a darker or a lighter shade of the first goes
        with it; without the first one the usual one serves.

    Raises
    ------
    CooraceError
        When a colour is not written that way (``RAP-005``).
    """
    if problems := list(check_colours(colours)):
        raise CooraceError(tr("Couleurs"), problems)
    first, second = (colour.strip().upper() for colour in colours)
    asked = (first or USUAL[0], second or (_companion(first) if first else USUAL[1]))
    grounds = [WHITE, *(_pale(colour) for colour in asked)]
    main, other = (_tone(colour, grounds) for colour in asked)
    given = dict.fromkeys(tone for tone, typed in ((main, first), (other, second)) if typed)
    return Palette(main, other, tuple(said for tone in given if (said := _told(tone))))


def check_colours(colours: tuple[str, str]) -> Iterator[Problem]:
    """What is wrong with two colours as they were typed; an empty one is left to the usual choice."""
    for typed, where in zip(colours, (tr("première couleur"), tr("deuxième couleur")), strict=True):
        if typed.strip() and not _WRITTEN.fullmatch(typed.strip()):
            cause = tr("« {typed} » n'est pas une couleur que nous savons lire.", typed=typed.strip()[:30])
            yield Problem("RAP-005", where, cause)


def contrast(one: str, other: str) -> float:
    """How far apart two colours stand in luminance, from 1 to 21 (WCAG 2.1).

    >>> round(contrast("#000000", "#FFFFFF"), 1), round(contrast("#767676", "#FFFFFF"), 2)
    (21.0, 4.54)
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def darkened(colour: str, grounds: list[str], least: float = TEXT) -> str:
    """The colour, made darker until it reads on every ground; as it is where it already does."""
    if all(contrast(colour, ground) >= least for ground in grounds):
        return colour
    light, chroma, hue = _lch(colour)
    low, high = 0.0, light
    for _ in range(24):
        middle = (low + high) / 2
        reads = all(contrast(_hex(middle, chroma, hue), ground) >= least + _MARGIN for ground in grounds)
        low, high = (middle, high) if reads else (low, middle)
    return _hex(low, chroma, hue)


def _tone(asked: str, grounds: list[str]) -> Tone:
    ground = _ground(asked)
    on = WHITE if contrast(WHITE, ground) >= TEXT else INK
    return Tone(asked, ground, on, darkened(asked, grounds), _pale(asked))


def _companion(asked: str) -> str:
    """Another shade of a colour, to go with it."""
    light, chroma, hue = _lch(asked)
    return _hex(light - 0.28 if light > 0.55 else light + 0.25, chroma, hue)


def _ground(asked: str) -> str:
    """The colour of large areas: not so pale that it is lost, nor between white and dark text."""
    light, chroma, hue = _lch(asked)
    colour = asked if light <= _PALEST else _hex(_PALEST, chroma, hue)
    if max(contrast(WHITE, colour), contrast(INK, colour)) >= TEXT:
        return colour
    return darkened(colour, [WHITE])


def _pale(asked: str) -> str:
    _, chroma, hue = _lch(asked)
    return _hex(0.965, min(chroma, 0.022), hue)


def _told(tone: Tone) -> str:
    name = tr(_name(tone.asked))
    if tone.ground != tone.asked:
        return tr("Votre {name} a été foncé pour rester lisible.", name=name)
    if tone.text != tone.asked:
        return tr("Votre {name} a été foncé dans les textes pour rester lisible ; "
                  "les fonds gardent votre couleur.", name=name)  # fmt: skip
    return ""


def _name(colour: str) -> str:
    light, chroma, hue = _lch(colour)
    if chroma < 0.035:
        return mark("blanc") if light > 0.93 else mark("noir") if light < 0.25 else mark("gris")
    return next(name for bound, name in _HUES if hue < bound)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return red, green, blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encoded(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = _channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lch(colour: str) -> tuple[float, float, float]:
    """Lightness from 0 to 1, chroma, and hue in degrees."""
    r, g, b = _channels(colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    light = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    c = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return light, hypot(a, c), degrees(atan2(c, a)) % 360


def _rgb(light: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _hex(light: float, chroma: float, hue: float) -> str:
    """The nearest colour that a screen shows, of the same lightness and hue."""
    low, high = 0.0, chroma
    if not _shown(_rgb(light, chroma, hue)):
        for _ in range(20):
            middle = (low + high) / 2
            low, high = (middle, high) if _shown(_rgb(light, middle, hue)) else (low, middle)
        chroma = low
    found = (round(255 * _encoded(min(max(part, 0.0), 1.0))) for part in _rgb(light, chroma, hue))
    return "#" + "".join(f"{part:02X}" for part in found)


def _shown(parts: tuple[float, float, float]) -> bool:
    return all(-1e-4 <= part <= 1 + 1e-4 for part in parts)
