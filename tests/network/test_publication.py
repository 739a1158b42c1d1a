from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coorace_eval.campaigns import Answers
from coorace_eval.network import publish
from coorace_eval.network.publication import MIN_UNITS, SECONDARY
from coorace_eval.problems import AnswerError
from coorace_eval.referential import parse_referential

BASE = parse_referential("""
id: essai
version: "2026.1"
label: Essai
variables:
  - {id: v, label: Ventes, unit: EUR}
dimensions:
  - id: d
    label: D
    contributions:
      - id: c
        label: C
        indicators:
          - id: total
            label: Total
            kind: realisation
            unit: EUR
            formula: v
            status: socle
            aggregation: somme
""")


def network(**regions: list[float]) -> Answers:
    """Enterprises ``ouest_0``, ``ouest_1``… and what each says."""
    rows = [
        {"enterprise": f"{region}_{rank}", "year": 2025, "region": region, "v": value}
        for region, values in regions.items()
        for rank, value in enumerate(values)
    ]
    return Answers.from_frame(pd.DataFrame(rows))


def hidden(table: pd.DataFrame) -> dict[str, str]:
    return dict(zip(table["group"], table["hidden"], strict=True))


def test_a_group_of_three_is_shown_and_a_smaller_one_is_not():
    table = publish(BASE, network(ouest=[10, 11, 12], est=[10, 11], sud=[9, 8], nord=[5, 6, 7, 8]), "region")
    assert hidden(table) == {"ouest": "", "est": "fréquence", "sud": "fréquence", "nord": ""}
    assert table.set_index("group").at["ouest", "value"] == 33
    assert table[table["hidden"] != ""][["value", "n", "coverage"]].isna().all(axis=None)
    assert not any(table["missing"])


def test_a_hidden_group_is_never_alone_beside_the_total():
    answers = network(ouest=[10, 11, 12], est=[10, 11], nord=[5, 6, 7, 8])
    table = publish(BASE, answers, "region")
    assert hidden(table) == {"ouest": SECONDARY, "est": "fréquence", "nord": ""}
    assert hidden(publish(BASE, answers)) == {"réseau": ""}


def test_a_dominated_group_takes_another_with_it():
    table = publish(BASE, network(ouest=[1000, 1, 1, 1], est=[10, 11, 12, 13], nord=[5, 6, 7]), "region")
    assert hidden(table) == {"ouest": "dominance", "est": "", "nord": SECONDARY}


def test_what_one_knows_already_does_not_count():
    answers = network(ouest=[10, 11, 12, 13], est=[10, 11, 12, 13, 14], nord=[5, 6, 7])
    assert set(hidden(publish(BASE, answers, "region")).values()) == {""}
    mine = {"ouest_0", "ouest_1"}
    assert hidden(publish(BASE, answers, "region", mine)) == {
        "ouest": "fréquence",
        "est": "",
        "nord": SECONDARY,
    }
    everyone = {f"ouest_{rank}" for rank in range(4)}
    assert hidden(publish(BASE, answers, "region", everyone))["ouest"] == "", "tout le groupe est à soi"


def test_someone_who_did_not_answer_is_no_protection():
    answers = network(ouest=[10, 11, np.nan], est=[1, 2, 3], nord=[1, 2, 3])
    assert hidden(publish(BASE, answers, "region"))["ouest"] == "fréquence"


def test_another_cut_is_refused():
    for by in ("kind", "department", "group", "enterprise"):
        with pytest.raises(AnswerError, match=by):
            publish(BASE, network(ouest=[1, 2, 3]), by)


def test_a_network_without_answers_is_an_empty_table():
    assert publish(BASE, network(ouest=[1, 2, 3]).select(year=1999), "region").empty


@settings(max_examples=60)
@given(
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=5),
    own=st.sets(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=8),
)
def test_a_subtraction_never_leaves_fewer_than_three_others(sizes, own):
    """All that the table, the total and one's own figures give by adding and subtracting."""
    answers = network(
        **{f"r{rank}": [10.0 + place for place in range(size)] for rank, size in enumerate(sizes)}
    )
    mine = {f"r{region}_{rank}" for region, rank in own}
    table = publish(BASE, answers, "region", mine)
    total = publish(BASE, answers, None, mine)
    unknown = {
        f"r{rank}": sum(f"r{rank}_{place}" not in mine for place in range(size))
        for rank, size in enumerate(sizes)
    }
    shown = [row.group for row in table.itertuples() if not row.hidden]
    known_sums = [{group} for group in shown] + ([set(unknown)] if not total["hidden"].iloc[0] else [])
    for chosen in product([0, 1], repeat=len(shown)):
        parts = {group for group, taken in zip(shown, chosen, strict=True) if taken}
        if len(known_sums) > len(shown):
            left = sum(count for group, count in unknown.items() if group not in parts)
            assert left == 0 or left >= MIN_UNITS, (hidden(table), unknown)
        together = sum(unknown[group] for group in parts)
        assert together == 0 or together >= MIN_UNITS, (hidden(table), unknown)
