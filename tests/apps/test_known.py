"""The référentiel of new campaigns is read once for each state of its file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coorace_eval.apps.known import REFERENTIAL, SHIPPED, referential_of_new_campaigns
from coorace_eval.problems import CooraceError


def test_it_is_read_once_and_again_when_its_file_changes(tmp_path: Path):
    path = tmp_path / "base.yaml"
    text = SHIPPED.read_text("utf-8")
    path.write_text(text, "utf-8")
    first = referential_of_new_campaigns(path)
    assert referential_of_new_campaigns(str(path)) is first
    path.write_text(text.replace(first.label, first.label + " (essai)", 1), "utf-8")
    assert referential_of_new_campaigns(path).label == first.label + " (essai)"


def test_the_environment_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "autre.yaml"
    path.write_bytes(SHIPPED.read_bytes())
    assert referential_of_new_campaigns() == referential_of_new_campaigns(SHIPPED)
    monkeypatch.setenv(REFERENTIAL, str(path))
    assert referential_of_new_campaigns() is referential_of_new_campaigns(path)


def test_a_mistake_is_said_each_time_until_it_is_mended(tmp_path: Path):
    path = tmp_path / "base.yaml"
    for _ in range(2):
        with pytest.raises(CooraceError):
            referential_of_new_campaigns(path)
    path.write_text("id: [", "utf-8")
    for _ in range(2):
        with pytest.raises(CooraceError):
            referential_of_new_campaigns(path)
    path.write_bytes(SHIPPED.read_bytes())
    os.utime(path, ns=(1, 1))
    assert referential_of_new_campaigns(path).indicators
