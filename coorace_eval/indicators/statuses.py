"""What is known of a computed value, from what is known of its inputs (decision 6)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coorace_eval.campaigns.answers import Answers
from coorace_eval.indicators import parameters
from coorace_eval.referential.model import Referential
from coorace_eval.vocabulary import ValueStatus

# From the most to the least curable: the least curable input names the status of a missing value.
ORDER = (
    ValueStatus.RENSEIGNE,
    ValueStatus.ESTIME,
    ValueStatus.NON_RENSEIGNE,
    ValueStatus.NON_DISPONIBLE,
    ValueStatus.CONFIDENTIEL,
    ValueStatus.NON_PERTINENT,
    ValueStatus.DENOMINATEUR_NUL,
)
_CODE = {status.value: code for code, status in enumerate(ORDER)}
_WORDS = np.array([status.value for status in ORDER], dtype=object)
_ESTIMATED, _FIRST_MISSING, _ZERO = _CODE["estime"], _CODE["non_renseigne"], _CODE["denominateur_nul"]


def of_indicators(referential: Referential, answers: Answers, values: pd.DataFrame) -> pd.DataFrame:
    """The status of each computed value, as the text of a ``ValueStatus``.

    A value that is there is ``estime`` when an input is, else ``renseigne``. A missing value takes
    the status of its least curable missing input; with every input known, its denominator is null.
    A parameter without a value in force makes it ``non_disponible``.
    """
    codes = _codes(referential, answers)
    numbers = values.to_numpy()
    cells = np.empty(values.shape, dtype=np.int8)
    for column, indicator in enumerate(values.columns):
        inputs = [codes[name] for name in referential.inputs_of(indicator)]
        worst = np.maximum.reduce(inputs) if inputs else np.zeros(len(values), np.int8)
        estimated = np.any([code == _ESTIMATED for code in inputs], axis=0) if inputs else False
        there = np.where(estimated, _ESTIMATED, 0)
        gone = np.where(worst >= _FIRST_MISSING, worst, _ZERO)
        cells[:, column] = np.where(np.isnan(numbers[:, column]), gone, there)
    return pd.DataFrame(_WORDS[cells], index=values.index, columns=values.columns, dtype=object)


def _codes(referential: Referential, answers: Answers) -> dict[str, np.ndarray]:
    blank = np.full(len(answers.values), _FIRST_MISSING, np.int8)
    codes = {}
    for variable in referential.variables:
        given = answers.statuses.get(variable.id)
        codes[variable.id] = blank if given is None else given.map(_CODE).to_numpy(np.int8)
    for name, column in parameters.columns(referential, answers).items():
        missing = np.isnan(column.to_numpy())
        codes[str(name)] = np.where(missing, _CODE["non_disponible"], 0).astype(np.int8)
    return codes
