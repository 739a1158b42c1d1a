"""One process draws for all the pages; without it, each draws by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Client
from pathlib import Path

import altair as alt
import pandas as pd
import psutil
import pytest

from coorace_eval.charts import drawing, theme, to_svg
from coorace_eval.server.drawing import FONTS, LARGEST, Drawer


@pytest.fixture
def drawer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawer]:
    """A process that draws, ready to be asked."""
    drawer = Drawer(tmp_path)
    drawer.keep()
    limit = time.monotonic() + 60
    while not Path(drawer.address).exists() and time.monotonic() < limit:
        time.sleep(0.05)
    monkeypatch.setenv(drawing.DRAWER, drawer.address)
    yield drawer
    drawer.end()


def chart() -> alt.Chart:
    """A chart with accents and letters of our font."""
    told = pd.DataFrame({"Thème": ["Emploi", "Être ensemble"], "valeur": [3, 5]})
    return alt.Chart(told).mark_bar().encode(x="valeur:Q", y="Thème:N").properties(title="Où en est-on ?")


def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be drawn in this process."""
    monkeypatch.setattr(drawing, "_drawn_here", lambda spec: pytest.fail("drawn here"))


def test_it_draws_what_a_page_would_draw_itself(drawer, monkeypatch):
    with monkeypatch.context() as without:
        without.delenv(drawing.DRAWER)
        own = to_svg(chart())
    alone(monkeypatch)
    assert to_svg(chart()) == own and "Être ensemble" in own


def test_it_has_the_fonts_of_the_library():
    assert FONTS == theme.FONTS


def test_many_pages_ask_at_once(drawer, monkeypatch):
    alone(monkeypatch)
    drawn: list[str] = []
    threads = [threading.Thread(target=lambda: drawn.append(to_svg(chart()))) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(drawn) == 40 and len(set(drawn)) == 1


@pytest.mark.parametrize(
    "asked", [b"", b"{", b"\xff\xfe", b"[]", b'{"mark": "nothing"}', b"x" * (LARGEST + 1)]
)
def test_what_cannot_be_drawn_harms_nobody(drawer, monkeypatch, asked):
    try:
        with Client(drawer.address, "AF_UNIX") as link:
            link.send_bytes(asked)
            assert link.recv_bytes() == b""
    except (EOFError, OSError):
        assert len(asked) > LARGEST
    alone(monkeypatch)
    assert to_svg(chart()).startswith("<svg")


def test_a_page_draws_by_itself_when_it_is_gone_and_it_comes_back(drawer):
    drawer.process.kill()
    drawer.process.wait()
    assert to_svg(chart()).startswith("<svg")
    drawer.keep()
    assert drawer.process.poll() is None


def test_it_ends_with_the_server(drawer):
    process = psutil.Process(drawer.process.pid)
    drawer.process.stdin.close()
    process.wait(20)
    assert not process.is_running()
