"""Numbers as French readers write and read them."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coorace_eval import formatting
from coorace_eval.formatting import format_exact, format_number, format_value, parse_number


def test_the_examples_of_the_module_hold() -> None:
    assert doctest.testmod(formatting).failed == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 234,5", 1234.5), ("1\u202f234,5", 1234.5), ("1\u00a0234.5", 1234.5), ("0", 0.0), ("-3", -3.0),
        ("\u22123", -3.0), (",5", 0.5), ("5,", 5.0), ("", None), (" \u202f ", None),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_typed(text: str, expected: float | None) -> None:
    assert parse_number(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "12,5 %",
        "douze",
        "1e400",
        "1e3",
        "=1+1",
        "1,2,3",
        "1.234,5",
        "--1",
        "nan",
        "inf",
        "٣",
        "1/2",
        "9" * 41,
        ".",
    ],
)
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="n'est pas un nombre"):
        parse_number(text)


@given(st.text(max_size=60))
def test_any_text_is_a_finite_number_nothing_or_refused(text: str) -> None:
    try:
        number = parse_number(text)
    except ValueError:
        return
    assert number is None or math.isfinite(number)


@given(st.floats(-1e12, 1e12))
def test_an_exact_figure_reads_back(number: float) -> None:
    back = parse_number(format_exact(number))
    assert back is not None and math.isclose(back, number, rel_tol=1e-9, abs_tol=1e-9)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_a_figure_on_screen_is_near_and_never_minus_zero(number: float) -> None:
    shown = format_number(number)
    back = parse_number(shown)
    assert back is not None and math.isclose(back, number, rel_tol=0.006, abs_tol=0.006)
    assert shown != "-0"


def test_missing_is_a_dash_and_never_zero() -> None:
    assert format_number(None) == format_number(math.nan) == format_value(math.nan, "ratio") == "–"
    assert format_exact(None) == format_exact(math.nan) == ""
    assert format_number(0.0) == format_exact(0.0) == "0"
