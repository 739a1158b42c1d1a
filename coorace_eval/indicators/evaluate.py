"""Compute indicators by columns: one row per enterprise and year, or a million."""

from __future__ import annotations

import pandas as pd

from coorace_eval.campaigns.answers import Answers
from coorace_eval.indicators import parameters
from coorace_eval.indicators.results import Results
from coorace_eval.referential.model import Referential

PLAIN_ROWS = 100_000


def evaluate(referential: Referential, answers: Answers | pd.DataFrame) -> Results:
    """Compute each indicator for each row of ``answers``.

    Parameters
    ----------
    referential
        The référentiel the answers were given to.
    answers
        Answers from a store, or a table with one row per enterprise and year, one column per
        variable in that variable's unit. ``enterprise``, ``year``, ``kind`` and ``region`` may be
        columns or index levels. Above 100,000 rows a table that needs no parameter is computed in
        place, without a status for each cell; its figures must be finite.

    Returns
    -------
    Results
        One value per indicator and row, in the indicator's own unit; a missing answer, a division
        by zero and an overflow give a missing value, never zero. float64 throughout.

    Raises
    ------
    AnswerError
        When a table holds something else than finite numbers, or a row twice.
    """
    dated = set(referential.program.inputs) & {parameter.id for parameter in referential.parameters}
    if isinstance(answers, pd.DataFrame):
        if len(answers) > PLAIN_ROWS and not dated:
            return Results(referential, referential.program.frame(answers), plain=answers)
        answers = Answers.from_frame(answers)
    table = answers.values
    if dated:
        table = table.join(parameters.columns(referential, answers)[sorted(dated)])
    return Results(referential, referential.program.frame(table), answers)
