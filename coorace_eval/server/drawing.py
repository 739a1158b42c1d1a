"""One process draws the charts of all the pages: ``python -P -m coorace_eval.server.drawing ADDRESS``.

The engine that turns a chart into a picture weighs some forty megabytes and takes a second to wake; it has
threads, and so cannot stand in the template that pages are forked from. Pages ask this process instead
(``coorace_eval.charts.drawing``), and draw by themselves when it does not answer.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any

from coorace_eval.server.forking.request import python_path

FONTS = Path(__file__).resolve().parents[1] / "reports" / "fonts"
LARGEST = 8 << 20
"""Bytes of the largest chart that is asked for."""
ASKED_WITHIN = 10.0
MOST = 32
"""Pages listened to at once; the others wait."""
BLANK = '{"mark": "text", "data": {"values": [{"a": 1}]}, "encoding": {"text": {"field": "a"}}}'


class Drawer:
    """The process that draws, as the server holds it.

    Parameters
    ----------
    folder
        A folder that only this account may enter; the process listens there.
    """

    def __init__(self, folder: str | Path) -> None:
        self.address = str(Path(folder) / "dessin")
        self.process: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        """Start the process where there is none, or none any more."""
        if self.process is not None and self.process.poll() is None:
            return
        environment = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "coorace_eval.server.drawing", self.address],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=environment | {"PYTHONPATH": python_path()},
        )  # fmt: skip

    def end(self) -> None:
        """End it; it also ends by itself when the server is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def main(address: str) -> None:
    """Draw what is asked for, until the server is gone."""
    import vl_convert

    threading.Thread(target=_end_with_the_server, daemon=True).start()
    vl_convert.register_font_directory(str(FONTS))
    vl_convert.vegalite_to_svg(BLANK)  # the engine is awake before the first page asks
    with contextlib.suppress(FileNotFoundError):
        os.unlink(address)
    places = threading.Semaphore(MOST)
    with Listener(address, "AF_UNIX", backlog=128) as door:
        while True:
            with contextlib.suppress(OSError, EOFError):
                link = door.accept()
                places.acquire()
                threading.Thread(target=_draw, args=(vl_convert, link, places), daemon=True).start()


def _draw(engine: Any, link: Connection[bytes, bytes], places: threading.Semaphore) -> None:
    """Answer one chart by its picture, or by nothing where it cannot be drawn."""
    try:
        with link, contextlib.suppress(OSError, EOFError):
            if link.poll(ASKED_WITHIN):
                asked = link.recv_bytes(LARGEST)
                drawn = b""
                with contextlib.suppress(ValueError):
                    drawn = engine.vegalite_to_svg(asked.decode("utf-8")).encode("utf-8")
                link.send_bytes(drawn)
    finally:
        places.release()


def _end_with_the_server() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
