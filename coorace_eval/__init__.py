"""Auto-évaluation accompagnée de l'utilité sociale territoriale.

What a researcher types; each name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "coorace_eval.referential": (
        "Overlay", "Referential", "apply", "check", "diff", "fingerprint", "read_overlay", "read_referential",
    ),
    "coorace_eval.campaigns": ("Answer", "Answers", "Campaign", "Enterprise"),
    "coorace_eval.indicators": ("Results", "check_answers", "evaluate"),
    "coorace_eval.storage": ("Store", "open_store"),
    "coorace_eval.storage.research": ("network_data",),
    "coorace_eval.network": ("aggregate",),
    "coorace_eval.reports": ("report",),
}  # fmt: skip
_WHERE = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["__version__", "charts", *sorted(_WHERE)]


def __getattr__(name: str) -> Any:
    if name == "charts":
        return import_module("coorace_eval.charts")
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
