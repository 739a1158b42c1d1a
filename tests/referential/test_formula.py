# ruff: noqa: E501, SIM905
"""The formula language: what each word gives, what is refused, and one figure whatever the road."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coorace_eval.referential import Formula, FormulaError
from coorace_eval.referential.grammar import Tree, parse
from coorace_eval.referential.plan import Program

NAN = math.nan


def value(text: str, **given: float) -> float:
    """One formula for one row."""
    return float(Formula(text)(pd.DataFrame({name: [figure] for name, figure in given.items()})).iloc[0])


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", 9), ("a - b", -3), ("a * b", 18), ("a / b", 0.5), ("-a", -3), ("+a", 3), ("a ** 2", 9),
        ("a ** 4", 81), ("a / zero", NAN), ("zero / zero", NAN), ("a / gone", NAN), ("gone * zero", NAN),
        ("1 / 0", NAN), ("a + gone", NAN), ("defaut(gone, 0) + a", 3), ("defaut(a, 0)", 3),
        ("defaut(a / zero, 7)", 7), ("si(a < b, 1, 2)", 1), ("si(a > b, 1, 2)", 2), ("si(gone > b, 1, 2)", NAN),
        ("si(a < b, 1, gone)", 1), ("si(manquant(gone), 1, 2)", 1), ("si(manquant(a), 1, 2)", 2),
        ("somme(a, b, zero)", 9), ("somme(a, gone)", NAN), ("min(a, b)", 3), ("max(a, b, zero)", 6),
        ("min(a, gone)", NAN), ("abs(zero - a)", 3), ("arrondi(b / 4, 0)", 2), ("arrondi(a / 8, 2)", 0.38),
        ("arrondi(-a / 2, 0)", -2), ("arrondi(gone, 1)", NAN), ("si(a == 3, 1, 0)", 1), ("si(a != 3, 1, 0)", 0),
        ("si(a <= 3 and b >= 6, 1, 0)", 1), ("si(not a <= 3, 1, 0)", 0), ("big * big", NAN),
        ("si(big * big > 1, 1, 0)", NAN), ("1 / (big * big)", NAN), ("arrondi(big, 9)", 1e300),
        ("defaut(big * big, 5)", 5), ("min(big * big, 1)", NAN), ("1 234", None),
    ],
)  # fmt: skip
def test_each_word_gives_what_the_guide_says(text: str, expected: float | None) -> None:
    given = {"a": 3.0, "b": 6.0, "zero": 0.0, "gone": NAN, "big": 1e300}
    if expected is None:
        with pytest.raises(FormulaError):
            Formula(text)
        return
    assert same(value(text, **given), expected)
    rows = pd.DataFrame({name: [figure] * 3 for name, figure in given.items()})
    assert all(same(figure, expected) for figure in Formula(text)(rows))


@pytest.mark.parametrize("left", [0.0, 1.0, NAN])
@pytest.mark.parametrize("right", [0.0, 1.0, NAN])
def test_and_and_or_follow_kleene(left: float, right: float) -> None:
    both = 0.0 if 0.0 in (left, right) else NAN if math.isnan(left + right) else 1.0
    either = 1.0 if 1.0 in (left, right) else NAN if math.isnan(left + right) else 0.0
    for word, expected in (("and", both), ("or", either)):
        for rows in (1, 2):
            rule = Formula(f"a == 1 {word} b == 1", condition=True)
            found = rule(pd.DataFrame({"a": [left] * rows, "b": [right] * rows}))
            assert all(same(figure, expected) for figure in found)


ATTACKS = {
    "a.b": "FOR-002", "a.__class__": "FOR-002", "a[0]": "FOR-002", "lambda: a": "FOR-002",
    "[x for x in a]": "FOR-002", "abs(x for x in a)": "FOR-002", "(a := 1)": "FOR-002", "f'{a}'": "FOR-002",
    "'a'": "FOR-002", '"a" * 9': "FOR-002", "b'a'": "FOR-002", "{a}": "FOR-002", "a if b else c": "FOR-002",
    "__import__('os').system('id')": "FOR-002", "__import__": "FOR-002", "eval(a)": "FOR-011", "open(a)": "FOR-011",
    "abs(*a)": "FOR-002", "abs(**a)": "FOR-002", "min(a, b=2)": "FOR-002", "a ** b": "FOR-008",
    "9 ** 9 ** 9": "FOR-008", "a ** 5": "FOR-008", "a ** -1": "FOR-008", "a ** True": "FOR-008",
    "a ** 2.0": "FOR-008", "a // b": "FOR-002", "a % b": "FOR-002", "a @ b": "FOR-002", "a & b": "FOR-002",
    "~a": "FOR-002", "a << 9": "FOR-002", "a is b": "FOR-002", "a in b": "FOR-002", "a; b": "FOR-002",
    "@a": "FOR-002", "a\x00": "FOR-002", "\uff41 + b": "FOR-002", "а + b": "FOR-002", "a\u200b": "FOR-002",
    "a\ud800": "FOR-002", "1e400": "FOR-009", "9" * 1999: "FOR-009", "1e19": "FOR-009", "1j": "FOR-001",
    "0x10": "FOR-001", "1_000": "FOR-001", "1if a else b": "FOR-001", "True": "FOR-002", "None": "FOR-002",
    "...": "FOR-002", "yield": "FOR-001", "await a": "FOR-002", "": "FOR-001", "   ": "FOR-001", "a b": "FOR-001",
    "a +": "FOR-001", "(a": "FOR-001", "a, b": "FOR-001", "1,5 * a": "FOR-001", "a < b < c": "FOR-001",
    "a < b": "FOR-010", "not a": "FOR-010", "si(a, b, c)": "FOR-010", "(a < b) + 1": "FOR-010",
    "a and b": "FOR-010", "somme()": "FOR-011", "abs(a, b)": "FOR-011", "arrondi(a, b)": "FOR-011",
    "arrondi(a, 10)": "FOR-011", "racine(a)": "FOR-011", "abs(a)(b)": "FOR-002", "É": "FOR-002", "A": "FOR-002",
    "+".join(["a"] * 50_000): "FOR-003", "-" * 100_000 + "a": "FOR-003", "-" * 1_900 + "a": "FOR-003",
    "(" * 10_000 + "a" + ")" * 10_000: "FOR-003", "(" * 990 + "a" + ")" * 990: "FOR-003",
    "not " * 480 + "a": "FOR-003", "+".join(["a"] * 900): "FOR-003", "-" * 60 + "a": "FOR-003",
    "(" * 18 + "a" + ")**4" * 18: "FOR-003", "abs(" * 60 + "a" + ")" * 60: "FOR-003",
}  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS, ids=lambda text: ascii(text[:30]))
def test_what_is_not_in_the_language_is_refused_at_once(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert time.perf_counter() - start < 0.5
    assert caught.value.code == ATTACKS[text]
    str(caught.value).encode()  # may be shown anywhere


WORDS = st.sampled_from(
    "a b c si( defaut( manquant( somme( min( max( abs( arrondi( ) ( , + - * / ** < <= == != and or not "
    "0 1 2 1.5 1e9 1e400 . [ ] { } : ; ' @ lambda if else for in is __x__ é % \x00 \ud800 999999999".split(
        " "
    )
)


@settings(max_examples=400)
@given(
    st.text(max_size=200)
    | st.lists(WORDS, max_size=60).map(" ".join)
    | st.lists(WORDS, max_size=60).map("".join)
)
@example("a" * 3000)
def test_any_text_is_a_formula_or_a_formula_error(text: str) -> None:
    for condition in (False, True):
        try:
            tree = parse(text, condition)
        except FormulaError as error:
            assert error.code.startswith("FOR-")
        else:
            assert isinstance(tree, tuple)


NAMES = ("a", "b", "c", "d")
NUMBERS = st.sampled_from(["0", "1", "2", "3.5", "100", "0.25"])


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    condition = st.one_of(
        st.tuples(inner, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner).map(
            "({0[0]} {0[1]} {0[2]})".format
        ),
        inner.map("manquant({})".format),
    )
    conditions = st.one_of(
        condition,
        st.tuples(condition, st.sampled_from(["and", "or"]), condition).map("({0[0]} {0[1]} {0[2]})".format),
        condition.map("(not {})".format),
    )
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map("({0[0]} {0[1]} {0[2]})".format),
        st.tuples(conditions, inner, inner).map("si({0[0]}, {0[1]}, {0[2]})".format),
        st.tuples(st.sampled_from(["min", "max", "somme", "defaut"]), inner, inner).map(
            "{0[0]}({0[1]}, {0[2]})".format
        ),
        inner.map("(-{})".format),
        inner.map("abs({})".format),
        inner.map("({}) ** 2".format),
        st.tuples(inner, st.integers(0, 3)).map("arrondi({0[0]}, {0[1]})".format),
    )


FORMULAS = st.recursive(st.sampled_from(NAMES) | NUMBERS, larger, max_leaves=12)
CELLS = (
    st.sampled_from([NAN, 0.0, -0.0, 1.0, -1.0, 0.5]) | st.floats(-1e6, 1e6) | st.integers(-5, 5).map(float)
)
ROWS = st.lists(st.tuples(*[CELLS] * len(NAMES)), min_size=2, max_size=25)


@settings(max_examples=250)
@given(
    st.lists(FORMULAS, min_size=1, max_size=4),
    ROWS,
    st.sampled_from([CELLS, st.floats(allow_infinity=False)]),
    st.data(),
)
def test_one_row_blocks_and_threads_give_the_same_figures(
    texts: list[str], rows: list[tuple[float, ...]], cells: st.SearchStrategy[float], data: st.DataObject
) -> None:
    try:
        trees = {f"f{i}": parse(text) for i, text in enumerate(texts)}
    except FormulaError as error:
        assert error.code == "FOR-003"
        return
    rows.append(data.draw(st.tuples(*[cells] * len(NAMES))))  # now and then with no bound on size
    trees["chained"] = ("add", ("var", "f0"), ("var", "a"))
    program = Program(trees, NAMES)
    columns = [np.array([row[NAMES.index(name)] for row in rows]) for name in program.inputs]
    count = len(rows)
    whole = program.run(columns, count)
    one = np.array([program.one.values([column[i] for column in columns]) for i in range(count)]).T
    assert np.array_equal(whole, one, equal_nan=True)
    assert not np.isinf(whole).any()
    blocks = np.empty_like(whole)
    program._steps.run(columns, count, blocks, list(range(0, count, 3)), 3)
    assert np.array_equal(whole, blocks, equal_nan=True)
    assert np.array_equal(whole, program.run(columns, count, threads=2), equal_nan=True)


def test_threads_and_large_blocks_change_nothing() -> None:
    program = Program(
        {"x": parse("si(a > b, a / b, defaut(b, 1) / c)"), "y": parse("(a + b) / (x + c)")}, NAMES
    )
    draw = np.random.default_rng(7)
    count = 450_000
    columns = [
        np.where(draw.random(count) < 0.1, np.nan, draw.integers(-3, 9, count) / 2) for _ in program.inputs
    ]
    large = program.run(columns, count)
    pieces = [
        program.run([c[i : i + 50_000] for c in columns], len(columns[0][i : i + 50_000]))
        for i in range(0, count, 50_000)
    ]
    assert np.array_equal(large, np.concatenate(pieces, axis=1), equal_nan=True)


def exact(tree: Tree, row: dict[str, Fraction | None]) -> Fraction | None:
    """The same formula by fractions, ``None`` where it is missing: no rounding at all."""
    operation, *parts = tree
    if operation == "const":
        return Fraction(parts[0])
    if operation == "var":
        return row[parts[0]]
    values = [exact(part, row) for part in parts]
    if operation == "defaut":
        return values[1] if values[0] is None else values[0]
    if any(value is None for value in values):
        return None
    left, right = values[0], values[-1]
    assert left is not None and right is not None
    if operation == "div":
        return left / right if right else None
    by_word = {
        "add": left + right, "sub": left - right, "mul": left * right, "neg": -left, "abs": abs(left),
        "min": min(left, right), "max": max(left, right),
    }  # fmt: skip
    return by_word[operation]


ARITHMETIC = st.recursive(
    st.sampled_from(NAMES) | st.sampled_from(["1", "2", "100"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+*/"), inner).map("({0[0]} {0[1]} {0[2]})".format),
        st.tuples(st.sampled_from(["min", "max", "somme", "defaut"]), inner, inner).map(
            "{0[0]}({0[1]}, {0[2]})".format
        ),
    ),
    max_leaves=10,
)
WHOLE = st.none() | st.integers(0, 10_000)


@settings(max_examples=200)
@given(ARITHMETIC, st.lists(st.tuples(*[WHOLE] * len(NAMES)), min_size=1, max_size=5))
def test_figures_equal_exact_fractions(text: str, rows: list[tuple[int | None, ...]]) -> None:
    """Sums, products and quotients of positive figures: nothing cancels, so 1e-12 must hold."""
    tree = parse(text)
    table = pd.DataFrame(
        [[NAN if cell is None else float(cell) for cell in row] for row in rows], columns=list(NAMES)
    )
    for found, row in zip(Formula(text)(table), rows, strict=True):
        exactly = exact(
            tree, {n: None if c is None else Fraction(c) for n, c in zip(NAMES, row, strict=True)}
        )
        if exactly is None:
            assert math.isnan(found)
        else:
            assert math.isclose(found, exactly, rel_tol=1e-12)


def test_a_ratio_is_found_through_constants_and_rounding() -> None:
    assert Formula("100 * a / b").ratio == (("mul", ("const", 100.0), ("var", "a")), ("var", "b"))
    assert Formula("arrondi(a / (b + c), 1)").ratio == (("var", "a"), ("add", ("var", "b"), ("var", "c")))
    assert Formula("a / 12").ratio is None
    assert Formula("a + b").ratio is None


def test_formulas_are_values() -> None:
    assert Formula("a + b") == Formula("a + b") != Formula("b + a")
    assert len({Formula("a"), Formula("a")}) == 1
    assert Formula("b / (a + b)").variables == ("b", "a")
