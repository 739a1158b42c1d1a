"""The store as one person may use it: the methods of ``Store``, for the enterprises that are theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from coorace_eval.access.comparison import Comparison
from coorace_eval.access.door import CHANGED, TOOK_AWAY, reading, writing
from coorace_eval.access.people import People
from coorace_eval.accounts import Right
from coorace_eval.campaigns.answers import Answer, Answers
from coorace_eval.campaigns.edition import Asset
from coorace_eval.campaigns.model import Campaign, Enterprise
from coorace_eval.referential import Referential
from coorace_eval.storage import Store

OPENED, FOUNDED = "a ouvert", "a ajouté"
_MOST_NAMED = 5


class AuthorisedStore(People, Comparison):
    """A store in the hands of one person; use it inside ``with access.open() as store``.

    Methods have the names of those of ``Store``. Each checks the right on its ``enterprise``, signs what
    is written with the account, notes it in the journal, and gives names for authors. Lists hold what the
    person may read, and nothing else. What is not here cannot be done.
    """

    answer_list = reading(Store.answer_list)
    history = reading(Store.history)
    framing = reading(Store.framing)
    cards = reading(Store.cards)
    verbatims = reading(Store.verbatims)
    decisions = reading(Store.decisions)
    appreciations = reading(Store.appreciations)
    appreciation_history = reading(Store.appreciation_history)
    story = reading(Store.story)
    edition = reading(Store.edition)
    leaflet_choice = reading(Store.leaflet_choice)

    save_framing = writing(CHANGED, "le cadrage")(Store.save_framing)
    save_card = writing(CHANGED, "une carte")(Store.save_card)
    remove_card = writing(TOOK_AWAY, "une carte")(Store.remove_card)
    save_verbatim = writing(CHANGED, "un témoignage")(Store.save_verbatim)
    remove_verbatim = writing(TOOK_AWAY, "un témoignage")(Store.remove_verbatim)
    save_decision = writing(CHANGED, "une décision")(Store.save_decision)
    remove_decision = writing(TOOK_AWAY, "une décision")(Store.remove_decision)
    save_appreciation = writing(CHANGED, "une appréciation")(Store.save_appreciation)
    save_edition = writing(CHANGED, "le document")(Store.save_edition)
    save_leaflet_choice = writing(CHANGED, "la plaquette")(Store.save_leaflet_choice)

    def enterprises(self) -> list[Enterprise]:
        """The enterprises that the person may read, by identifier."""
        mine = self._within(Right.READ)
        return [one for one in self._store.enterprises() if mine is None or one.id in mine]

    def enterprise(self, id: str) -> Enterprise:
        """The enterprise of that id, where the person may read it."""
        self._require_for(Right.READ, id)
        return self._store.enterprise(id)

    def save_enterprise(self, enterprise: Enterprise) -> None:
        """Bring an enterprise up to date, or add it and become a member of it.

        Raises
        ------
        AccessError
            When it is someone else's, or the person may add none.
        """
        self._start_writing()
        if self.account is None or self.may(Right.WRITE, enterprise.id):
            self._store.save_enterprise(enterprise)
            self._note(CHANGED, enterprise.id, what="la fiche de l'entreprise")
            return
        self._require(Right.FOUND)
        if not enterprise.id or not self._store.add_enterprise(enterprise):
            self._require(Right.WRITE, enterprise.id)
        self.account = self._store.join(self.account, enterprise.id)
        self._note(FOUNDED, enterprise.id, what="l'entreprise")

    def names_taken(self) -> frozenset[str]:
        """The identifiers that a new enterprise cannot have; for who may add one."""
        self._require(Right.FOUND)
        return frozenset(one.id for one in self._store.enterprises())

    def keep_referential(self, referential: Referential) -> None:
        """Keep a version of a référentiel for good, for who may open a campaign on it."""
        self._start_writing()
        self._require(Right.OPEN)
        self._store.keep_referential(referential)

    def referential(self, reference: str) -> Referential:
        """The version kept under that reference; référentiels are everyone's."""
        return self._store.referential(reference)

    def campaigns(self, enterprise: str | None = None, year: int | None = None) -> list[Campaign]:
        """The campaigns that the person may read: of an enterprise, of a year, or all."""
        if enterprise is not None:
            self._require_for(Right.READ, enterprise)
            return self._store.campaigns(enterprise, year)
        return self._store.campaigns(self._within(Right.READ), year)

    def campaign(self, enterprise: str, year: int) -> Campaign:
        """The campaign of that enterprise and year."""
        self._require_for(Right.READ, enterprise)
        return self._store.campaign(enterprise, year)

    def hold(self, enterprise: str, year: int) -> Campaign:
        """The campaign as last written, for who may change it; nobody else does so meanwhile."""
        self._start_writing()
        self._require_for(Right.WRITE, enterprise)
        return self._store.hold(enterprise, year)

    def save_campaign(self, campaign: Campaign) -> None:
        """Open a campaign, or bring it up to date; a page turned is no change to note.

        Raises
        ------
        CampaignError
            CAM-002, when it is closed and anything but its page would change.
        """
        self._start_writing()
        enterprise, year = campaign.enterprise, campaign.year
        self._require_for(Right.READ, enterprise)
        if not self._store.campaigns(enterprise, year):
            self._require_for(Right.OPEN, enterprise)
            self._store.save_campaign(campaign)
            self._note(OPENED, enterprise, year, "la campagne")
            return
        self._require_for(Right.WRITE, enterprise)
        before = self._store.hold(enterprise, year)
        if replace(campaign, step=before.step) != before:
            before.require_open()
        self._store.save_campaign(campaign)
        if before.state is not campaign.state:
            self._note(CHANGED, enterprise, year, f"l'étape : {campaign.state.label}")
        elif before.overlay != campaign.overlay:
            self._note(CHANGED, enterprise, year, "le référentiel")

    def asset(self, enterprise: str, part: str) -> Asset | None:
        """A file of an enterprise that the person may read."""
        self._require_for(Right.READ, enterprise)
        return self._store.asset(enterprise, part)

    def save_asset(self, enterprise: str, asset: Asset) -> None:
        """Keep a file for the documents of an enterprise, whatever the year."""
        self._start_writing()
        self._require_for(Right.WRITE, enterprise)
        self._store.save_asset(enterprise, asset)
        self._note(CHANGED, enterprise, what=_file(asset.part))

    def remove_asset(self, enterprise: str, part: str) -> None:
        """Remove a file that was kept for the documents of an enterprise."""
        self._start_writing()
        self._require_for(Right.WRITE, enterprise)
        self._store.remove_asset(enterprise, part)
        self._note(TOOK_AWAY, enterprise, what=_file(part))

    def answers(self, enterprise: str | None = None, year: int | None = None) -> Answers:
        """The answers that the person may read: of an enterprise, of a year, or all, as tables."""
        if enterprise is not None:
            self._require_for(Right.READ, enterprise)
        found = self._store.answers(self._within(Right.READ) if enterprise is None else enterprise, year)
        for one in set(found.values.index.get_level_values("enterprise")):
            self._see(one, year)
        return self._named(found)

    def filled(self) -> dict[tuple[str, int], int]:
        """How many figures were given for each campaign that the person may read."""
        mine = self._within(Right.READ)
        return {key: count for key, count in self._store.filled().items() if mine is None or key[0] in mine}

    def record(
        self,
        enterprise: str,
        year: int,
        answer: Answer,
        *,
        author: str = "",
        seen_at: datetime | None = None,
    ) -> Answer:
        """Keep one answer; an ``author`` is heard only where one works without an account."""
        return self.record_all(enterprise, year, [answer], author=author, seen_at=seen_at)[0]

    def record_all(
        self,
        enterprise: str,
        year: int,
        answers: Iterable[Answer],
        *,
        author: str = "",
        seen_at: datetime | None = None,
    ) -> list[Answer]:
        """Keep several answers of one enterprise and year, as ``record`` does for each."""
        given = list(answers)
        names = sorted({answer.variable for answer in given})
        said = ", ".join(names[:_MOST_NAMED]) + ("…" if len(names) > _MOST_NAMED else "")
        keep = writing(CHANGED, f"les données : {said}")(Store.record_all)
        return keep(self, enterprise, year, given, author=author, seen_at=seen_at)


def _file(part: str) -> str:
    """What the journal calls a file of an enterprise."""
    return "le modèle Word" if part == "modele_word" else "une image"
