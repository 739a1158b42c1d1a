"""French typography on screen: the spaces that keep a sign with its word."""

from __future__ import annotations

from typing import Any

from coorace_eval.formatting import spaced

_AS_TYPED = frozenset(
    {
        "id",
        "value",
        "svg",
        "route",
        "kind",
        "type",
        "tone",
        "state",
        "item",
        "target",
        "options_id",
        "path",
        "src",
    }
)


def french(said: Any) -> Any:
    """The same screen with its spaces made unbreakable where French asks for it.

    What people typed in a field, identifiers and drawings stay as they are.
    """
    if isinstance(said, str):
        return spaced(said)
    if isinstance(said, dict):
        return {
            key: value if key in _AS_TYPED and isinstance(value, str) else french(value)
            for key, value in said.items()
        }
    if isinstance(said, list | tuple):
        return [french(item) for item in said]
    return said
