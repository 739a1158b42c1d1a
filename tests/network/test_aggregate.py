"""The network adds up what may be added up, and gives nobody away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from apps.road import base
from hypothesis import given
from hypothesis import strategies as st

from coorace_eval.network import aggregate
from coorace_eval.problems import AnswerError

__all__ = ["base"]

RATE, TOTAL = "part_chomage_tres_longue_duree", "nombre_salaries_parcours"
COUNTS = st.integers(0, 500)
MEMBERS = st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=6)


def answers(members, region="Bretagne"):
    """One row per enterprise: people on long unemployment, people in all; ``None`` is missing."""
    rows = [
        {
            "enterprise": f"e{rank}",
            "year": 2025,
            "region": region,
            "parcours_detld": top,
            "salaries_parcours": bottom,
        }
        for rank, (top, bottom) in enumerate(members)
    ]
    return pd.DataFrame(rows).astype({"parcours_detld": float, "salaries_parcours": float})


def cell(table, indicator, group="réseau"):
    return table[(table["indicator"] == indicator) & (table["group"] == group)].iloc[0]


@given(MEMBERS)
def test_the_rate_of_a_network_is_the_rate_of_its_pooled_figures(base, members):
    found = cell(aggregate(base, answers(members)).table(), RATE)
    top, bottom = (sum(pair[side] for pair in members) for side in (0, 1))
    if bottom:
        assert found["value"] == pytest.approx(top / bottom, rel=1e-12)
    else:
        assert np.isnan(found["value"])


def test_a_rate_is_not_an_average_of_rates(base):
    found = cell(aggregate(base, answers([(1, 1), (0, 99)])).table(), RATE)
    assert found["value"] == pytest.approx(0.01)


@given(MEMBERS)
def test_a_sum_is_the_sum_whatever_the_order(base, members):
    found = [
        cell(aggregate(base, answers(some)).table(), TOTAL)["value"] for some in (members, members[::-1])
    ]
    assert found[0] == found[1] == sum(bottom for _, bottom in members)


def test_who_is_missing_is_said_beside_the_figure(base):
    found = cell(aggregate(base, answers([(10, 40), (None, 30), (5, 10), (1, None)])).table(), RATE)
    assert (found["n"], found["coverage"]) == (2, 0.5)
    assert found["missing"] == ("e1", "e3")
    assert found["value"] == pytest.approx(15 / 50)


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([(5, 10), (5, 10)], "fréquence"),
        ([(5, 10), (5, 10), (None, 10)], "fréquence"),
        ([(1, 1), (1, 1), (90, 98)], "dominance"),
        ([(90, 40), (1, 40), (1, 40)], "dominance"),
        ([(5, 10), (5, 10), (5, 10)], ""),
    ],
)
def test_a_cell_is_hidden_when_it_would_give_someone_away(base, members, why):
    protected = aggregate(base, answers(members), by="region").protect(min_units=3, max_share=0.85)
    found = cell(protected.table(), RATE, "Bretagne")
    assert found["hidden"] == why
    assert np.isnan(found["value"]) == bool(why)


def test_a_hidden_cell_leaves_no_trace(base):
    protected = aggregate(base, answers([(5, 10), (123, 4567)]), by="region").protect()
    found = cell(protected.table(), RATE, "Bretagne")
    assert found[["value", "n", "coverage"]].isna().all() and found["missing"] == ()
    assert protected.amounts.empty
    assert "4567" not in protected.table().to_csv() and "123" not in protected.table().to_csv()


def test_protecting_leaves_the_figures_as_they_were(base):
    whole = aggregate(base, answers([(5, 10), (5, 10)]))
    before = whole.table()
    whole.protect()
    pd.testing.assert_frame_equal(whole.table(), before)


def test_a_way_of_grouping_that_is_not_there_is_refused(base):
    with pytest.raises(AnswerError, match="STO-005"):
        aggregate(base, answers([(1, 2)]), by="commune")
