"""Accueil: the campaigns one follows, and the way to open another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import traitlets as tl

from coorace_eval.apps.steps.base import Fault, sentence, unknown
from coorace_eval.apps.steps.naming import slug
from coorace_eval.campaigns.model import Campaign, Enterprise, State
from coorace_eval.problems import CampaignError, CooraceError, Problem
from coorace_eval.referential import Referential, apply, fingerprint
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import EnterpriseKind, ValueStatus

NEW = "nouvelle"


@dataclass(frozen=True, slots=True)
class Line:
    """One campaign as the home page shows it."""

    enterprise: Enterprise
    campaign: Campaign
    done: int
    asked: int


@dataclass
class Draft:
    """The campaign being opened."""

    enterprise: str = ""
    year: str = ""
    label: str = ""
    department: str = ""
    region: str = ""
    kinds: set[str] = field(default_factory=set)


class HomeStep(tl.HasTraits):
    """What the home page knows: every campaign of the store, the ones under way first.

    Parameters
    ----------
    url
        Address of the store.
    referential
        The référentiel that a new campaign runs on.
    """

    revision = tl.Int(0)
    toast = tl.Unicode("")
    faults = tl.Dict()

    def __init__(
        self, url: str, referential: Referential, clock: Callable[[], datetime] = datetime.now
    ) -> None:
        super().__init__()
        self.url, self.referential, self.clock = url, referential, clock
        self.draft = Draft(year=str(clock().year - 1))
        self.opening = False
        self.reload()

    def reload(self) -> None:
        """Read the campaigns again."""
        with open_store(self.url) as store:
            self.enterprises = {enterprise.id: enterprise for enterprise in store.enterprises()}
            campaigns = store.campaigns()
            statuses = store.answers().statuses
        blank = ValueStatus.NON_RENSEIGNE.value
        done = (statuses != blank).sum(axis=1) if len(statuses.columns) else None
        self.lines = [
            Line(
                self.enterprises[campaign.enterprise],
                campaign,
                0 if done is None else int(done.get((campaign.enterprise, campaign.year), 0)),
                self._asked(campaign),
            )
            for campaign in sorted(campaigns, key=lambda c: (-c.year, self.enterprises[c.enterprise].label))
        ]
        self.revision += 1

    def _asked(self, campaign: Campaign) -> int:
        """How many figures a campaign asks; the shared number where its référentiel is another version."""
        overlay = campaign.overlay
        if overlay is None or overlay.extends != self.referential.reference:
            return len(self.referential.variables)
        return len(apply(self.referential, overlay).variables)

    @property
    def under_way(self) -> list[Line]:
        """The campaigns that are not closed."""
        return [line for line in self.lines if line.campaign.state is not State.CLOSE]

    @property
    def closed(self) -> list[Line]:
        """The campaigns that only read."""
        return [line for line in self.lines if line.campaign.state is State.CLOSE]

    def set(self, name: str, value: object) -> None:
        """Take a field of the form; raises ``CampaignError`` for a field that is not there."""
        kind = name.removeprefix("kind.")
        if kind != name and kind in set(EnterpriseKind) and isinstance(value, bool):
            chosen = {kind}
            self.draft.kinds = self.draft.kinds | chosen if value else self.draft.kinds - chosen
        elif name in ("enterprise", "year", "label", "department", "region") and _is_short(value):
            setattr(self.draft, name, value)
        else:
            raise unknown(name)
        self.revision += 1

    def open_campaign(self) -> Campaign | None:
        """Open the campaign described by the form; ``None`` where the form says what to mend."""
        self.faults = {}
        try:
            campaign = self._opened()
        except CooraceError as error:
            self.faults = {p.where: Fault(p.where, sentence(p)) for p in error.problems}
            self.revision += 1
            return None
        self.draft, self.opening = Draft(year=self.draft.year), False
        self.reload()
        return campaign

    def _opened(self) -> Campaign:
        problems = list(self._missing())
        if problems:
            raise CampaignError("accueil", problems)
        enterprise = self._enterprise()
        year = int(self.draft.year)
        with open_store(self.url) as store:
            if store.campaigns(enterprise.id, year):
                cause = f"{enterprise.label} a déjà une auto-évaluation pour {year}."
                raise CampaignError("accueil", [Problem("CAM-006", "year", cause)])
            store.keep_referential(self.referential)
            if enterprise.id not in self.enterprises:
                store.save_enterprise(enterprise)
            before = store.campaigns(enterprise.id, year - 1)
            same = [c for c in before if c.referential == self.referential.reference]
            overlay = same[0].overlay if same else None
            mark = fingerprint(self.referential)
            campaign = Campaign(enterprise.id, year, self.referential.reference, mark, overlay=overlay)
            store.save_campaign(campaign)
        return campaign

    def _enterprise(self) -> Enterprise:
        if self.draft.enterprise in self.enterprises:
            return self.enterprises[self.draft.enterprise]
        label = self.draft.label.strip()
        kinds = tuple(kind for kind in EnterpriseKind if kind.value in self.draft.kinds)
        name = slug(label, set(self.enterprises), "entreprise")
        return Enterprise(
            name, label, kinds, self.draft.department.strip().upper(), self.draft.region.strip()
        )

    def _missing(self) -> list[Problem]:
        draft, year = self.draft, self.draft.year.strip()
        problems = []
        if draft.enterprise not in self.enterprises and draft.enterprise != NEW:
            problems.append(
                Problem(
                    "CAM-005", "enterprise", "choisissez une entreprise.", "Ou « Une nouvelle entreprise »."
                )
            )
        if not year.isdecimal() or not 2000 <= int(year) <= self.clock().year + 1:
            problems.append(
                Problem("CAM-005", "year", "l'exercice s'écrit en quatre chiffres.", "Par exemple 2025.")
            )
        if draft.enterprise == NEW:
            if not draft.label.strip():
                problems.append(
                    Problem(
                        "CAM-005",
                        "label",
                        "donnez le nom de l'entreprise.",
                        "Tel que vos partenaires le lisent.",
                    )
                )
            if draft.label.strip().lower() in {known.label.lower() for known in self.enterprises.values()}:
                cause = f"« {draft.label.strip()} » est déjà dans la liste."
                hint = "Choisissez-la dans « Entreprise », ou précisez le nom."
                problems.append(Problem("CAM-005", "label", cause, hint))
            if not draft.kinds:
                problems.append(
                    Problem(
                        "CAM-005",
                        f"kind.{next(iter(EnterpriseKind)).value}",
                        "choisissez au moins un conventionnement.",
                        "« Autre » est possible.",
                    )
                )
            if not 2 <= len(draft.department.strip()) <= 3 or not draft.department.strip().isalnum():
                problems.append(
                    Problem(
                        "CAM-005",
                        "department",
                        "écrivez le code du département.",
                        "Par exemple 17, 2A ou 974.",
                    )
                )
        return problems


def _is_short(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 300
