"""What the enterprise decides to do, reopened before next year's entry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Decision:
    """One decision: what, who takes charge of it, by when, and whether it is done."""

    id: str
    label: str
    who: str
    due: str
    done: bool
    dimension: str = ""
