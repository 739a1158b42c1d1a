from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from coorace_eval.campaigns import Answer, Answers, Enterprise
from coorace_eval.problems import AnswerError
from coorace_eval.vocabulary import EnterpriseKind, ValueStatus

RENSEIGNE, NON_RENSEIGNE = ValueStatus.RENSEIGNE, ValueStatus.NON_RENSEIGNE


@pytest.fixture
def marais() -> Enterprise:
    kinds = (EnterpriseKind.ACI, EnterpriseKind.AI)
    return Enterprise(
        "ateliers_du_marais", "Les Ateliers du Marais", kinds, "01", "Rhône-Alpes", group="ges_1"
    )


def test_a_list_becomes_tables(marais):
    answers = Answers.from_list(
        marais,
        2025,
        [
            Answer(
                "sorties_total",
                10,
                RENSEIGNE,
                source="asp",
                author="Léa",
                at=datetime(2026, 1, 5, tzinfo=UTC),
            ),
            Answer("sorties_total", 4, ValueStatus.ESTIME, "sexe:F"),
            Answer("dons", None, ValueStatus.NON_PERTINENT),
        ],
    )
    row = (marais.id, 2025)
    assert answers.values.loc[row, "sorties_total"] == 10 and np.isnan(answers.values.loc[row, "dons"])
    assert answers.statuses.loc[row].to_dict() == {"dons": "non_pertinent", "sorties_total": "renseigne"}
    assert answers.parts.to_dict("records") == [
        {
            "enterprise": marais.id,
            "year": 2025,
            "variable": "sorties_total",
            "axis": "sexe",
            "member": "F",
            "value": 4.0,
            "status": "estime",
        }
    ]
    assert answers.context.loc[row].tolist() == [("ACI", "AI"), "01", "Rhône-Alpes", "ges_1"]
    assert answers.notes["author"].tolist() == ["", "Léa"]


def test_an_empty_list_has_its_row_and_the_same_types(marais):
    empty, full = (
        Answers.from_list(marais, 2025, given) for given in ([], [Answer("a", 1, RENSEIGNE, "sexe:F")])
    )
    assert len(empty.values) == len(empty.context) == 1
    for name in ("parts", "notes"):
        assert getattr(empty, name).dtypes.tolist() == getattr(full, name).dtypes.tolist()


def test_a_plain_table_needs_only_its_variables():
    answers = Answers.from_frame(pd.DataFrame({"a": [3.0, None], "b": [4, 5]}))
    assert answers.values.index.names == ["enterprise", "year"]
    assert answers.statuses["a"].tolist() == ["renseigne", "non_renseigne"]
    assert answers.values.dtypes.tolist() == [np.float64, np.float64]


@pytest.mark.parametrize("as_index", [True, False])
def test_enterprise_and_year_stand_as_columns_or_as_index(as_index):
    frame = pd.DataFrame(
        {
            "enterprise": ["x", "y"],
            "year": [2024, 2025],
            "kind": ["AI", "ACI, ETTI"],
            "region": ["N", None],
            "a": [1, 2],
        }
    )
    answers = Answers.from_frame(frame.set_index(["enterprise", "year"]) if as_index else frame)
    assert answers.values.index.tolist() == [("x", 2024), ("y", 2025)]
    assert answers.values.columns.tolist() == ["a"]
    assert answers.context["kinds"].tolist() == [("AI",), ("ACI", "ETTI")]
    assert answers.context["region"].tolist() == ["N", ""]
    assert answers.select(year=2025).values["a"].tolist() == [2.0]
    assert answers.select("x").context["kinds"].tolist() == [("AI",)]
    assert answers.select("x", 2025).values.empty


def test_a_table_given_back_is_taken_again(marais):
    first = Answers.from_list(marais, 2025, [Answer("a", 1, RENSEIGNE), Answer("b", None, NON_RENSEIGNE)])
    again = Answers.from_frame(first.values.join(first.context))
    pd.testing.assert_frame_equal(again.values, first.values, check_column_type=False)
    pd.testing.assert_frame_equal(again.statuses, first.statuses, check_column_type=False)
    pd.testing.assert_frame_equal(again.context, first.context)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"a": ["douze", 1], "b": [np.inf, 1]}, "REP-001.*a .*\n.*REP-003.*b "),
        (
            {"enterprise": ["x", "x"], "year": [2025, 2025], "a": [1, 2]},
            "REP-014.*« x » a deux lignes pour 2025",
        ),
        ({"enterprise": ["x", "y"], "year": ["hier", 2025], "a": [1, 2]}, "REP-001.*year"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(columns, said):
    with pytest.raises(AnswerError, match=said):
        Answers.from_frame(pd.DataFrame(columns))


def test_select_keeps_parts_and_notes_of_the_rows_kept(marais):
    given = [Answer("a", 1, RENSEIGNE), Answer("a", 1, RENSEIGNE, "sexe:F")]
    answers = Answers.from_list(marais, 2025, given)
    assert len(answers.select(marais.id, 2025).parts) == len(answers.select(marais.id, 2025).notes) == 1
    assert len(answers.select(year=2024).parts) == len(answers.select("autre").notes) == 0
