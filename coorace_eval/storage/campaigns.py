"""The shelf of enterprises, référentiels and campaigns."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Set
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select

from coorace_eval.campaigns.model import Campaign, Enterprise, State
from coorace_eval.problems import CampaignError, Problem, ReferentialError, did_you_mean
from coorace_eval.referential import Overlay, Referential, fingerprint
from coorace_eval.storage.shelf import Shelf, absent, matching
from coorace_eval.storage.tables import CAMPAIGN, ENTERPRISE, ENTERPRISE_KIND, REFERENTIAL_VERSION
from coorace_eval.vocabulary import EnterpriseKind

_KINDS = {kind.value: kind for kind in EnterpriseKind}
_STATES = {state.value: state for state in State}


class Campaigns(Shelf):
    """Who evaluates itself, on which référentiel, how far."""

    def enterprises(self) -> list[Enterprise]:
        """Every enterprise, by identifier."""
        return self._enterprises(None)

    def enterprise(self, id: str) -> Enterprise:
        """The enterprise of that id.

        Raises
        ------
        StoreError
            When there is none.
        """
        if found := self._enterprises(id):
            return found[0]
        near = did_you_mean(id, [enterprise.id for enterprise in self.enterprises()])
        raise absent(f"L'entreprise « {id} » n'existe pas.", "entreprise", near)

    def _enterprises(self, id: str | None) -> list[Enterprise]:
        kinds: dict[str, list[EnterpriseKind]] = defaultdict(list)
        ranked = select(ENTERPRISE_KIND).where(matching(ENTERPRISE_KIND, enterprise=id))
        for row in self._rows(ranked.order_by(ENTERPRISE_KIND.c.rank)):
            kinds[row.enterprise].append(_KINDS[row.kind])
        rows = self._rows(select(ENTERPRISE).where(matching(ENTERPRISE, id=id)))
        found = [Enterprise(kinds=tuple(kinds[row.id]), **row._mapping) for row in rows]
        return sorted(found, key=lambda enterprise: enterprise.id)

    def save_enterprise(self, enterprise: Enterprise) -> None:
        """Add the enterprise, or bring what is known of it up to date."""
        row = asdict(enterprise)
        kinds = [
            {"enterprise": enterprise.id, "rank": rank, "kind": kind.value}
            for rank, kind in enumerate(row.pop("kinds"))
        ]
        self._put(ENTERPRISE, row)
        with self._writing() as connection:
            connection.execute(delete(ENTERPRISE_KIND).where(ENTERPRISE_KIND.c.enterprise == enterprise.id))
            if kinds:
                connection.execute(insert(ENTERPRISE_KIND), kinds)

    def add_enterprise(self, enterprise: Enterprise) -> bool:
        """Add the enterprise, unless there is one of that id; says whether it was added."""
        row = asdict(enterprise)
        row.pop("kinds")
        added = self._add(ENTERPRISE, row)
        if added:
            self.save_enterprise(enterprise)
        return added

    def keep_referential(self, referential: Referential) -> None:
        """Keep a version of a référentiel for good; keeping it again changes nothing.

        Raises
        ------
        ReferentialError
            When the same version was kept with another content.
        """
        mark = fingerprint(referential)
        row = {
            "reference": referential.reference,
            "fingerprint": mark,
            "content": _canonical(referential),
            "at": datetime.now(UTC),
        }
        with self._writing() as connection:
            known = connection.execute(
                select(REFERENTIAL_VERSION.c.fingerprint).where(
                    REFERENTIAL_VERSION.c.reference == referential.reference
                )
            ).scalar()
            if known is None:
                connection.execute(insert(REFERENTIAL_VERSION), row)
            elif known != mark:
                cause = f"La base garde déjà « {referential.reference} » avec un autre contenu."
                raise ReferentialError(referential.reference, [Problem("REF-013", "version", cause)])

    def referential(self, reference: str) -> Referential:
        """The version kept under that reference (``id@version``).

        Raises
        ------
        StoreError
            When it was never kept.
        """
        kept = select(REFERENTIAL_VERSION.c.content).where(REFERENTIAL_VERSION.c.reference == reference)
        content = self._connection.execute(kept).scalar()
        if content is None:
            known = [row.reference for row in self._rows(select(REFERENTIAL_VERSION.c.reference))]
            cause = f"Le référentiel « {reference} » n'est pas dans la base."
            raise absent(cause, "référentiel", did_you_mean(reference, known))
        return Referential.model_validate_json(content)

    def campaigns(self, enterprise: str | Set[str] | None = None, year: int | None = None) -> list[Campaign]:
        """The campaigns of an enterprise, of several, of a year, or all; by enterprise, then by year."""
        rows = self._rows(select(CAMPAIGN).where(matching(CAMPAIGN, enterprise=enterprise, year=year)))
        found = [
            Campaign(
                enterprise=row.enterprise,
                year=row.year,
                referential=row.referential,
                fingerprint=row.fingerprint,
                state=_STATES[row.state],
                step=row.step,
                overlay=None if row.overlay is None else Overlay.model_validate_json(row.overlay),
            )
            for row in rows
        ]
        return sorted(found, key=lambda campaign: (campaign.enterprise, campaign.year))

    def campaign(self, enterprise: str, year: int) -> Campaign:
        """The campaign of that enterprise and year.

        Raises
        ------
        CampaignError
            When there is none.
        """
        if found := self.campaigns(enterprise, year):
            return found[0]
        cause = f"« {enterprise} » n'a pas de campagne pour {year}."
        raise CampaignError("Base de données", [Problem("CAM-003", "campagne", cause)])

    def hold(self, enterprise: str, year: int) -> Campaign:
        """The campaign as last written, which nobody else changes until this store is left.

        Raises
        ------
        CampaignError
            When there is none.
        """
        with self._writing() as connection:
            held = select(CAMPAIGN.c.year).where(matching(CAMPAIGN, enterprise=enterprise, year=year))
            connection.execute(held.with_for_update(key_share=True))
        return self.campaign(enterprise, year)

    def save_campaign(self, campaign: Campaign) -> None:
        """Add the campaign, or bring it up to date."""
        overlay = None if campaign.overlay is None else _canonical(campaign.overlay)
        row = {**vars(campaign), "state": campaign.state.value, "overlay": overlay}
        self._known_enterprise(campaign.enterprise)
        self._put(CAMPAIGN, row)

    def _known_enterprise(self, id: str) -> None:
        if self._connection.execute(select(ENTERPRISE.c.id).where(ENTERPRISE.c.id == id)).scalar() is None:
            self.enterprise(id)


def _canonical(part: Referential | Overlay) -> str:
    """One text for one content; defaults are written too, so that changing one changes nothing kept."""
    return json.dumps(part.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
