"""The one component every guided page is drawn with."""

from __future__ import annotations

from coorace_eval.apps.components.screen import Screen

__all__ = ["Screen"]
