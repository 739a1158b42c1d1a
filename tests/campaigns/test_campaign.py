from __future__ import annotations

import pytest

from coorace_eval.campaigns import FRAMING, NEXT, Campaign, State
from coorace_eval.problems import CampaignError


@pytest.fixture
def campaign() -> Campaign:
    return Campaign("ateliers_du_marais", 2025, "utilite_sociale@2026.1", "abc")


def test_a_move_makes_a_new_campaign_and_leaves_the_old_one(campaign):
    moved = campaign.move(State.EXPLORATION)
    assert (campaign.state, moved.state) == (State.CADRAGE, State.EXPLORATION)
    assert campaign.move(State.CADRAGE) is campaign


def test_a_campaign_walks_the_whole_road(campaign):
    for state in list(State)[1:]:
        campaign = campaign.move(state)
    assert campaign.state is State.CLOSE


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("to", State)
def test_only_the_moves_of_the_table_are_made(state, to):
    campaign = Campaign("a", 2025, "essai@2026.1", "abc", state)
    if to in NEXT[state] or to is state:
        assert campaign.move(to).state is to
    else:
        with pytest.raises(CampaignError, match="CAM-00[12]"):
            campaign.move(to)


def test_a_refused_move_says_what_is_open(campaign):
    with pytest.raises(CampaignError, match="CAM-001.*« Exploration », « Référentiel »"):
        campaign.move(State.RESTITUTION)
    with pytest.raises(CampaignError, match="CAM-002.*close"):
        Campaign("a", 2025, "essai@2026.1", "abc", State.CLOSE).move(State.SUIVI)


def test_the_table_knows_every_state_and_one_comes_back_from_each_step_but_the_last():
    assert set(NEXT) == set(State)
    steps = list(State)[:-1]
    for before, after in zip(steps, steps[1:], strict=False):
        assert after in NEXT[before] and before in NEXT[after]


def test_the_questions_of_the_cadrage_are_written_for_the_screen():
    assert len({field.id for field in FRAMING}) == len(FRAMING)
    for field in FRAMING:
        for mark in "?!;:":
            assert f" {mark}" not in field.label + field.help
