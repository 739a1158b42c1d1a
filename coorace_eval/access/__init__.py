"""The only door to the data for the application and the server: who asks is checked at each call."""

from __future__ import annotations

from coorace_eval.access.opening import Access
from coorace_eval.access.overview import Progress
from coorace_eval.access.people import Person
from coorace_eval.access.store import AuthorisedStore

__all__ = ["Access", "AuthorisedStore", "Person", "Progress"]
