"""The shelf of documents: what an enterprise chose for them, and the files it puts in them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from coorace_eval.campaigns.edition import (
    LARGEST_FILE,
    LAYOUTS,
    MOST_FIGURES,
    PARTS,
    Asset,
    Edition,
    LeafletChoice,
    SectionChoice,
)
from coorace_eval.language import LANGUAGES
from coorace_eval.problems import CampaignError, Problem
from coorace_eval.storage.campaigns import Campaigns
from coorace_eval.storage.shelf import matching
from coorace_eval.storage.tables import ASSET, EDITION, plain

REPORT, LEAFLET = "restitution", "plaquette"
"""The documents for which something is chosen."""
LONGEST_CHOICE = 400_000
"""As many characters as all that is chosen for one document may count."""
LONGEST_NAME = 255


class Editions(Campaigns):
    """What one campaign chose for its documents, and the files that an enterprise keeps for all of them."""

    def edition(self, enterprise: str, year: int) -> Edition:
        """What was chosen for the report; the usual one where nothing was."""
        kept = self._chosen(enterprise, year, REPORT)
        sections = tuple(SectionChoice(**one) for one in kept.get("sections", ()))
        return Edition(sections, kept.get("language", Edition.language))

    def save_edition(self, enterprise: str, year: int, edition: Edition) -> None:
        """Keep what is chosen for the report.

        Raises
        ------
        CampaignError
            When the language is none of ours, a section is named twice, or it is all too long.
        """
        names = [section.id for section in edition.sections]
        _require(edition.language in LANGUAGES, "CAM-005", "langue", "Cette langue n'est pas proposée.")
        _require(len(set(names)) == len(names), "RAP-006", "sections", "Une section est nommée deux fois.")
        self._choose(enterprise, year, REPORT, edition)

    def leaflet_choice(self, enterprise: str, year: int) -> LeafletChoice:
        """What was chosen for the leaflet; the usual one where nothing was."""
        kept = self._chosen(enterprise, year, LEAFLET)
        for name in {"figures", "colours"} & set(kept):
            kept[name] = tuple(kept[name])
        return LeafletChoice(**kept)

    def save_leaflet_choice(self, enterprise: str, year: int, choice: LeafletChoice) -> None:
        """Keep what is chosen for the leaflet.

        Raises
        ------
        CampaignError
            When the layout is none of ours, there are too many figures, or it is all too long.
        """
        _require(choice.layout in LAYOUTS, "RAP-010", "modèle", "Ce modèle n'est pas proposé.")
        most = f"Une plaquette montre {MOST_FIGURES} chiffres au plus."
        _require(len(choice.figures) <= MOST_FIGURES, "RAP-010", "chiffres", most)
        self._choose(enterprise, year, LEAFLET, choice)

    def asset(self, enterprise: str, part: str) -> Asset | None:
        """A file of the enterprise, if it keeps one."""
        query = select(ASSET).where(ASSET.c.enterprise == enterprise, ASSET.c.part == part)
        row = self._connection.execute(query).first()
        return None if row is None else Asset(row.part, row.name, row.mime, bytes(row.content))

    def save_asset(self, enterprise: str, asset: Asset) -> None:
        """Keep a file of the enterprise, in the place of the one of that part.

        Raises
        ------
        CampaignError
            When there is no such part, or the file is too big.
        """
        _require(asset.part in PARTS, "CAM-004", "fichier", "Ce fichier n'est pas attendu.")
        size = f"Le fichier dépasse {LARGEST_FILE >> 20} Mo."
        _require(len(asset.content) <= LARGEST_FILE, "RAP-009", "fichier", size)
        with self._writing():
            self._known_enterprise(enterprise)
        self._put(
            ASSET,
            {
                "enterprise": enterprise,
                "part": asset.part,
                "name": asset.name[:LONGEST_NAME],
                "mime": asset.mime[:LONGEST_NAME],
                "content": asset.content,
            },
        )

    def remove_asset(self, enterprise: str, part: str) -> None:
        """Remove a file of the enterprise; it is no error that there is none."""
        self._take_away(ASSET, enterprise=enterprise, part=part)

    def _chosen(self, enterprise: str, year: int, document: str) -> dict[str, Any]:
        wanted = matching(EDITION, enterprise=enterprise, year=year, document=document)
        kept = self._connection.execute(select(EDITION.c.content).where(wanted)).scalar()
        return {} if kept is None else dict(json.loads(kept))

    def _choose(self, enterprise: str, year: int, document: str, chosen: Edition | LeafletChoice) -> None:
        content = json.dumps(_plain(asdict(chosen)), ensure_ascii=False)
        long = "Vos textes sont trop longs, tous ensemble."
        _require(len(content) <= LONGEST_CHOICE, "REP-012", "textes", long)
        with self._writing():
            self.campaign(enterprise, year)
        self._put(EDITION, {"enterprise": enterprise, "year": year, "document": document, "content": content})


def _plain(value: Any) -> Any:
    """The same value, its texts such as both databases keep them."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _require(is_right: bool, code: str, where: str, cause: str) -> None:
    if not is_right:
        raise CampaignError("Documents", [Problem(code, where, cause)])
