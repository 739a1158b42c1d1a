"""Bands of the network: what they say, and what they cannot be made to say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network.test_publication import BASE

from coorace_eval.campaigns import Answers
from coorace_eval.network import Band, bands, level_bands
from coorace_eval.network.bands import LEAST, MEDIAN, rounded, window
from coorace_eval.referential import parse_referential
from coorace_eval.referential.writer import to_yaml
from coorace_eval.vocabulary import EnterpriseKind, Level

YEAR, AI, ACI = 2025, EnterpriseKind.AI, EnterpriseKind.ACI
ORDER = ("p10", "p25", "p50", "p75", "p90")
SHARES = dict(zip(ORDER, (10, 25, 50, 75, 90), strict=True))


def network(values: list[float], kind: EnterpriseKind = AI, stem: str = "e") -> pd.DataFrame:
    rows = [
        {"enterprise": f"{stem}_{rank}", "kind": kind.value, "v": value} for rank, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["enterprise", "kind", "v"]).assign(year=YEAR)


def band(values: list[float], left_out: frozenset[str] = frozenset()) -> Band | None:
    frame = network(values)
    others = frozenset(frame["enterprise"]) - left_out
    return bands(BASE, Answers.from_frame(frame), others, AI, YEAR).get("total")


def told(values: list[float]) -> list[float | None]:
    found = band(values)
    return [] if found is None else [found.cuts[cut] for cut in ORDER]


def given_with(n: int) -> list[str]:
    return [cut for cut in ORDER if any(cut in names and n >= least for names, least in LEAST.items())]


def test_each_edge_waits_for_enough_others():
    assert told([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]) == []
    assert told([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]) == [None, None, 4.0, None, None]
    assert [edge is None for edge in told(list(range(10, 22)))] == [True, False, False, False, True]
    assert None not in told(list(range(10, 40)))


def test_every_part_that_an_edge_cuts_off_holds_three_others():
    for n in range(LEAST[MEDIAN], 320):
        places = [SHARES[cut] * (n - 1) / 100 for cut in given_with(n)]
        for low, high in zip([-1.0, *places], [*places, n + 1.0], strict=True):
            assert sum(low < place <= high for place in range(n)) >= 3
            assert sum(low <= place < high for place in range(n)) >= 3


@pytest.mark.parametrize("n", [*range(7, 80, 3), 12, 30, 297])
def test_the_edges_taken_together_give_no_figure_even_to_who_knows_another(n):
    """No combination of the edges, and of one figure known beside, leaves one value alone."""
    edges = np.zeros((len(given_with(n)), n))
    for row, cut in enumerate(given_with(n)):
        edges[row, list(window(n, cut))] = 1
    assert (edges.sum(axis=1) >= 3).all()
    met = [place for place in range(n) if edges[:, place].any()]
    for known in [None, *met]:
        left = edges if known is None else np.delete(edges, known, axis=1)
        rank = np.linalg.matrix_rank(left)
        for place in range(left.shape[1]):
            one = np.zeros((1, left.shape[1]))
            one[0, place] = 1
            assert np.linalg.matrix_rank(np.vstack([left, one])) == rank + 1


VALUES = st.lists(
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 2)), min_size=0, max_size=45
)


@settings(max_examples=60, deadline=None)
@given(values=VALUES, seed=st.randoms(use_true_random=False))
def test_a_band_goes_up_and_knows_no_order_of_enterprises(values, seed):
    edges = [edge for edge in told(values) if edge is not None]
    assert edges == sorted(edges)
    shuffled = list(values)
    seed.shuffle(shuffled)
    assert told(shuffled) == told(values)
    assert (len(values) >= 7) or edges == []


@settings(max_examples=60, deadline=None)
@given(values=VALUES, missing=st.integers(0, 9))
def test_who_did_not_answer_does_not_count(values, missing):
    assert told([*values, *[np.nan] * missing]) == told(values)


@settings(max_examples=40, deadline=None)
@given(values=st.lists(st.integers(1, 10**6), min_size=7, max_size=45, unique=True), place=st.integers(0, 44))
def test_a_figure_that_changes_is_never_read_in_an_edge(values, place):
    """Doubling the figure of one moves an edge by a third of it at most, before rounding."""
    place %= len(values)
    changed = [*values]
    changed[place] *= 2
    before, after = band(values), band(changed)
    if before is None or after is None:
        return
    for cut in ORDER:
        was, now = before.cuts[cut], after.cuts[cut]
        if was is not None and now is not None:
            assert abs(now - was) <= values[place] / 3 + 0.05 * (abs(was) + abs(now)) + 0.1


def test_where_nearly_all_say_the_same_nothing_is_said():
    assert told([5.0] * 40) == []
    assert told([5.0] * 38 + [6.0, 7.0]) == [], "deux autres ne cachent personne"
    assert told([5.0] * 35 + [6.0, 7.0, 8.0, 9.0, 10.0]) == [], "plus de 85 % disent la même chose"
    assert told([1000.0 + rank for rank in range(20)]) == [], "arrondies, elles disent la même chose"
    shared = told([0.0] * 8 + [1.0, 2.0, 3.0, 4.0])
    assert shared[1:3] == [0.0, 0.0], "un quart au moins dit zéro, sans que l'on sache qui"


def test_one_that_weighs_all_of_an_edge_closes_it_and_those_further_out():
    beyond = [0.0] * 20 + [float(v) for v in range(1, 10)] + [1e6]
    assert None not in told(beyond), "une valeur extrême reste au-delà du dernier bord"
    assert told([0.0] * 25 + [1.0, 2.0, 1e6, 1e6, 1e6]) == [None, 0.0, 0.0, 0.0, None]
    assert told([0.0] * 9 + [300.0, 400.0, 500.0]) == [None, None, 0.0, None, None]
    assert told([0.0, 0.0, 0.0, 0.0, 900.0, 1000.0, 1100.0]) == []


def test_an_edge_is_rounded_as_it_is_shown():
    assert rounded(0.45678, is_ratio=True) == 0.46
    assert rounded(1_318_400) == 1_300_000 and rounded(0.0) == 0 and rounded(-27.6) == -28
    assert all(edge == rounded(edge) for edge in told([123.456 * rank for rank in range(1, 40)]) if edge)


def test_another_type_another_year_and_ones_own_are_left_out():
    ours = network([float(v) for v in range(20, 40)])
    elsewhere = pd.concat([
        ours, network([1e9] * 40, ACI, "aci"), ours.assign(year=YEAR - 1, v=1e9),
        network([1e9] * 5, stem="mine"),
    ])  # fmt: skip
    others = frozenset(elsewhere["enterprise"]) - {f"mine_{rank}" for rank in range(5)}
    found = bands(BASE, Answers.from_frame(elsewhere), others, AI, YEAR)["total"]
    assert found.kind is AI and found.n == 20
    assert [found.cuts[cut] for cut in ORDER] == told([float(v) for v in range(20, 40)])
    assert found.half == (found.cuts["p25"], found.cuts["p75"]) and found.deciles is None


def test_only_the_core_has_bands():
    free = parse_referential(to_yaml(BASE).replace("status: socle", "status: libre"))
    answers = Answers.from_frame(network(list(range(40))))
    assert bands(free, answers, frozenset(f"e_{rank}" for rank in range(40)), AI, YEAR) == {}


def levels(**counts: int) -> list[dict[str, Level]]:
    return [{"d": Level(name)} for name, count in counts.items() for _ in range(count)]


def test_levels_have_a_middle_half_in_words_and_no_mean():
    found = level_bands(BASE, levels(a_construire=3, premiers_pas=6, bien_engage=6, acquis=3), AI)["d"]
    assert found.half == (1.0, 2.0) and found.n == 18
    assert [found.cuts[cut] for cut in ("p10", "p50", "p90")] == [None] * 3


def test_levels_of_too_few_or_all_alike_say_nothing():
    assert level_bands(BASE, levels(premiers_pas=6, bien_engage=5), AI) == {}
    assert level_bands(BASE, levels(premiers_pas=30, bien_engage=2), AI) == {}
    assert level_bands(BASE, [{}] * 30, AI) == {}


@settings(max_examples=80, deadline=None)
@given(counts=st.lists(st.integers(0, 15), min_size=4, max_size=4))
def test_three_others_at_least_stand_at_the_edge_of_a_level_band_or_beyond(counts):
    told = levels(**dict(zip((level.value for level in Level), counts, strict=True)))
    for found in level_bands(BASE, told, AI).values():
        low, high = found.half
        assert low <= high
        assert sum(counts[: int(low) + 1]) >= 3 and sum(counts[int(high) :]) >= 3
        inside = sum(counts[int(low) : int(high) + 1])
        assert inside * 2 >= sum(counts)
