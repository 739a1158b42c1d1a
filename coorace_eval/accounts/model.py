"""Accounts, sessions and links, as plain values."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from coorace_eval.language import mark
from coorace_eval.problems import CooraceError, Problem
from coorace_eval.vocabulary import Labelled

KEY = re.compile(r"c-[0-9a-f]{16}")
"""How the key of an account is written: what a history holds instead of a name."""

REMOVED = mark("personne retirée")
"""How one reads the key of an account that was erased."""

LONGEST_NAME = 100

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+'-]{1,99}")


class Role(Labelled):
    """What a person comes for; it decides what they may see and change."""

    ENTREPRISE = "entreprise", mark("Entreprise")
    REFERENT = "referent", mark("Référent-e")
    CHERCHEUR = "chercheur", mark("Chercheur-e")
    FEDERATION = "federation", mark("Fédération")


class LinkPurpose(Labelled):
    """What a link sent to a person is for."""

    INVITATION = "invitation", mark("Invitation")
    RESET = "reset", mark("Nouveau mot de passe")


class AccessError(CooraceError):
    """Someone may not come in, or may not do that."""


def refused(code: str, cause: str, where: str = "", hint: str = "") -> AccessError:
    """The error to raise when an access is refused for one reason."""
    return AccessError("Accès", [Problem(code, where, cause, hint)])


def normalised(login: str) -> str:
    """A login as it is kept and compared: ``" Ana@Marais.FR "`` is ``"ana@marais.fr"``."""
    return unicodedata.normalize("NFKC", login.strip()).lower()


def new_key() -> str:
    """The key of a new account: drawn at random, it says nothing of the person."""
    return f"c-{secrets.token_hex(8)}"


@dataclass(frozen=True, slots=True)
class Account:
    """One person who may come in.

    Parameters
    ----------
    key
        Opaque and permanent, never given to another; what histories keep (see ``new_key``).
    login
        What the person types: an e-mail address or a short name, normalised here.
    name
        The name that others read.
    enterprises
        Identifiers of the enterprises the person is a member of.

    Raises
    ------
    AccessError
        ACC-007, for all that is badly described at once.
    """

    key: str
    login: str
    name: str
    role: Role
    enterprises: frozenset[str] = frozenset()
    active: bool = True

    def __post_init__(self) -> None:
        """Bring the login and the name to the form they are kept in, and check them."""
        object.__setattr__(self, "login", normalised(self.login))
        object.__setattr__(self, "name", " ".join(self.name.split()))
        object.__setattr__(self, "enterprises", frozenset(self.enterprises))
        if problems := list(self._problems()):
            raise AccessError("Compte", problems)
        object.__setattr__(self, "role", Role(self.role))

    def _problems(self) -> Iterator[Problem]:
        if not KEY.fullmatch(self.key):
            yield Problem("ACC-007", "clé", "La clé du compte est mal écrite.")
        if not _LOGIN.fullmatch(self.login):
            hint = "Écrivez une adresse électronique, ou un nom court sans accent ni espace."
            yield Problem("ACC-007", "identifiant", "Cet identifiant ne convient pas.", hint)
        if not self.name or len(self.name) > LONGEST_NAME or not self.name.isprintable():
            cause = f"Le nom compte de 1 à {LONGEST_NAME} caractères."
            yield Problem("ACC-007", "nom", cause, "Écrivez le nom que les autres liront.")
        if self.role not in list(Role):
            yield Problem("ACC-007", "rôle", "Ce rôle n'existe pas.")


@dataclass(frozen=True, slots=True)
class Session:
    """One stay of a person; the browser holds a token, the store only its digest."""

    digest: str
    account: str
    opened: datetime
    seen: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """An address sent to one person, once, to choose a password; the store holds its digest.

    Parameters
    ----------
    account
        Key of the account that the link opens.
    by
        Key of the person who made it; empty from the command line.
    """

    digest: str
    account: str
    purpose: LinkPurpose
    until: datetime
    by: str = ""
