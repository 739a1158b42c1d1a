"""Numbers, dates and durations as readers write and read them, in the language spoken."""

from __future__ import annotations

import math
import re
from datetime import date, datetime

from coorace_eval.language import DECIMAL, ENGLISH, FRENCH, THOUSANDS, language, tr

THIN = "\u202f"
NBSP = "\u00a0"
MISSING = "–"
_BEFORE_WIDE = re.compile(r" ([:»%€])")
_BEFORE_THIN = re.compile(r" ([;?!])")
_SPACES = re.compile(r"[\s\u00a0\u202f]")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)$")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
_MONTHS = {
    FRENCH: (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    ENGLISH: (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_SIZES = {FRENCH: ("Go", "Mo", "ko"), ENGLISH: ("GB", "MB", "kB")}
_ONE = {"people": "person"}
"""English units that are no plural in s."""


def spaced(text: str) -> str:
    r"""The same text with its spaces made unbreakable where French asks for it.

    >>> spaced("Quoi ? « Ceci »")
    'Quoi\u202f? «\xa0Ceci\xa0»'
    """
    return _BEFORE_THIN.sub(THIN + r"\1", _BEFORE_WIDE.sub(NBSP + r"\1", text.replace("« ", "«" + NBSP)))


def parse_number(text: str) -> float | None:
    """The number that someone typed, or ``None`` where nothing was typed.

    Spaces of every kind group thousands; the decimal mark is a comma or a point. Where English is
    spoken, a comma before three digits groups thousands.

    Raises
    ------
    ValueError
        When the text is not a plain number (``12 %``, ``1e3``, ``1,2,3``).

    >>> parse_number("1 234,5"), parse_number("0"), parse_number(" ")
    (1234.5, 0.0, None)
    """
    compact = _SPACES.sub("", text).replace("\u2212", "-")
    if not compact:
        return None
    if language() == ENGLISH and _GROUPED.match(compact):
        compact = compact.replace(",", "")
    if len(compact) > 40 or not compact.isascii() or not _NUMBER.match(compact):
        raise ValueError(tr("« {typed} » n'est pas un nombre", typed=text.strip()[:60]))
    return float(compact.replace(",", "."))


def format_number(value: float | None, decimals: int | None = None) -> str:
    r"""A number as people read it; a missing value is a dash, never zero.

    Parameters
    ----------
    value
        ``None`` and NaN are missing.
    decimals
        Digits after the comma, always shown; by default one at most below 1,000 (two below 10)
        and none above, without trailing zeros.

    >>> format_number(1234.56), format_number(0.5), format_number(None)
    ('1\u202f235', '0,5', '–')
    """
    if value is None or math.isnan(value):
        return MISSING
    trim = decimals is None
    if decimals is None:
        size = abs(value)
        decimals = 0 if size >= 1000 else 1 if size >= 10 else 2
    text = f"{value:,.{decimals}f}"
    if trim and "." in text:
        text = text.rstrip("0").rstrip(".")
    if text.strip("-0.,") == "":
        text = text.lstrip("-")
    return _written(text)


def _written(text: str) -> str:
    """A number of Python's, such as ``1,234.5``, with the marks of the language spoken."""
    marks = {",": THOUSANDS[language()], ".": DECIMAL[language()]}
    return "".join(marks.get(sign, sign) for sign in text)


def format_exact(value: float | None) -> str:
    r"""A typed figure given back with all its digits, for an input box.

    >>> format_exact(1234.56), format_exact(None)
    ('1\u202f234,56', '')
    """
    if value is None or math.isnan(value):
        return ""
    digits = f"{value:.10f}".rstrip("0").rstrip(".")
    whole, _, decimals = digits.partition(".")
    grouped = _written(f"{int(whole):,}")
    sign = "-" if digits.startswith("-") and not grouped.startswith("-") else ""
    return sign + grouped + (DECIMAL[language()] + decimals if decimals else "")


def format_value(
    value: float | None, unit: str, decimals: int | None = None, label: str | None = None
) -> str:
    r"""A value with its unit; a ratio reads as a percentage.

    Parameters
    ----------
    value
        In the unit; ``0.6`` for a ratio of 60 %.
    unit
        A unit of a référentiel, such as ``ratio`` or ``EUR/heure``.
    label
        The words to show instead of the unit's own label.

    >>> format_value(0.625, "ratio"), format_value(12.0, "heure", label="h")
    ('62,5\xa0%', '12\xa0h')
    """
    if value is None or math.isnan(value):
        return MISSING
    if unit == "ratio":
        return f"{format_number(value * 100, decimals)}{NBSP if language() == FRENCH else ''}%"
    words = unit if label is None else label
    if abs(value) < 2:
        words = _singular(words)
    return f"{format_number(value, decimals)}{NBSP}{words}".rstrip()


def _singular(words: str) -> str:
    """A unit for a number below two: its first word loses its plural mark.

    >>> _singular("heures par personne"), _singular("client-e-s"), _singular("h")
    ('heure par personne', 'client-e', 'h')
    """
    first, space, rest = words.partition(" ")
    first = _ONE.get(first, first)
    if len(first) > 3 and first.endswith("s"):
        first = first.removesuffix("s").removesuffix("-")
    return first + space + rest


def format_date(day: date) -> str:
    """A date in full, such as ``1er mars 2026``, or ``1 March 2026``.

    >>> format_date(date(2026, 3, 1))
    '1er mars 2026'
    """
    number = "1er" if day.day == 1 and language() == FRENCH else str(day.day)
    return f"{number} {_MONTHS[language()][day.month - 1]} {day.year}"


def format_time(moment: datetime) -> str:
    """An hour of the day, such as ``18 h 04``, or ``18:04``."""
    if language() == ENGLISH:
        return f"{moment.hour}:{moment.minute:02d}"
    return f"{moment.hour}{NBSP}h{NBSP}{moment.minute:02d}"


def format_minutes(minutes: float) -> str:
    """A duration in words, such as ``3 h 20``.

    >>> format_minutes(200).replace(NBSP, " "), format_minutes(45).replace(NBSP, " ")
    ('3 h 20', '45 min')
    """
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return f"{rest}{NBSP}min"
    minutes_told = f"{NBSP}{rest:02d}" if language() == FRENCH else f"{NBSP}{rest}{NBSP}min"
    return f"{hours}{NBSP}h" + (minutes_told if rest else "")


def format_size(octets: int) -> str:
    r"""A number of bytes, for people.

    >>> format_size(1500), format_size(1_851_392), format_size(5 << 30)
    ('1\u202fko', '1,8\u202fMo', '5,0\u202fGo')
    """
    large, middle, small = _SIZES[language()]
    for unit, step in ((large, 1 << 30), (middle, 1 << 20)):
        if octets >= step:
            return f"{format_number(octets / step, 1)}{THIN}{unit}"
    return f"{format_number(octets / 1024, 0)}{THIN}{small}"


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun, in French agreement (zero and one are singular).

    >>> count(0, "donnée"), count(3, "donnée")
    ('0 donnée', '3 données')
    """
    noun = one if abs(number) < 2 else many or f"{one}s"
    return f"{format_number(number, 0)} {noun}"
