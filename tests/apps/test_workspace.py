"""One campaign in several hands, on SQLite and on PostgreSQL: nobody undoes what another just did."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from apps.road import base
from storage.conftest import marais, new_database, server, url

from coorace_eval.access import Access
from coorace_eval.apps.workspace import Workspace
from coorace_eval.campaigns.model import Campaign, State
from coorace_eval.problems import CampaignError
from coorace_eval.referential import fingerprint
from coorace_eval.storage import open_store

__all__ = ["base", "marais", "new_database", "server", "url"]

KEY = ("ateliers_du_marais", 2025)


@pytest.fixture
def opened(url, marais, base) -> str:
    """A store with one campaign, at its first step."""
    with open_store(url) as store:
        store.save_enterprise(marais)
        store.keep_referential(base)
        store.save_campaign(Campaign(*KEY, base.reference, fingerprint(base)))
    return url


def work_on(url: str) -> Workspace:
    return Workspace(Access.local(url, "Camille"), *KEY)


def meanwhile(url: str, state: State, ask: Callable[[], object]) -> Campaign:
    """The campaign, once someone asked for something while another person was bringing it to a state."""
    said: list[BaseException] = []

    def run() -> None:
        try:
            ask()
        except CampaignError as error:
            said.append(error)

    asker = threading.Thread(target=run)
    with open_store(url) as store:
        store.save_campaign(replace(store.hold(*KEY), state=state))
        asker.start()
        asker.join(0.4)
        assert asker.is_alive(), "one waits for the other"
    asker.join(20)
    assert not asker.is_alive()
    if said:
        raise said[0]
    with open_store(url) as store:
        return store.campaign(*KEY)


def test_a_page_turned_keeps_the_state_that_someone_else_has_just_reached(opened):
    work = work_on(opened)
    after = meanwhile(opened, State.EXPLORATION, lambda: work.remember("exploration"))
    assert (after.state, after.step) == (State.EXPLORATION, "exploration")


def test_a_move_starts_from_where_someone_else_has_just_arrived(opened):
    work = work_on(opened)
    with pytest.raises(CampaignError, match="CAM-001"):
        meanwhile(opened, State.COLLECTE, lambda: work.move(State.EXPLORATION, State.CADRAGE))
    assert work_on(opened).campaign.state is State.COLLECTE


def test_nothing_is_written_in_a_step_that_someone_else_has_just_closed(opened):
    work = work_on(opened)

    def write() -> None:
        with work.writing(State.CADRAGE) as store:
            store.save_framing(*KEY, {"finalite": "trop tard"})

    with pytest.raises(CampaignError, match="CAM-001"):
        meanwhile(opened, State.COLLECTE, write)
    assert not work_on(opened).story.framing
