"""Relecture: what could be said better in the texts of a campaign; each remark is followed or left."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from pydantic import ValidationError

from coorace_eval.access import AuthorisedStore
from coorace_eval.apps.steps.analysis import OPEN_IN as JUDGED_IN
from coorace_eval.apps.steps.framework import OPEN_IN as ADAPTED_IN
from coorace_eval.apps.steps.room import Room
from coorace_eval.campaigns.model import State
from coorace_eval.campaigns.texts import Place, recommented, reworded, texts_of_overlay, texts_of_story
from coorace_eval.language import mark, tr
from coorace_eval.problems import CampaignError, Problem
from coorace_eval.referential import apply
from coorace_eval.wording import Noted, Remark, replaced, review

OPEN_FOR: dict[str, tuple[State, ...]] = {"adaptation": ADAPTED_IN, "appreciation": JUDGED_IN}
"""The steps of a campaign at which some of its texts may change; the others always may."""


@dataclass(frozen=True, slots=True)
class Item:
    """One remark as it is shown: its name, the text it is about and where that text stands."""

    key: str
    place: Place
    text: str
    remark: Remark


class ProofreadingRoom(Room):
    """Every text that the enterprise wrote in its own name; cards and quotes are not touched."""

    name: ClassVar = "relecture"
    label: ClassVar = mark("Relire les textes")
    opens: ClassVar = State.EXPLORATION
    actions: ClassVar = {"apply_remark": "follow", "leave_remark": "leave", "show_left": "show_left"}
    always: ClassVar = frozenset({"leave_remark", "show_left"})

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        if not self.work.reached(State.RESTITUTION):
            self.state = self.work.campaign.state  # type: ignore[misc]
        self._read()

    def _read(self) -> None:
        with self.work.access.open() as store:
            self.edition = store.edition(self.work.enterprise, self.work.year)

    @property
    def items(self) -> list[Item]:
        """What is still to be looked at, in the order of the démarche."""
        return [item for item in self._all() if item.key not in self.work.left_as_is]

    @property
    def left(self) -> int:
        """How many remarks were set aside during this visit."""
        return sum(item.key in self.work.left_as_is for item in self._all())

    @property
    def texts(self) -> int:
        """How many texts were read."""
        return sum(1 for _ in texts_of_story(self.work.story, self.edition))

    def why_not(self, place: Place) -> str:
        """Why a text cannot change at this step, or nothing."""
        states = OPEN_FOR.get(place.part, ())
        if self.locked or not states or self.work.campaign.state in states:
            return ""
        return tr("Ce texte ne change plus à cette étape.")

    def _all(self) -> Iterator[Item]:
        told: Counter[tuple[str, str, str]] = Counter()
        noted: list[Noted[Place]] = review(texts_of_story(self.work.story, self.edition))
        for place, text, remark in noted:
            same = (place.key, remark.code, remark.found)
            told[same] += 1
            said = "\0".join([*same, str(told[same])])
            yield Item(hashlib.sha256(said.encode()).hexdigest()[:16], place, text, remark)

    def follow(self, key: str) -> None:
        """Put the proposal in its place, unless the text has changed since it was read."""
        item, after = self._found(key)
        if not item.remark.proposal:
            raise CampaignError("relecture", [Problem("CAM-004", "", tr("rien n'est proposé ici."))])
        with self.work.writing(*OPEN_FOR.get(item.place.part, ())) as store:
            self._keep(store, item.place, item.text, replaced(item.text, item.remark))
        self._read()
        self.spoken = tr("Corrigé.")
        self._kept(item.place.key)
        self._look_at(after)

    def leave(self, key: str) -> None:
        """Set a remark aside until the campaign is opened again; twice is as good as once."""
        if key in self.work.left_as_is:
            return
        item, after = self._found(key)
        self.work.left_as_is.add(item.key)
        self.spoken = tr("Laissé ainsi.")
        self._look_at(after)

    def show_left(self, _: str = "") -> None:
        """Show again what was set aside."""
        self.work.left_as_is.clear()

    def _found(self, key: str) -> tuple[Item, str]:
        """The remark of that name, and the name of the one that follows it."""
        items = self.items
        for rank, item in enumerate(items):
            if item.key == key:
                around = [*items[rank + 1 :], *items[:rank]]
                return item, around[0].key if around else ""
        raise CampaignError("relecture", [Problem("CAM-004", "", tr("cette remarque n'est plus là."))])

    def _look_at(self, key: str) -> None:
        """Take the keyboard to a remark; to the title of the page where none is left."""
        shown = {item.key for item in self.items}
        self.focus = f"leave_remark-{key}" if key in shown else ""

    def _keep(self, store: AuthorisedStore, place: Place, before: str, after: str) -> None:
        """Write one text anew, through what its own step would ask of the store."""
        key, id = (self.work.enterprise, self.work.year), place.id
        if place.part == "cadrage":
            _check_same(store.framing(*key).get(id, ""), before)
            store.save_framing(*key, {id: after})
        elif place.part == "appreciation":
            judged = next((a for a in store.appreciations(*key) if a.dimension == id), None)
            if judged is None:
                raise _changed()
            _check_same(judged.why, before)
            store.save_appreciation(*key, replace(judged, why=after))
        elif place.part == "decision":
            decided = next((d for d in store.decisions(*key) if d.id == id), None)
            if decided is None:
                raise _changed()
            _check_same(decided.label, before)
            store.save_decision(*key, replace(decided, label=after))
        elif place.part == "document":
            edition = store.edition(*key)
            _check_same(next((c.comment for c in edition.sections if c.id == id), ""), before)
            store.save_edition(*key, recommented(edition, id, after))
        else:
            self._adapt(store, place, before, after)

    def _adapt(self, store: AuthorisedStore, place: Place, before: str, after: str) -> None:
        campaign = self.work.campaign
        said = dict(texts_of_overlay(campaign.overlay)) if campaign.overlay else {}
        _check_same(said.get(place, ""), before)
        assert campaign.overlay is not None
        try:
            overlay = reworded(campaign.overlay, place, after)
        except ValidationError:
            problem = Problem("REF-006", "", tr("le texte est vide ou trop long."))
            raise CampaignError("relecture", [problem]) from None
        apply(self.work.base, overlay)
        store.save_campaign(replace(campaign, overlay=overlay))


def _check_same(now: str, before: str) -> None:
    if now != before:
        raise _changed()


def _changed() -> CampaignError:
    cause = tr("ce texte a changé depuis que vous l'avez lu.")
    return CampaignError("relecture", [Problem("REP-013", "", cause, tr("Relisez-le, puis recommencez."))])
