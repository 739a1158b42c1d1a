"""Where the others of the same type stand, as bands: never a rank, never the figure of one of them.

The rule is written with its reasons in ``docs/decisions/bandes_du_reseau.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from math import floor, fsum, isfinite, log10

from coorace_eval.campaigns.answers import Answers
from coorace_eval.indicators import evaluate
from coorace_eval.network.publication import MIN_UNITS
from coorace_eval.referential import Referential
from coorace_eval.vocabulary import EnterpriseKind, IndicatorStatus, Level

MAX_SHARE = 0.85
MEDIAN, HALF, DECILES = ("p50",), ("p25", "p75"), ("p10", "p90")
LEAST: Mapping[tuple[str, ...], int] = {MEDIAN: 7, HALF: 12, DECILES: 30}
"""How many others an edge asks for: each part that it cuts off then holds three at least."""

_SHARES = {"p10": 10, "p25": 25, "p50": 50, "p75": 75, "p90": 90}
_RANKS = {level: float(rank) for rank, level in enumerate(Level)}


@dataclass(frozen=True)
class Band:
    """Where the others of one type stand, for an indicator or for a dimension.

    Parameters
    ----------
    indicator
        Identifier of the indicator; that of the dimension for an appreciation.
    n
        How many others it is made of.
    kind
        Their main conventionnement.
    cuts
        ``p10``, ``p25``, ``p50``, ``p75`` and ``p90``, in the unit of the indicator and rounded;
        ``None`` where the others are too few or too much alike. For an appreciation ``p25`` and
        ``p75`` are ranks among the four levels, and there is nothing else.
    """

    indicator: str
    n: int
    kind: EnterpriseKind
    cuts: Mapping[str, float | None]

    @property
    def half(self) -> tuple[float, float] | None:
        """The two edges of the middle half, where they are given."""
        return _pair(self.cuts["p25"], self.cuts["p75"])

    @property
    def deciles(self) -> tuple[float, float] | None:
        """The two edges between which four others in five stand, where they are given."""
        return _pair(self.cuts["p10"], self.cuts["p90"])


def bands(
    referential: Referential, answers: Answers, others: Set[str], kind: EnterpriseKind, year: int
) -> dict[str, Band]:
    """The bands of the indicators of the core, for the enterprises of one type and one year.

    Parameters
    ----------
    referential
        The shared référentiel, without any enterprise's overlay.
    answers
        Answers of many enterprises; those of another type, another year, or not among ``others``
        do not count.
    others
        Whom to count: neither the enterprise that is compared nor any other that the reader knows.

    Returns
    -------
    dict
        By indicator; one without enough others is not there at all.
    """
    index = answers.values.index
    counted = [
        year == one_year and id in others and kinds[:1] == (kind,)
        for (id, one_year), kinds in zip(index, answers.context["kinds"], strict=True)
    ]
    if not any(counted):
        return {}
    table = evaluate(referential, answers).values[counted]
    found = {}
    for indicator in referential.indicators:
        if indicator.status is IndicatorStatus.SOCLE:
            held = [float(value) for value in table[indicator.id]]
            if band := _band(indicator.id, held, kind, is_ratio=indicator.unit.is_ratio):
                found[indicator.id] = band
    return found


def level_bands(
    referential: Referential, levels: Iterable[Mapping[str, Level]], kind: EnterpriseKind
) -> dict[str, Band]:
    """Between which levels the middle half of the collective appreciations of one type stands.

    Parameters
    ----------
    levels
        For each of the others, the level of each dimension that it appreciated.

    Returns
    -------
    dict
        By dimension; the edges are levels, taken outwards, as words have no mean.
    """
    told = list(levels)
    found = {}
    for dimension in referential.dimensions:
        ranks = sorted(_RANKS[theirs[dimension.id]] for theirs in told if dimension.id in theirs)
        n = len(ranks)
        if n >= LEAST[HALF] and not _alike(ranks):
            low = min(ranks[place] for place in window(n, "p25"))
            high = max(ranks[place] for place in window(n, "p75"))
            cuts = dict.fromkeys(_SHARES) | {"p25": low, "p75": high}
            found[dimension.id] = Band(dimension.id, n, kind, cuts)
    return found


def window(n: int, cut: str) -> tuple[int, ...]:
    """Which of ``n`` sorted values make an edge: the three nearest, or more where two are as near.

    >>> window(12, "p25"), window(12, "p50")
    ((2, 3, 4), (4, 5, 6, 7))
    """
    away = sorted((abs(100 * place - _SHARES[cut] * (n - 1)), place) for place in range(n))
    furthest = away[min(n, MIN_UNITS) - 1][0]
    return tuple(sorted(place for distance, place in away if distance <= furthest))


def rounded(value: float, *, is_ratio: bool = False) -> float:
    """An edge as it is shown: to one point of a percentage, or to two digits.

    >>> rounded(0.4567, is_ratio=True), rounded(1_318_400.0), rounded(3.27)
    (0.46, 1300000.0, 3.3)
    """
    if not value:
        return 0.0
    return round(value, 2 if is_ratio else 1 - floor(log10(abs(value))))


def _band(id: str, values: list[float], kind: EnterpriseKind, *, is_ratio: bool) -> Band | None:
    held = sorted(value for value in values if isfinite(value))
    n = len(held)
    if n < LEAST[MEDIAN] or _alike([rounded(value, is_ratio=is_ratio) for value in held]):
        return None
    cuts: dict[str, float | None] = dict.fromkeys(_SHARES)
    for names, least in LEAST.items():
        edges = {cut: [held[place] for place in window(n, cut)] for cut in names}
        if n < least or any(map(_dominated, edges.values())):
            break
        cuts |= {cut: rounded(fsum(near) / len(near), is_ratio=is_ratio) for cut, near in edges.items()}
    return None if cuts["p50"] is None else Band(id, n, kind, cuts)


def _alike(values: list[float]) -> bool:
    """Whether nearly all say the same: to show it would be to say the figure of each."""
    same = max(values.count(value) for value in set(values))
    return len(values) - same < MIN_UNITS or same > MAX_SHARE * len(values)


def _dominated(near: list[float]) -> bool:
    """Whether one of those averaged is nearly all of the average, which would then give it away."""
    sizes = [abs(value) for value in near]
    return max(sizes) > MAX_SHARE * fsum(sizes)


def _pair(low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if low is None or high is None else (low, high)
