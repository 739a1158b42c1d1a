"""How an enterprise shows its restitution: what is in it, in what order, with what words and colours."""

from __future__ import annotations

from dataclasses import dataclass

LAYOUTS = ("bandeau", "colonne", "mosaique")
"""The layouts of a leaflet."""
MOST_FIGURES = 8
"""As many figures as a leaflet has room for."""
PARTS = ("logo", "photo", "modele_word")
"""The files that an enterprise keeps for its documents."""
LARGEST_FILE = 4 << 20
"""As many bytes as one of them may weigh."""


@dataclass(frozen=True)
class SectionChoice:
    """One section of the report: whether it is there, and what the enterprise adds to it.

    Parameters
    ----------
    id
        ``demarche``, ``appreciation``, ``dimension.<id>``, ``cibles``… as ``reports.sections`` lists them.
    comment
        The enterprise's own words, set after the title; empty where there are none.
    """

    id: str
    shown: bool = True
    comment: str = ""


@dataclass(frozen=True)
class Edition:
    """What the enterprise chose for its report; sections that are not named follow in their usual order."""

    sections: tuple[SectionChoice, ...] = ()
    language: str = "fr"


@dataclass(frozen=True)
class LeafletChoice:
    """What the enterprise chose for its leaflet; what is empty is chosen for it.

    Parameters
    ----------
    layout
        One of ``LAYOUTS``.
    figures
        Identifiers of indicators, eight at most, in order.
    verbatim
        Identifier of the quote to show, with its author's consent.
    colours
        Two colours as ``#RRGGBB``: the main one and the second one.
    """

    layout: str = "bandeau"
    title: str = ""
    text: str = ""
    figures: tuple[str, ...] = ()
    verbatim: str = ""
    contact: str = ""
    colours: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Asset:
    """A file of the enterprise: its logo, a photo, its Word template; already checked and cleaned."""

    part: str
    name: str
    mime: str
    content: bytes
