"""What a workshop produces: cards."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """One contribution as someone wrote it on a card; grouped once it has a dimension."""

    id: str
    text: str
    who: str
    dimension: str = ""
