"""What the group thinks of its facts, in words, and what people said (decision 8)."""

from __future__ import annotations

from dataclasses import dataclass

from coorace_eval.vocabulary import Confidence, Level


@dataclass(frozen=True)
class Appreciation:
    """The collective appreciation of a dimension: a worded level, why, how sure.

    It is written little by little: ``level`` and ``confidence`` are ``None`` until chosen.
    """

    dimension: str
    level: Level | None = None
    why: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True)
class Verbatim:
    """What someone said, and whether they agree that it be shown outside the group."""

    id: str
    dimension: str
    text: str
    who: str
    consent: bool
