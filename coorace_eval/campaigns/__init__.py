"""Campaigns: who evaluates itself, what was answered, said, appreciated and decided."""

from __future__ import annotations

from coorace_eval.campaigns.answers import Answer, AnswerChangedError, Answers
from coorace_eval.campaigns.appreciation import Appreciation, Verbatim
from coorace_eval.campaigns.decisions import Decision
from coorace_eval.campaigns.entry import read_answer
from coorace_eval.campaigns.framing import FRAMING, Framing, FramingField
from coorace_eval.campaigns.model import NEXT, Campaign, Enterprise, State
from coorace_eval.campaigns.story import Story
from coorace_eval.campaigns.workshop import Card

__all__ = [
    "FRAMING",
    "NEXT",
    "Answer",
    "AnswerChangedError",
    "Answers",
    "Appreciation",
    "Campaign",
    "Card",
    "Decision",
    "Enterprise",
    "Framing",
    "FramingField",
    "State",
    "Story",
    "Verbatim",
    "read_answer",
]
