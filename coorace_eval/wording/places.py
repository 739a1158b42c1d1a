"""Where a text must not be read: addresses, and words that it quotes."""

from __future__ import annotations

import re

_APART = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}|«[^»]*»|“[^”]*”|\"[^\"\n]*\"",
    re.IGNORECASE,
)
_APOSTROPHES = str.maketrans("’ʼ\u00a0\u202f\t", "''   ")


def plain(text: str) -> str:
    """The text at the same length, with one kind of apostrophe and of space.

    >>> plain("l’équipe\u00a0: oui")
    "l'équipe : oui"
    """
    return text.translate(_APOSTROPHES)


def masked(text: str) -> str:
    r"""The text at the same length, its addresses and the words it quotes struck out.

    What someone else said, or a term that one defines, is theirs.

    >>> masked("Dire « usagers » ou non")
    'Dire \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00 ou non'
    """
    return _APART.sub(lambda found: "\0" * len(found[0]), plain(text))
