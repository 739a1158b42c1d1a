"""The tables of words, read once: what is found, what is proposed, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class People:
    """A plural that names men only, the feminine that may stand beside it, and what to say instead."""

    men: str
    women: tuple[str, ...]
    say: str
    after: bool


@dataclass(frozen=True)
class Siglum:
    """A siglum with what it means, alone and in the plural; a common one needs no word."""

    name: str
    one: str
    many: str
    common: bool


@dataclass(frozen=True)
class Words:
    """Words to look for, each with what may stand in its place, and the reason of all of them."""

    code: str
    why: str
    instead: dict[str, str]


@cache
def people() -> tuple[People, ...]:
    """Plurals of people that leave women out."""
    return tuple(
        People(men, tuple(entry["women"].split()), entry["say"], entry.get("anywhere", "") != "oui")
        for men, entry in _read("people.yaml").items()
    )


@cache
def charter_words() -> tuple[Words, ...]:
    """Words about people that the charter replaces."""
    return _words("charter.yaml")


@cache
def jargon() -> tuple[Words, ...]:
    """Words of the trade, with plain ones."""
    return _words("jargon.yaml")


@cache
def sigla() -> dict[str, Siglum]:
    """Sigla of the field."""
    found = _read("sigla.yaml")
    common = {name: Siglum(name, "", "", True) for name in found["common"]}
    said = {
        name: Siglum(name, means["one"], means.get("many", means["one"]), False)
        for name, means in found["said"].items()
    }
    return common | said


def _words(name: str) -> tuple[Words, ...]:
    return tuple(
        Words(code, entry["why"], {found.lower(): said for found, said in entry["instead"].items()})
        for code, entry in _read(name).items()
    )


def _read(name: str) -> dict[str, Any]:
    text = (DATA / name).read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.BaseLoader))


@cache
def pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """What finds any of these words, whole, the longest first, whatever the spaces between them."""
    each = (_whole(word) for word in sorted(words, key=lambda word: (-len(word), word)))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(each)})", re.IGNORECASE)


def _whole(word: str) -> str:
    found = r"\s+".join(map(re.escape, word.split()))
    return found if word.endswith("'") else rf"{found}(?!\w|-\w)"
