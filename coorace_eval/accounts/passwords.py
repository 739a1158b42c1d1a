"""Passwords: which are accepted, and how they are kept (argon2id, as OWASP advises)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from coorace_eval.accounts.model import Account
from coorace_eval.language import tr
from coorace_eval.problems import Problem

SHORTEST, LONGEST = 12, 200

_HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
_NOBODY = "$argon2id$v=19$m=47104,t=1,p=1$K2z5kBaRJdD80lZ8qGyxhA$PFSnOxHKgokDxPf+wsUT6Op7S0jNLv7NgknqJwJG9T0"
"""The hash of a password that was thrown away: refusing an unknown login takes as long as another."""

_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_TRIED_FIRST = """
administrateur administration administrator admin azerty azertyuiop bienvenue bonjour changemoi changeme
chouchou coorace cooraceeval coucou doudou entreprise federation football iloveyou insertion jetaime
letmein loulou marseille monmotdepasse motdepasse nepasoublier password qwerty qwertyuiop referent
referente secret soleil utilisateur utilitesociale welcome
"""
_COMMON = frozenset(_TRIED_FIRST.split())


def hash_password(text: str) -> str:
    """The hash to keep; it takes some tens of milliseconds and 46 MiB, on purpose."""
    return _HASHER.hash(_canonical(text))


def verify_password(kept: str | None, text: str) -> bool:
    """Whether the text is the password whose hash was kept; as long when there is none.

    Parameters
    ----------
    kept
        The hash, or ``None`` where the login is unknown or has no password yet.
    """
    known = kept is not None and len(text) <= LONGEST
    try:
        _HASHER.verify(kept if known and kept else _NOBODY, _canonical(text[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return known


def needs_rehash(kept: str) -> bool:
    """Whether the hash was made with other settings than today's; then hash again at the next login."""
    return _HASHER.check_needs_rehash(kept)


def check_password(text: str, account: Account) -> list[Problem]:
    """All that is wrong with a password that a person chooses; empty when it will do."""
    return [Problem("ACC-005", "mot de passe", cause) for cause in _weaknesses(_canonical(text), account)]


def _canonical(text: str) -> str:
    """The same text from every keyboard: ``é`` typed in one stroke or in two."""
    return unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))


def _weaknesses(text: str, account: Account) -> Iterator[str]:
    if len(text) < SHORTEST:
        yield tr("Il compte moins de {most} caractères.", most=SHORTEST)
        return
    if len(text) > LONGEST:
        yield tr("Il compte plus de {most} caractères.", most=LONGEST)
        return
    low = text.casefold()
    if _names_left_out(low, account) < SHORTEST // 2:
        yield tr("Il reprend votre nom ou votre identifiant.")
    elif len(set(low)) < 5 or low in (low + low)[1:-1]:
        yield tr("Il répète toujours la même chose.")
    elif _in_sequence(low) * 2 > len(low):
        yield tr("Il suit l'ordre de l'alphabet, des chiffres ou du clavier.")
    elif _letters(low) in _COMMON:
        yield tr("Il est parmi les premiers que l'on essaie.")


def _names_left_out(low: str, account: Account) -> int:
    """How many characters remain once the names of the person are taken out."""
    name = account.name.casefold()
    words = {account.login, account.login.partition("@")[0], name, name.replace(" ", ""), *name.split()}
    rest = low
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= 3:
            rest = rest.replace(word, "")
    return len(rest)


def _in_sequence(low: str) -> int:
    """How many characters only follow the one before."""
    pairs = zip(low, low[1:], strict=False)
    return sum(
        abs(ord(a) - ord(b)) <= 1 or any(a + b in row or b + a in row for row in _ROWS) for a, b in pairs
    )


def _letters(low: str) -> str:
    plain = unicodedata.normalize("NFD", low)
    return re.sub(r"[^a-z]", "", plain)
