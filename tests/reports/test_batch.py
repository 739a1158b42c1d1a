"""A batch that was interrupted goes on where it stopped, and one failure does not stop the others."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coorace_eval.campaigns.edition import Edition, SectionChoice
from coorace_eval.cli import app
from coorace_eval.examples import load_examples
from coorace_eval.problems import CooraceError
from coorace_eval.reports import batch, sections
from coorace_eval.storage import Store, open_store

YEAR = 2025
TWELVE = 12
RUN = (sys.executable, "-P", "-m", "coorace_eval.cli", "reports", "--year", str(YEAR), "--all")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The twelve examples, each with a short choice of sections: a document is then soon written."""
    address = f"sqlite:///{tmp_path_factory.mktemp('base')}/exemple.db"
    load_examples(address)
    with open_store(address) as store:
        for name in batch.chosen(store, YEAR, every=True):
            store.save_edition(name, YEAR, _short(store, name))
    return address


def _short(store: Store, name: str, language: str = "fr") -> Edition:
    referential = store.referential(store.campaign(name, YEAR).referential)
    hidden = [id for id, _ in sections.available(referential, store.story(name, YEAR), YEAR, {})]
    return Edition(tuple(SectionChoice(id, shown=id in sections.ALWAYS) for id in hidden), language)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lot")


@pytest.fixture(scope="module")
def interrupted(url: str, folder: Path) -> tuple[int, list[str]]:
    """A batch of the twelve examples, interrupted by the keyboard: its exit code, and what it left."""
    done = subprocess.Popen(
        [*RUN, "--to", str(folder), "--store", url],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    limit = time.monotonic() + 120
    while len(list(folder.glob("*.pdf"))) < 2 and time.monotonic() < limit and done.poll() is None:
        time.sleep(0.05)
    os.killpg(done.pid, signal.SIGINT)
    _, said = done.communicate(timeout=60)
    assert "Traceback" not in said
    return done.returncode, sorted(path.name for path in folder.iterdir())


def test_an_interruption_leaves_whole_files_only(interrupted, folder):
    code, left = interrupted
    assert code == 130
    assert batch.JOURNAL in left and 3 <= len(left) < TWELVE + 1
    for name in left[1:]:
        content = (folder / name).read_bytes()
        assert name.endswith(".pdf") and content.startswith(b"%PDF") and content.rstrip().endswith(b"%%EOF")


@pytest.fixture(scope="module")
def resumed(interrupted, url: str, folder: Path) -> list[batch.Outcome]:
    """The rest, in the same folder, with one enterprise that does not exist."""
    with open_store(url) as store:
        names = batch.chosen(store, YEAR, every=True)
    return batch.write_all(url, YEAR, folder, [*names, "inconnue"])


def test_it_goes_on_where_it_stopped(interrupted, resumed, folder):
    kept = {outcome.enterprise for outcome in resumed if outcome.kept}
    assert len(resumed) == TWELVE + 1
    assert {batch.name_of(one, YEAR, "pdf") for one in kept} == {
        n for n in interrupted[1] if n.endswith(".pdf")
    }
    assert len(list(folder.glob("*.pdf"))) == TWELVE
    assert not list(folder.glob(".*"))


def test_one_that_fails_does_not_stop_the_others(resumed):
    failed = [outcome for outcome in resumed if outcome.problems]
    assert [outcome.enterprise for outcome in failed] == ["inconnue"]
    assert failed[0].files == ()


def test_only_what_changed_is_made_again_and_the_same_bytes_come_back(resumed, url, folder):
    names = ["ateliers_du_marais", "jardins_de_l_ecluse", "lumen_proprete"]
    before = {name: (folder / batch.name_of(name, YEAR, "pdf")).read_bytes() for name in names}
    (folder / batch.name_of(names[2], YEAR, "pdf")).write_bytes(before[names[2]][:5000])
    with open_store(url) as store:
        store.save_edition(names[0], YEAR, _short(store, names[0], "en"))
    found = {one.enterprise: one for one in batch.write_all(url, YEAR, folder, names, jobs=1)}
    assert [found[name].kept for name in names] == [False, True, False]
    after = {name: (folder / batch.name_of(name, YEAR, "pdf")).read_bytes() for name in names}
    assert after[names[0]] != before[names[0]]
    assert after[names[2]] == before[names[2]]


def test_two_batches_never_share_a_folder(folder, url):
    with batch._journal(folder), pytest.raises(CooraceError, match="RAP-001"):
        batch.write_all(url, YEAR, folder, [])


def test_a_spoilt_journal_only_costs_time(tmp_path):
    line = json.dumps({"of": "a 2025", "content": "x", "files": {"f": "y"}})
    (tmp_path / batch.JOURNAL).write_text(f'{{"of": 3\n[]\n{line}\n{{"of": "b', "utf-8")
    with batch._journal(tmp_path) as (known, note):
        assert known == {"a 2025": {"content": "x", "files": {"f": "y"}}}
        note("b 2025", {"content": "z", "files": {}})
    with batch._journal(tmp_path) as (known, _):
        assert set(known) == {"a 2025", "b 2025"}


@pytest.mark.parametrize("name", ["../../etc", "con", "É" * 300, "a/b", "\x00", "a\u202eb"])
def test_a_file_never_leaves_the_folder(name, tmp_path):
    found = batch.name_of(name, YEAR, "pdf")
    assert (tmp_path / found).resolve().parent == tmp_path
    assert len(found) < 120 and found.isascii() and found == batch.name_of(name, YEAR, "pdf")


def test_the_sum_of_a_content_does_not_depend_on_the_process():
    said = batch._plain({"b": frozenset({"x", "y", "z"}), "a": (Edition(), None, 1.5)})
    assert said == [["a", [["Edition", [], "fr"], None, 1.5]], ["b", ["x", "y", "z"]]]


def test_the_command_says_all_that_went_wrong_at_the_end(url, tmp_path):
    words = ["reports", "--year", str(YEAR), "--to", str(tmp_path), "--store", url]
    done = CliRunner().invoke(app, [*words, "--enterprise", "inconnue", "--enterprise", "autre"])
    assert done.exit_code == 1
    assert "inconnue" in done.stderr and "autre" in done.stderr and "RAP-008" in done.stderr
    refused = CliRunner().invoke(app, [*words, "--formats", "pdf,odt"])
    assert refused.exit_code == 1 and "odt" in refused.stderr and "docx" in refused.stderr
    nothing = CliRunner().invoke(app, [*words[:2], "1999", *words[3:]])
    assert nothing.exit_code == 0 and "1999" in nothing.stdout
