"""Where a figure comes from: from the reference read on paper back to what was said and typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from coorace_eval.apps.steps.room import Room
from coorace_eval.campaigns.model import State
from coorace_eval.campaigns.workshop import Card
from coorace_eval.indicators.explain import Explanation
from coorace_eval.language import mark, tr
from coorace_eval.problems import CampaignError, Problem
from coorace_eval.referential import fingerprint
from coorace_eval.referential.model import Contribution, Dimension

if TYPE_CHECKING:
    from coorace_eval.reports.trace import Traced

FIELD = "reference"


@dataclass(frozen=True)
class Origin:
    """All that stands behind one figure, from the workshop to the page where it is printed.

    Parameters
    ----------
    cards
        What was said at the workshop of its year about its dimension.
    quotes
        How many quotes about the dimension may be published.
    sections
        The titles of the sections of the document that show the figure.
    """

    reference: str
    traced: Traced
    known: Explanation
    dimension: Dimension
    contribution: Contribution
    cards: tuple[Card, ...]
    quotes: int
    sections: tuple[str, ...]
    fingerprint: str


class FigureRoom(Room):
    """A reference is typed, or comes by the address; what it names is told. Nothing is written."""

    name: ClassVar = "chiffre"
    label: ClassVar = mark("D'où vient ce chiffre ?")
    state: ClassVar = State.COLLECTE
    opens: ClassVar = State.COLLECTE
    actions: ClassVar = {"search": "search"}

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.typed = self.item
        self.traced: Traced | None = None
        if self.item:
            with self._telling(FIELD, self.item):
                self.search()

    @property
    def locked(self) -> str:
        """Nothing: what is closed is read here as well."""
        return ""

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        return self._type if field == FIELD else None

    def _is_draft(self, field: str) -> bool:
        return True

    def _type(self, text: str) -> None:
        self.typed = text[:200]
        if text.strip():
            self.search()

    def search(self, _: str = "") -> None:
        """Find the figure whose reference was typed, among those of this enterprise."""
        from coorace_eval.reports.trace import reference, resolve

        self.__dict__.pop("origin", None)
        self.traced = resolve(self.work.results, self.typed)
        if self.traced is None:
            cause = tr("aucun chiffre de cette entreprise ne porte cette référence.")
            self.item = ""
            raise CampaignError(self.work.title, [Problem("RAP-007", FIELD, cause, tr(_HOW))])
        found = self.traced
        now = reference(self.work.results, found.indicator, found.enterprise, found.year)
        self.typed = self.item = now if found.same else self.typed.strip().upper().replace(" ", "")

    @cached_property
    def origin(self) -> Origin | None:
        """What was found, if anything."""
        found = self.traced
        if found is None:
            return None
        from coorace_eval.reports.trace import reference

        results, here = self.work.results, self.work.referential
        dimension = here.dimension_of(found.indicator)
        contribution = next(
            c for c in dimension.contributions if found.indicator in {i.id for i in c.indicators}
        )
        cards, quotes = self._words(found.year, dimension.id)
        return Origin(
            reference(results, found.indicator, found.enterprise, found.year),
            found,
            results.explain(found.indicator, found.enterprise, found.year),
            dimension,
            contribution,
            cards,
            quotes,
            self._sections(found, dimension),
            fingerprint(here),
        )

    def _words(self, year: int, dimension: str) -> tuple[tuple[Card, ...], int]:
        """The cards of that year about a dimension, and how many quotes."""
        story = self.work.story
        cards, quotes = story.cards, story.verbatims
        if year != self.work.year:
            key = (self.work.enterprise, year)
            with self.work.access.open() as store:
                there = bool(store.campaigns(*key))
                cards = tuple(store.cards(*key)) if there else ()
                quotes = tuple(store.verbatims(*key)) if there else ()
        mine = tuple(card for card in cards if card.dimension == dimension)
        return mine, sum(quote.consent for quote in quotes if quote.dimension == dimension)

    def _sections(self, found: Traced, dimension: Dimension) -> tuple[str, ...]:
        """Where the document shows the figure; nothing before there is a document."""
        work = self.work
        if not work.reached(State.RESTITUTION):
            return ()
        from coorace_eval.reports import sections

        with work.access.open() as store:
            edition = store.edition(work.enterprise, work.year)
        shown_at = {sections.dimension_id(dimension)}
        if found.year == work.year and work.referential.indicator(found.indicator).target is not None:
            shown_at.add(sections.TARGETS)
        if found.year == work.year and found.indicator in work.bands:
            shown_at.add(sections.NETWORK)
        titles = sections.available(work.referential, work.story, work.year, work.bands)
        return tuple(title for id, title in titles if id in shown_at and sections.shown(id, edition))


_HOW = mark("Une référence compte huit signes, comme 7KQ4-M2XD ; elle est imprimée sous chaque chiffre.")
