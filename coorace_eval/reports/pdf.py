"""How a report becomes a PDF: a template, and the content as JSON beside it.

Text written by people never meets the language of the template: it goes through JSON and comes out
as text. Fonts are the ones shipped here, and nothing is dated by the clock, so that the same
content gives the same bytes. Every template sets the date of its document, as PDF/A asks for one.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst

from coorace_eval.charts.theme import FAMILIES, FONTS
from coorace_eval.charts.words import INSTEAD, clean, printable, typeset
from coorace_eval.language import mark, tr
from coorace_eval.problems import CooraceError, Problem
from coorace_eval.reports.packing import pack

TEMPLATES = Path(__file__).parent / "templates"
STANDARDS: tuple[Literal["ua-1", "a-2a"], ...] = ("ua-1", "a-2a")
"""Tagged for whoever listens to it, and readable as it is in thirty years."""
_REPLACED = mark("Le signe «\u00a0{sign}\u00a0» remplace un caractère que ce document ne sait pas écrire.")
_WORDS = {
    "page": mark("Page {page} sur {pages}"), "contents": mark("Sommaire"),
    "comment": mark("Notre commentaire"), "year": mark("Exercice {year}"),
}  # fmt: skip
_LONG_WORD = re.compile(r"[^\s\u200b]{30,}")


def compose(template: str, content: dict[str, Any]) -> bytes:
    """A template filled with content, as a tagged PDF, packed.

    Raises
    ------
    CooraceError
        When the page cannot be composed (``RAP-002``).
    """
    try:
        made = typst.compile(
            str(TEMPLATES / f"{template}.typ"),
            root=str(TEMPLATES),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs=inputs(content),
            pdf_standards=list(STANDARDS),
        )
    except (typst.TypstError, RuntimeError) as error:
        raise failed(template, error) from error
    return pack(bytes(made))


def inputs(content: dict[str, Any]) -> dict[str, str]:
    """What a template is given: content fit for a page, a note where signs were replaced, words, fonts."""
    told = json.dumps(_fit(content), ensure_ascii=False)
    note = tr(_REPLACED, sign=INSTEAD) if INSTEAD in told else ""
    words = {name: tr(text) for name, text in _WORDS.items()}
    data = {"content": told, "note": note, "words": words, "fonts": FAMILIES}
    return {"data": json.dumps(data, ensure_ascii=False)}


def failed(template: str, error: Exception) -> CooraceError:
    """The error to raise where a page could not be composed."""
    cause = tr("La mise en page a échoué : {reason}", reason=str(error)[:200])
    return CooraceError(tr("Document"), [Problem("RAP-002", template, cause)])


def write(content: bytes, path: Path) -> Path:
    """Put a file in place whole: written beside, then moved; nothing is left behind on failure."""
    beside = None
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except (OSError, ValueError) as error:
        if beside:
            with suppress(OSError):
                os.unlink(beside)
        reason = getattr(error, "strerror", None) or str(error)
        cause = tr("Le fichier n'a pas pu être écrit ({reason}).", reason=reason)
        raise CooraceError(path.name or str(path), [Problem("RAP-001", str(path), cause)]) from error
    return path


@lru_cache(1 << 14)
def fit(text: str) -> str:
    r"""A text that the page can hold: no control character, long words that may break, known signs.

    >>> fit("a\x00b"), fit("x" * 40).count("\u200b")
    ('ab', 2)
    """
    cut = _LONG_WORD.sub(lambda word: _breakable(word[0]), clean(text))
    return printable(typeset(cut))


def _breakable(word: str, step: int = 16) -> str:
    return "\u200b".join(word[i : i + step] for i in range(0, len(word), step))


def _fit(value: Any) -> Any:
    if isinstance(value, str):
        return fit(value)
    if isinstance(value, dict):
        return {key: item if key == "svg" else _fit(item) for key, item in value.items()}
    return [_fit(item) for item in value] if isinstance(value, (list, tuple)) else value
