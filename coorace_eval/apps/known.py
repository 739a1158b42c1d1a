"""The référentiel of new campaigns, read once for each state of its file."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from coorace_eval.referential import Referential, read_referential

REFERENTIAL = "COORACE_REFERENTIAL"
SHIPPED = Path(__file__).resolve().parents[2] / "referentials" / "utilite_sociale" / "base.yaml"


def referential_of_new_campaigns(path: str | Path | None = None) -> Referential:
    """The référentiel of a file; by default ``COORACE_REFERENTIAL``, else the proposal of the project.

    A page that is forked finds it read: a référentiel never changes, so that all pages may share it.

    Raises
    ------
    ReferentialError
        When the file cannot be read, each time that it is asked for.
    """
    path = Path(path or os.environ.get(REFERENTIAL) or SHIPPED)
    try:
        state = path.stat()
    except OSError:
        return read_referential(path)
    return _read(path, state.st_mtime_ns, state.st_size, state.st_ino)


@lru_cache(maxsize=4)
def _read(path: Path, *_: int) -> Referential:
    return read_referential(path)
