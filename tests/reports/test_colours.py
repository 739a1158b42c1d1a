"""Any two colours, and every text of a leaflet can still be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coorace_eval.problems import CooraceError
from coorace_eval.reports.colours import INK, TEXT, USUAL, WHITE, _lch, contrast, palette

SOME = st.integers(0, 0xFFFFFF).map("#{:06X}".format)


@given(SOME, SOME)
def test_any_two_colours_leave_every_text_legible(first, second):
    found = palette((first, second))
    assert min(contrast(text, ground) for text, ground in found.pairs()) >= TEXT


@given(SOME)
def test_lightness_moves_and_the_hue_stays(asked):
    tone = palette((asked, "")).main
    before, after = _lch(asked), _lch(tone.text)
    assert after[0] <= before[0] + 1e-9
    if after[1] > 0.04:
        apart = abs(before[2] - after[2])
        assert min(apart, 360 - apart) < 8


def test_a_colour_that_reads_is_kept_as_it_is():
    found = palette(("#0b5c8f", "#7A1F5C"))
    assert (found.main.ground, found.main.text, found.main.on) == ("#0B5C8F", "#0B5C8F", WHITE)
    assert found.second.text == "#7A1F5C" and found.changes == ()


def test_a_yellow_stays_yellow_as_a_ground_under_dark_text_and_is_darkened_as_text():
    found = palette(("#FFD500", "#0B5C8F"))
    assert (found.main.ground, found.main.on) == ("#FFD500", INK)
    assert found.main.text != "#FFD500"
    assert found.changes == (
        "Votre jaune a été foncé dans les textes pour rester lisible ; les fonds gardent votre couleur.",
    )


def test_white_becomes_a_ground_that_shows():
    found = palette(("#FFFFFF", ""))
    assert found.main.ground != "#FFFFFF" and found.changes == (
        "Votre blanc a été foncé pour rester lisible.",
    )


def test_one_colour_comes_with_another_shade_of_it_and_none_leaves_the_usual_ones():
    for asked in ("#7A1F5C", "#F5C400"):
        found = palette((asked, ""))
        assert abs(_lch(found.second.asked)[2] - _lch(asked)[2]) < 8 and found.second.asked != asked
    assert (palette().main.asked, palette().second.asked) == USUAL and palette().changes == ()


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("#FF69B4", "rose"), ("#E8412C", "rouge"), ("#F7931E", "orange"), ("#F5E663", "jaune"),
        ("#7CD67C", "vert"), ("#40E0D0", "turquoise"), ("#7FB8FF", "bleu"), ("#B57EDC", "violet"),
        ("#AAAAAA", "gris"), ("#FDFDFD", "blanc"),
    ],
)  # fmt: skip
def test_a_colour_is_called_as_people_call_it(asked, name):
    assert palette((asked, "")).changes[0].startswith(f"Votre {name} ")


@pytest.mark.parametrize("typed", ["bleu", "#12345", "#GGGGGG", "0B5C8F", "#0B5C8F;}", "url(#x)", "é" * 5000])
def test_a_colour_written_otherwise_is_refused_with_how_to_write_it(typed):
    with pytest.raises(CooraceError) as caught:
        palette((typed, "#0B5C8F"))
    (problem,) = caught.value.problems
    assert problem.code == "RAP-005" and problem.where == "première couleur" and "#0B5C8F" in problem.remedy
    assert len(problem.cause) < 90


def test_both_colours_are_looked_at_before_refusing():
    with pytest.raises(CooraceError) as caught:
        palette(("rouge", "vert"))
    assert [problem.where for problem in caught.value.problems] == ["première couleur", "deuxième couleur"]


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#FFFFFF") == 1
    assert contrast("#949494", "#FFFFFF") == pytest.approx(3.03, abs=0.01)
