"""Words for words: what the tables find, and what they propose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coorace_eval.wording.places import masked
from coorace_eval.wording.remark import Kind, Remark, as_written
from coorace_eval.wording.tables import Words, charter_words, jargon, pattern

_ELIDED = re.compile(r"(?<![\w'-])(l'|d'|qu'|n'|s'|j'|(?:le|la|de|du|au|que|ne|se|je)\s)$", re.IGNORECASE)
_VOWEL = re.compile(r"[aeéèêiîoôuhœ]", re.IGNORECASE)
_BEFORE_VOWEL = {
    "le ": "l'", "la ": "l'", "de ": "d'", "du ": "de l'", "au ": "à l'", "que ": "qu'", "ne ": "n'",
    "se ": "s'", "je ": "j'",
}  # fmt: skip


def charter_remarks(text: str) -> Iterator[Remark]:
    """Words about people that the charter replaces."""
    return _remarks(text, charter_words(), Kind.CHARTER)


def jargon_remarks(text: str) -> Iterator[Remark]:
    """Words of the trade that a mayor or a neighbour would not say."""
    return _remarks(text, jargon(), Kind.JARGON)


def _remarks(text: str, table: tuple[Words, ...], kind: Kind) -> Iterator[Remark]:
    read = masked(text)
    for entry in table:
        for found in pattern(tuple(entry.instead)).finditer(read):
            words = " ".join(found[0].lower().split())
            said = entry.instead[words] + (" " if words.endswith("'") else "")
            start, proposal = _joined(read, found.start(), said)
            here = text[start : found.end()]
            yield Remark(start, found.end(), entry.code, here, entry.why, as_written(proposal, here), kind)


def _joined(read: str, start: int, said: str) -> tuple[int, str]:
    """Where the replacement begins, and its words, once the little word before it agrees with them.

    « d'écosystème » becomes « de réseau », « le placement » becomes « l'accès »; before « l' » nothing
    can be proposed that would not need to know more of grammar.
    """
    before = _ELIDED.search(read[:start])
    if not said or before is None:
        return start, said
    little, vowel = before[1].lower(), bool(_VOWEL.match(said))
    if little.endswith("'"):
        if vowel:
            return start, said
        return (start, "") if little == "l'" else (before.start(1), f"{little[:-1]}e {said}")
    return (before.start(1), _BEFORE_VOWEL[f"{little.strip()} "] + said) if vowel else (start, said)
