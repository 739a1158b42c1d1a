"""Accueil: the campaigns one follows, and the way to open another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from coorace_eval.access import Access, AuthorisedStore
from coorace_eval.access.door import SAW
from coorace_eval.accounts import Right, Role, may
from coorace_eval.apps.steps.base import unknown
from coorace_eval.apps.steps.naming import slug
from coorace_eval.apps.steps.outside import OutsidePage
from coorace_eval.campaigns.model import Campaign, Enterprise, State
from coorace_eval.language import tr
from coorace_eval.problems import CampaignError, Problem
from coorace_eval.referential import Referential, apply, fingerprint
from coorace_eval.vocabulary import EnterpriseKind

NEW = "nouvelle"
LONGEST_LABEL = 300
CHANGED_WITHIN = timedelta(days=365)
REFERENCE = "reference"
YEARS_BACK = 6
"""As many years before its own as a document shows."""
BEFORE_FIGURES = frozenset({State.CADRAGE, State.EXPLORATION, State.REFERENTIEL})


@dataclass(frozen=True, slots=True)
class Line:
    """One campaign as the home page shows it."""

    enterprise: Enterprise
    campaign: Campaign
    done: int
    asked: int
    changed: datetime | None = None
    by: str = ""


@dataclass
class Draft:
    """The campaign being opened."""

    enterprise: str = ""
    year: str = ""
    label: str = ""
    department: str = ""
    region: str = ""
    kinds: set[str] = field(default_factory=set)


class HomePage(OutsidePage):
    """What the home page knows: the campaigns that one may read, the ones under way first.

    Parameters
    ----------
    access
        Who opens which store.
    referential
        The référentiel that a new campaign runs on.
    """

    name: ClassVar = "accueil"
    right: ClassVar = Right.READ
    actions: ClassVar = {
        "open_form": "toggle_form",
        "open_for": "open_for",
        "create": "create",
        "open": "open",
        "find": "find",
    }
    groups: ClassVar = frozenset({"kinds"})
    checks: ClassVar = frozenset(f"kind.{kind.value}" for kind in EnterpriseKind)

    def __init__(
        self, access: Access, referential: Referential, clock: Callable[[], datetime] = datetime.now
    ) -> None:
        super().__init__(access)
        self.referential, self.clock = referential, clock
        self.draft = Draft(year=str(clock().year - 1))
        self.opening = False
        self.reference = ""
        self.reload()

    def reload(self) -> None:
        """Read the campaigns again; what they hold is not looked at."""
        with self.access.open() as store:
            self.account = store.account
            self.enterprises = {enterprise.id: enterprise for enterprise in store.enterprises()}
            campaigns, filled = store.campaigns(), store.filled()
            last = _last_changes(store, self.clock()) if self.follows_several else {}
        self.lines = [
            Line(
                self.enterprises[campaign.enterprise],
                campaign,
                filled.get((campaign.enterprise, campaign.year), 0),
                self._asked(campaign),
                *last.get((campaign.enterprise, campaign.year), (None, "")),
            )
            for campaign in sorted(campaigns, key=lambda c: (-c.year, self.enterprises[c.enterprise].label))
        ]
        self.revision += 1

    @property
    def follows_several(self) -> bool:
        """Whether the person accompanies enterprises rather than works in one."""
        return self.account is not None and self.account.role is Role.REFERENT

    @property
    def may_found(self) -> bool:
        """Whether the person may open a campaign for an enterprise that nobody knows yet."""
        return self.account is None or may(self.account, Right.FOUND)

    @property
    def only(self) -> Enterprise | None:
        """The enterprise that every campaign is of, for someone who has no other choice."""
        return next(iter(self.enterprises.values())) if self._no_choice else None

    @property
    def _no_choice(self) -> bool:
        return len(self.enterprises) == 1 and not self.may_found

    @property
    def idle(self) -> list[Enterprise]:
        """The enterprises without a campaign under way."""
        busy = {line.enterprise.id for line in self.under_way}
        found = (enterprise for enterprise in self.enterprises.values() if enterprise.id not in busy)
        return sorted(found, key=lambda enterprise: enterprise.label.lower())

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

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        if field == REFERENCE:
            return lambda text: setattr(self, "reference", text[:200])
        if field in self.checks:
            kind = field.removeprefix("kind.")
            return lambda ticked: self._tick(kind, ticked)
        if field in ("enterprise", "year", "label", "department", "region"):
            return lambda text: self._write(field, text)
        return None

    def _tick(self, kind: str, ticked: bool) -> None:
        self.draft.kinds = self.draft.kinds | {kind} if ticked else self.draft.kinds - {kind}
        self.faults = {name: fault for name, fault in self.faults.items() if name != "kinds"}

    def _write(self, field: str, text: str) -> None:
        if len(text) > LONGEST_LABEL:
            cause = tr(
                "le texte compte {length} caractères ; la limite est de {most}.",
                length=len(text),
                most=LONGEST_LABEL,
            )
            raise CampaignError("accueil", [Problem("REP-012", "", cause)])
        setattr(self.draft, field, text)

    def toggle_form(self, _: str = "") -> None:
        """Show or hide the form of a new campaign."""
        self.opening = not self.opening

    def open_for(self, enterprise: str) -> None:
        """Show the form of a new campaign, for an enterprise that has none under way."""
        if enterprise not in self.enterprises:
            raise unknown(enterprise)
        self.draft.enterprise, self.opening = enterprise, True

    def open(self, item: str) -> None:
        """Go to a campaign, named by its enterprise and its year."""
        enterprise, _, year = item.partition("/")
        if not is_year(year):
            raise unknown(item)
        self.going = enterprise, int(year)

    def trace(self, reference: str) -> None:
        """Look for a figure whose reference came by the address."""
        self.reference = reference[:200]
        with self._telling(REFERENCE, self.reference, from_action=True):
            self.find()

    def find(self, _: str = "") -> None:
        """Go to the figure that a reference names, among those that the person may read.

        The words are the same whether nobody has such a figure or someone else does.
        """
        self.going = self._holder(self.reference)
        if self.going is None:
            cause = tr("aucun de vos chiffres ne porte cette référence.")
            hint = tr("Elle compte huit signes, comme 7KQ4-M2XD, et se lit sous le chiffre.")
            raise CampaignError("accueil", [Problem("RAP-007", REFERENCE, cause, hint)])
        self.entering = "chiffre", self.reference

    def _holder(self, reference: str) -> tuple[str, int] | None:
        """The campaign from which the figure of a reference is read."""
        from coorace_eval.reports.trace import names

        open_ones = [line.campaign for line in self.lines if line.campaign.state not in BEFORE_FIGURES]
        indicators: dict[str, set[str]] = defaultdict(set)
        years: dict[str, set[int]] = defaultdict(set)
        with self.access.open() as store:
            bases = {one: store.referential(one) for one in {c.referential for c in open_ones}}
        for campaign in open_ones:
            base, overlay = bases[campaign.referential], campaign.overlay
            here = apply(base, overlay) if overlay is not None else base
            indicators[campaign.enterprise] |= {indicator.id for indicator in here.indicators}
            years[campaign.enterprise] |= set(range(campaign.year - YEARS_BACK, campaign.year + 1))
        for enterprise, known in indicators.items():
            for year in sorted(years[enterprise], reverse=True):
                if any(names(reference, enterprise, year, indicator) for indicator in known):
                    told = sorted(c.year for c in open_ones if c.enterprise == enterprise and c.year >= year)
                    return enterprise, told[0]
        return None

    def create(self, _: str = "") -> None:
        """Open the campaign described by the form, and go to it."""
        campaign = self._opened()
        self.draft, self.opening = Draft(year=self.draft.year), False
        self.reload()
        self.going = campaign.enterprise, campaign.year

    def _opened(self) -> Campaign:
        problems = list(self._missing())
        if problems:
            raise CampaignError("accueil", problems)
        enterprise, year = self._chosen(), int(self.draft.year)
        reference, mark = self.referential.reference, fingerprint(self.referential)
        overlay = None
        with self.access.open() as store:
            store.keep_referential(self.referential)
            if enterprise.id not in self.enterprises:
                store.save_enterprise(enterprise)
            else:
                if store.campaigns(enterprise.id, year):
                    cause = tr(
                        "{enterprise} a déjà une auto-évaluation pour {year}.",
                        enterprise=enterprise.label,
                        year=year,
                    )
                    raise CampaignError("accueil", [Problem("CAM-006", "year", cause)])
                before = store.campaigns(enterprise.id, year - 1)
                overlay = next((c.overlay for c in before if c.referential == reference), None)
            campaign = Campaign(enterprise.id, year, reference, mark, overlay=overlay)
            store.save_campaign(campaign)
        return campaign

    def _chosen(self) -> Enterprise:
        if known := self.only or self.enterprises.get(self.draft.enterprise):
            return known
        label = self.draft.label.strip()
        kinds = tuple(kind for kind in EnterpriseKind if kind.value in self.draft.kinds)
        with self.access.open() as store:
            name = slug(label, set(store.names_taken()), "entreprise")
        return Enterprise(
            name, label, kinds, self.draft.department.strip().upper(), self.draft.region.strip()
        )

    def _missing(self) -> list[Problem]:
        draft, year = self.draft, self.draft.year.strip()
        problems = []
        if not self.only and draft.enterprise not in {*self.enterprises, *([NEW] if self.may_found else [])}:
            hint = tr("Ou « Une nouvelle entreprise ».") if self.may_found else tr("Celle que vous évaluez.")
            problems.append(Problem("CAM-005", "enterprise", tr("choisissez une entreprise."), hint))
        if not year.isdecimal() or not 2000 <= int(year) <= self.clock().year + 1:
            problems.append(
                Problem(
                    "CAM-005", "year", tr("l'exercice s'écrit en quatre chiffres."), tr("Par exemple 2025.")
                )
            )
        if draft.enterprise == NEW:
            if not draft.label.strip():
                problems.append(
                    Problem(
                        "CAM-005",
                        "label",
                        tr("donnez le nom de l'entreprise."),
                        tr("Tel que vos partenaires le lisent."),
                    )
                )
            if draft.label.strip().lower() in {known.label.lower() for known in self.enterprises.values()}:
                cause = tr("« {label} » est déjà dans la liste.", label=draft.label.strip())
                hint = tr("Choisissez-la dans « Entreprise », ou précisez le nom.")
                problems.append(Problem("CAM-005", "label", cause, hint))
            if not draft.kinds:
                problems.append(
                    Problem(
                        "CAM-005",
                        "kinds",
                        tr("choisissez au moins un conventionnement."),
                        tr("« Autre » est possible."),
                    )
                )
            if not 2 <= len(draft.department.strip()) <= 3 or not draft.department.strip().isalnum():
                problems.append(
                    Problem(
                        "CAM-005",
                        "department",
                        tr("écrivez le code du département."),
                        tr("Par exemple 17, 2A ou 974."),
                    )
                )
        return problems


def _last_changes(store: AuthorisedStore, now: datetime) -> dict[tuple[str, int], tuple[datetime, str]]:
    """When each campaign was last changed, and by whom; visits do not count."""
    rows = store.who_saw(since=now.astimezone(UTC) - CHANGED_WITHIN)
    changes = rows[(rows["action"] != SAW) & rows["year"].notna()]
    found: dict[tuple[str, int], tuple[datetime, str]] = {}
    for row in changes.itertuples(index=False):
        found.setdefault((row.enterprise, int(row.year)), (row.at.to_pydatetime().astimezone(), row.name))
    return found


def is_year(text: str) -> bool:
    """Whether a text of an address is a year.

    >>> is_year("2025"), is_year("٢٠٢٥"), is_year("99999")
    (True, False, False)
    """
    return len(text) == 4 and text.isascii() and text.isdecimal()
