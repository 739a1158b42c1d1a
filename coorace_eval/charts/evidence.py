"""What each figure of an enterprise rests on, in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import isnan

from coorace_eval.campaigns.story import Story
from coorace_eval.charts.words import plain, typeset
from coorace_eval.formatting import MISSING, format_value
from coorace_eval.indicators import Results
from coorace_eval.indicators.explain import robustness
from coorace_eval.language import mark, tr, trn
from coorace_eval.referential.model import Contribution, Dimension, Indicator
from coorace_eval.vocabulary import ValueStatus

DOCUMENTED, DECLARED, CAREFUL, NOTHING = (
    mark("Documenté"), mark("Déclaré"), mark("À lire avec prudence"), mark("Sans chiffre"),
)  # fmt: skip
STRENGTHS = (NOTHING, CAREFUL, DECLARED, DOCUMENTED)
"""How solid a figure is, from least to most."""


@dataclass(frozen=True)
class Link:
    """One indicator, what it says and what it rests on.

    Parameters
    ----------
    strength
        Rank among ``STRENGTHS``: documented when each of its inputs has its source written, declared
        when one has not, to read with care when one is estimated or too few answered.
    sources
        Where its inputs come from, in the words of the people or of the référentiel.
    known
        How far to trust it, where the indicator says so (« Taux de réponse : 62 % »).
    """

    dimension: Dimension
    contribution: Contribution
    indicator: Indicator
    value: str
    strength: int
    sources: tuple[str, ...]
    known: str

    @property
    def word(self) -> str:
        """The strength in a word."""
        return tr(STRENGTHS[self.strength])

    @property
    def said(self) -> str:
        """The sources on one line."""
        if not self.sources:
            return tr("Source non écrite") if self.strength else MISSING
        more = len(self.sources) - 1
        return self.sources[0] + (trn(" et {n} autre", " et {n} autres", more) if more else "")


def links(results: Results, enterprise: str, year: int) -> list[Link]:
    """Every indicator of the référentiel, with what it rests on that year."""
    row = list(results.answers.values.index).index((enterprise, year))
    given, figures = _Given(results, enterprise, year), results.values.iloc[row]
    found = []
    for dimension in results.referential.dimensions:
        for contribution in dimension.contributions:
            for indicator in contribution.indicators:
                figure = float(figures[indicator.id])
                value = format_value(figure, indicator.unit, label=indicator.unit_text)
                trust = robustness(results, indicator, row)
                strength = given.strength(indicator, figure, trust)
                sources = given.sources(indicator) if strength else ()
                known = _known(indicator, trust)
                found.append(Link(dimension, contribution, indicator, value, strength, sources, known))
    return found


class _Given:
    """The answers of one campaign, looked up by variable."""

    def __init__(self, results: Results, enterprise: str, year: int) -> None:
        self._about = results.referential
        answers = results.answers
        statuses = answers.statuses.loc[[(enterprise, year)]].iloc[0]
        self._statuses = dict(zip(statuses.index, statuses, strict=True))
        notes = answers.notes[(answers.notes["enterprise"] == enterprise) & (answers.notes["year"] == year)]
        self._sources = dict(zip(notes["variable"], map(plain, notes["source"]), strict=True))
        self._variables = {variable.id for variable in self._about.variables}
        self._usual = {source.id: plain(source.label) for source in self._about.sources}

    def strength(self, indicator: Indicator, value: float, trust: float) -> int:
        if isnan(value):
            return STRENGTHS.index(NOTHING)
        inputs = self._inputs(indicator)
        fragile = indicator.robustness is not None and trust < indicator.robustness.alert_below
        if fragile or any(self._statuses.get(name) == ValueStatus.ESTIME.value for name in inputs):
            return STRENGTHS.index(CAREFUL)
        written = all(self._sources.get(name) for name in inputs)
        return STRENGTHS.index(DOCUMENTED if written else DECLARED)

    def sources(self, indicator: Indicator) -> tuple[str, ...]:
        named = (
            self._sources.get(name) or self._usual.get(self._about.variable(name).source or "", "")
            for name in self._inputs(indicator)
        )
        return tuple(dict.fromkeys(filter(None, named)))

    def _inputs(self, indicator: Indicator) -> list[str]:
        return [name for name in self._about.inputs_of(indicator.id) if name in self._variables]


def told(story: Story, dimension: str) -> str:
    """What was said about a dimension, counted: cards of the workshop, quotes that may be shown."""
    cards = Counter(card.dimension for card in story.cards)[dimension]
    quotes = Counter(quote.dimension for quote in story.verbatims if quote.consent)[dimension]
    said = [
        *([trn("{n} carte de l'atelier", "{n} cartes de l'atelier", cards)] if cards else []),
        *([trn("{n} témoignage", "{n} témoignages", quotes)] if quotes else []),
    ]
    return typeset(", ".join(said) or tr("ni carte ni témoignage"))


def _known(indicator: Indicator, trust: float) -> str:
    about = indicator.robustness
    if about is None or isnan(trust):
        return ""
    return tr("{label} : {share}", label=plain(about.label), share=format_value(trust, "ratio"))
