"""The language in which people are spoken to: French first, English where it is asked for.

The French text stands in the code and is its own key in the catalogue, as with gettext. What people
wrote is never translated: it enters a sentence by name, after the sentence is found.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

FRENCH, ENGLISH = "fr", "en"
LANGUAGES = {FRENCH: "Français", ENGLISH: "English"}
"""The languages there are, each by its own name."""

DECIMAL = {FRENCH: ",", ENGLISH: "."}
THOUSANDS = {FRENCH: "\u202f", ENGLISH: ","}
"""How each language writes a number."""

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "coorace_eval"

_spoken: ContextVar[str] = ContextVar("language", default=FRENCH)


def language() -> str:
    """The code of the language that is spoken now."""
    return _spoken.get()


def speak(code: str) -> None:
    """Speak another language from now on, as far as this context goes: a request, a task.

    Raises
    ------
    ValueError
        When there is no such language.
    """
    if code not in LANGUAGES:
        raise ValueError(f"no language {code!r}")
    _spoken.set(code)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak another language for a while.

    Raises
    ------
    ValueError
        When there is no such language.

    >>> with speaking("en"):
    ...     language()
    'en'
    """
    if code not in LANGUAGES:
        raise ValueError(f"no language {code!r}")
    before = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(before)


def tr(text: str, /, **parts: object) -> str:
    """A text in the language spoken now, with its parts put in.

    Parameters
    ----------
    text
        The French text, written out where it is used so that it can be found; parts stand in it by
        name: ``"Bonjour {name}"``.
    parts
        What is put in, as it is; braces that stand in it stay as they are.

    >>> tr("Exercice {year}", year=2025)
    'Exercice 2025'
    """
    found = _catalogue(language()).gettext(text) if text else ""
    return found.format_map(parts) if parts else found


def trn(one: str, many: str, count: float, /, **parts: object) -> str:
    r"""A text that depends on a count, which is its part ``n`` unless another one is given.

    In French the singular goes up to, but not including, two. Thousands are set apart as the
    language does.

    >>> trn("{n} carte", "{n} cartes", 3), trn("{n} carte", "{n} cartes", 1234)
    ('3 cartes', '1\u202f234 cartes')
    """
    whole = int(count)
    found = _catalogue(language()).ngettext(one, many, abs(whole))
    return found.format_map({"n": f"{whole:,}".replace(",", THOUSANDS[language()])} | parts)


def mark(text: str) -> str:
    """A text to translate later, with ``tr``, once one knows for whom."""
    return text


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    found = gettext.translation(DOMAIN, LOCALE, [code], fallback=True)
    if type(found) is gettext.NullTranslations:
        return _French()
    found.add_fallback(_French())
    return found


class _French(gettext.NullTranslations):
    """What is in no catalogue is said as the code says it, and counted as French counts."""

    def ngettext(self, one: str, many: str, count: int) -> str:  # noqa: D102
        return one if abs(count) < 2 else many
