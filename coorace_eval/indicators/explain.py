"""Where a figure comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from coorace_eval.campaigns.answers import STATUSES
from coorace_eval.formatting import format_date, format_value
from coorace_eval.indicators import parameters
from coorace_eval.indicators.parameters import ParameterUsed
from coorace_eval.language import tr
from coorace_eval.problems import AnswerError, Problem, did_you_mean
from coorace_eval.referential.model import Indicator, ParameterValue, Variable
from coorace_eval.referential.plan import Program
from coorace_eval.vocabulary import ValueStatus

if TYPE_CHECKING:
    from coorace_eval.indicators.results import Results


@dataclass(frozen=True, slots=True)
class Input:
    """One variable behind a figure, with what is known of its answer."""

    variable: Variable
    value: float
    status: ValueStatus
    source: str = ""
    author: str = ""
    at: datetime | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that stands behind one figure.

    Parameters
    ----------
    value
        In the indicator's unit; NaN where missing.
    status
        Why, where it is missing.
    through
        Other indicators that the formula names.
    robustness
        The figure that tells how far to trust it, NaN where there is none.
    """

    indicator: Indicator
    enterprise: str
    year: int
    value: float
    status: ValueStatus
    inputs: tuple[Input, ...]
    parameters: tuple[ParameterUsed, ...]
    through: tuple[Indicator, ...]
    robustness: float
    referential: str

    @property
    def fragile(self) -> bool:
        """Whether the figure falls under its own alert threshold."""
        told = self.indicator.robustness
        return bool(told and self.robustness < told.alert_below)

    def lines(self) -> list[tuple[str, str]]:
        """What to read, as pairs of a label and a text."""
        shown = format_value(self.value, self.indicator.unit, label=self.indicator.unit_text)
        read = [
            (tr("Indicateur"), self.indicator.label),
            (tr("Valeur"), shown if self.status.has_value else f"{shown} ({self.status.label.lower()})"),
            (tr("Formule"), self.indicator.formula),
        ]
        read += [(tr("Passe par"), f"{i.label} = {i.formula}") for i in self.through]
        read += [(given.variable.label, _said(given)) for given in self.inputs]
        read += [(used.parameter.label, _parameter(used)) for used in self.parameters]
        if told := self.indicator.robustness:
            share = format_value(self.robustness, "ratio")
            read.append(
                (told.label, tr("{share} : à lire avec prudence", share=share) if self.fragile else share)
            )
        read.append((tr("Référentiel"), self.referential))
        return read

    def __str__(self) -> str:
        return "\n".join(f"{label} : {text}" for label, text in self.lines())

    def _repr_html_(self) -> str:
        rows = "".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in self.lines())
        return f"<dl>{rows}</dl>"


def explain(results: Results, indicator: str, enterprise: str | None, year: int | None) -> Explanation:
    """See :meth:`Results.explain`."""
    referential, answers = results.referential, results.answers
    known = [i.id for i in referential.indicators]
    if indicator not in known:
        cause = tr("« {indicator} » n'est pas un indicateur de ce référentiel.", indicator=indicator)
        raise AnswerError(
            "explain", [Problem("STO-005", "indicateur", cause, did_you_mean(indicator, known))]
        )
    row = _row(results, enterprise, year)
    who, when = answers.values.index[row]
    found = referential.indicator(indicator)
    inputs = referential.inputs_of(indicator)
    variables = {variable.id for variable in referential.variables}
    through = tuple(referential.indicator(name) for name in found.compute.variables if name in known)
    return Explanation(
        indicator=found,
        enterprise=str(who),
        year=int(when),
        value=float(results.values[indicator].iloc[row]),
        status=STATUSES[results.statuses[indicator].iloc[row]],
        inputs=tuple(_input(results, name, row) for name in inputs if name in variables),
        parameters=tuple(
            parameters.used(referential, answers, name, row) for name in inputs if name not in variables
        ),
        through=through,
        robustness=robustness(results, found, row),
        referential=referential.reference,
    )


def robustness(results: Results, indicator: Indicator, row: int) -> float:
    """The figure that tells how far to trust an indicator; NaN where there is none."""
    if indicator.robustness is None:
        return math.nan
    formula = indicator.robustness.compute
    program = Program({"robustness": formula.tree}, formula.variables)
    return float(program.frame(results.answers.values.iloc[[row]])["robustness"].iloc[0])


def _row(results: Results, enterprise: str | None, year: int | None) -> int:
    index = results.answers.values.index
    fitting = [
        row for row, (who, when) in enumerate(index)
        if enterprise in (None, who) and year in (None, when)
    ]  # fmt: skip
    if len(fitting) == 1:
        return fitting[0]
    cause = tr("ce chiffre n'est pas là.") if not fitting else tr("plusieurs chiffres conviennent.")
    raise AnswerError(
        "explain",
        [Problem("STO-005", tr("entreprise, exercice"), cause, tr("Précisez l'entreprise et l'exercice."))],
    )


def _input(results: Results, name: str, row: int) -> Input:
    answers = results.answers
    who, when = answers.values.index[row]
    notes = answers.notes
    mine = notes[(notes["variable"] == name) & (notes["enterprise"] == who) & (notes["year"] == when)]
    note = mine.iloc[-1].to_dict() if len(mine) else {}
    asked = name in answers.values.columns
    at = note.get("at")
    return Input(
        results.referential.variable(name),
        float(answers.values[name].iloc[row]) if asked else math.nan,
        STATUSES[answers.statuses[name].iloc[row]] if asked else ValueStatus.NON_RENSEIGNE,
        note.get("source") or "",
        note.get("author") or "",
        at.to_pydatetime() if at is not None and at == at else None,
        note.get("comment") or "",
    )


def _said(given: Input) -> str:
    shown = format_value(given.value, given.variable.unit, label=given.variable.unit_text)
    about = [given.status.label.lower()] if given.status is not ValueStatus.RENSEIGNE else []
    about += [given.source] if given.source else []
    about += [tr("saisi par {author}", author=given.author)] if given.author else []
    about += [tr("le {date}", date=format_date(given.at))] if given.at else []
    about += [given.comment] if given.comment else []
    return f"{shown} ({', '.join(about)})" if about else shown


def _parameter(used: ParameterUsed) -> str:
    if not used.parts:
        return tr("– (aucune valeur pour ce type de structure et cet exercice)")
    shown = format_value(used.value, used.parameter.unit, label=used.parameter.unit_text)
    return f"{shown} ({'; '.join(map(_origin, used.parts))})"


def _origin(part: ParameterValue) -> str:
    """Since when a parameter holds, and by which text."""
    said = tr("depuis {year}, {source}", year=part.since, source=part.source)
    if not part.confirmed:
        said = tr("{said}, à confirmer", said=said)
    return f"{part.kind.value} {said}" if part.kind else said
