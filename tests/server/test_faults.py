"""A minute of faults at random, over a dozen people: what was acknowledged is kept, and shown."""

from __future__ import annotations

import pytest
from server.faults import run

pytestmark = [pytest.mark.browser, pytest.mark.long]

SECONDS, WRITERS, WINDOWS = 50, 10, 2


def test_every_acknowledged_figure_outlives_the_faults(tmp_path, chromium):
    report = run(
        tmp_path, chromium, seconds=SECONDS, seed=7, writers=WRITERS, windows=WINDOWS, every=(1.0, 4.0)
    )
    print(report.table())
    assert report.lost == []
    assert report.unseen == []
    assert sum(report.faults.values()) >= 5, "things broke"
    assert report.sessions > report.people, "and people went on in other sessions"
    assert report.acknowledged >= 2 * report.people, "people were able to work"
    assert report.people * report.seconds >= 600
