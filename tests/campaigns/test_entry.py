from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coorace_eval.campaigns import Answer, read_answer
from coorace_eval.formatting import format_exact
from coorace_eval.problems import AnswerError
from coorace_eval.referential import Variable
from coorace_eval.vocabulary import ValueStatus, VariableType


def variable(**more: object) -> Variable:
    return Variable(id="heures", label="Heures travaillées", unit="heure", **more)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1 234,5", 1234.5),
        ("1\u00a0234,5", 1234.5),
        ("1\u202f234,5", 1234.5),
        ("1234.5", 1234.5),
        ("0", 0.0),
        (" 12 ", 12.0),
        ("1 000 000", 1e6),
    ],
)
def test_numbers_as_people_write_them(typed, value):
    assert read_answer(variable(), typed) == Answer("heures", value, ValueStatus.RENSEIGNE)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("12,5 %", "REP-005"),
        ("12,5\u00a0%", "REP-005"),
        ("% de femmes", "REP-001"),
        ("=A1+2", "REP-006"),
        ("+cmd|' /C calc'!A0", "REP-006"),
        ("@SUM(A1)", "REP-006"),
        ("3*4", "REP-006"),
        ("120+35", "REP-006"),
        ("1/3", "REP-006"),
        ("beaucoup", "REP-001"),
        ("peut-être 12", "REP-001"),
        ("1,2,3", "REP-001"),
        ("1e400", "REP-001"),
        ("inf", "REP-001"),
        ("nan", "REP-001"),
        ("٣", "REP-001"),
        ("9" * 400, "REP-001"),
        ("-1", "REP-002"),
        ("1" + "0" * 16, "REP-003"),
    ],
)
def test_what_is_no_figure_is_refused_with_its_own_message(typed, code):
    with pytest.raises(AnswerError) as caught:
        read_answer(variable(), typed)
    assert [problem.code for problem in caught.value.problems] == [code]
    assert len(str(caught.value)) < 300


def test_a_bound_is_said_in_words():
    with pytest.raises(AnswerError, match="La valeur ne peut pas être inférieure à 0."):
        read_answer(variable(), "-1")
    with pytest.raises(AnswerError, match="La valeur ne peut pas dépasser 52."):
        read_answer(variable(maximum=52), "53")
    assert read_answer(variable(minimum=None), "-1,5").value == -1.5


def test_an_integer_takes_no_decimals_and_every_problem_is_said_at_once():
    whole = variable(type=VariableType.ENTIER)
    assert read_answer(whole, "12,0").value == 12
    with pytest.raises(AnswerError) as caught:
        read_answer(whole, "-1,5")
    assert [problem.code for problem in caught.value.problems] == ["REP-002", "REP-004"]


def test_nothing_typed_is_missing_and_not_zero():
    assert read_answer(variable(), "  ") == Answer("heures", None, ValueStatus.NON_RENSEIGNE)
    assert read_answer(variable(), "\u202f", ValueStatus.ESTIME).status is ValueStatus.NON_RENSEIGNE
    assert read_answer(variable(), "", ValueStatus.NON_PERTINENT).status is ValueStatus.NON_PERTINENT


def test_a_status_without_value_refuses_a_number():
    with pytest.raises(AnswerError, match="REP-010"):
        read_answer(variable(), "12", ValueStatus.NON_DISPONIBLE)
    with pytest.raises(AnswerError, match="REP-010"):
        Answer("heures", None, ValueStatus.RENSEIGNE)
    with pytest.raises(AnswerError, match="REP-001"):
        Answer("heures", float("nan"), ValueStatus.RENSEIGNE)
    with pytest.raises(AnswerError, match="REP-012"):
        Answer("heures", 1, ValueStatus.RENSEIGNE, comment="x" * 5001)


@given(st.text(max_size=60))
def test_any_text_gives_an_answer_or_a_message(typed):
    try:
        answer = read_answer(variable(), typed)
    except AnswerError as error:
        assert error.problems[0].code.startswith("REP-")
    else:
        assert (answer.value is None) == (not typed.strip())


@given(st.integers(0, 10**15).map(float) | st.decimals(0, 10**9, places=4).map(float))
def test_a_figure_shown_and_typed_again_is_the_same(value):
    assert read_answer(variable(), format_exact(value)).value == value
