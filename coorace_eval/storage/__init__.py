"""The store: everything inside ``with open_store(url) as store`` is kept whole or not at all."""

from __future__ import annotations

from coorace_eval.storage.store import Store, open_store

__all__ = ["Store", "open_store"]
