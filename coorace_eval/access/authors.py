"""Names in the place of keys, in what a person reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

import pandas as pd

from coorace_eval.campaigns.answers import Answer, AnswerChangedError, Answers

R = TypeVar("R")
Names = Callable[[Iterable[str]], dict[str, str]]


def with_names(result: R, names: Names) -> R:
    """The same result, where each author reads as a name (« personne retirée » once erased).

    Parameters
    ----------
    names
        Gives the name of each author that is a key; the others stay as they are.
    """
    shown: Any = result
    if isinstance(result, Answer):
        shown = _signed(result, names([result.author]))
    elif isinstance(result, list) and result and isinstance(result[0], Answer):
        known = names({answer.author for answer in result})
        shown = [_signed(answer, known) for answer in result]
    elif isinstance(result, Answers):
        shown = replace(result, notes=with_names(result.notes, names))
    elif isinstance(result, pd.DataFrame) and "author" in result.columns:
        known = names(result["author"].unique())
        shown = result.assign(author=result["author"].replace(known)) if known else result
    return shown  # type: ignore[no-any-return]


def changed_by(error: AnswerChangedError, names: Names) -> AnswerChangedError:
    """The same refusal, where the other person reads as a name."""
    return AnswerChangedError.by(with_names(error.theirs, names))


def _signed(answer: Answer, known: dict[str, str]) -> Answer:
    return replace(answer, author=known[answer.author]) if answer.author in known else answer
