"""Everything that a restitution tells beside its figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from coorace_eval.campaigns.appreciation import Appreciation, Verbatim
from coorace_eval.campaigns.decisions import Decision
from coorace_eval.campaigns.framing import Framing
from coorace_eval.campaigns.model import Campaign, Enterprise
from coorace_eval.campaigns.workshop import Card


@dataclass(frozen=True)
class Story:
    """One campaign in words, with what was thought and decided the year before."""

    enterprise: Enterprise
    campaign: Campaign
    framing: Framing = field(default_factory=dict)
    cards: tuple[Card, ...] = ()
    appreciations: tuple[Appreciation, ...] = ()
    verbatims: tuple[Verbatim, ...] = ()
    decisions: tuple[Decision, ...] = ()
    previous_appreciations: tuple[Appreciation, ...] = ()
    previous_decisions: tuple[Decision, ...] = ()
