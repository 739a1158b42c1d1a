"""Who evaluates itself, for which year, and how far the work has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from coorace_eval.language import mark, tr
from coorace_eval.problems import CampaignError, Problem
from coorace_eval.vocabulary import EnterpriseKind, Labelled

if TYPE_CHECKING:
    from coorace_eval.referential.overlay import Overlay


class State(Labelled):
    """The step that a campaign has reached, in the words of the démarche."""

    CADRAGE = "cadrage", mark("Cadrage")
    EXPLORATION = "exploration", mark("Exploration")
    REFERENTIEL = "referentiel", mark("Référentiel")
    COLLECTE = "collecte", mark("Collecte")
    ANALYSE = "analyse", mark("Analyse")
    RESTITUTION = "restitution", mark("Restitution")
    SUIVI = "suivi", mark("Suivi")
    CLOSE = "close", mark("Close")


NEXT: dict[State, frozenset[State]] = {
    State.CADRAGE: frozenset({State.EXPLORATION, State.REFERENTIEL}),
    State.EXPLORATION: frozenset({State.CADRAGE, State.REFERENTIEL}),
    State.REFERENTIEL: frozenset({State.CADRAGE, State.EXPLORATION, State.COLLECTE}),
    State.COLLECTE: frozenset({State.REFERENTIEL, State.ANALYSE}),
    State.ANALYSE: frozenset({State.COLLECTE, State.RESTITUTION}),
    State.RESTITUTION: frozenset({State.ANALYSE, State.SUIVI}),
    State.SUIVI: frozenset({State.RESTITUTION, State.CLOSE}),
    State.CLOSE: frozenset(),
}


@dataclass(frozen=True)
class Enterprise:
    """A member enterprise; it may hold several conventionnements (decision 10).

    Parameters
    ----------
    id
        Permanent identifier, such as ``ateliers_du_marais``.
    label
        The name that people read.
    kinds
        Conventionnements and statuses, the main one first.
    department
        Code of the département; codes are text (``"01"``, ``"2A"``).
    region
        COORACE region, which is not an Insee region.
    commune
        Where its seat stands.
    group
        Identifier of the GES it belongs to, if any.
    siret
        Fourteen digits, as text.
    """

    id: str
    label: str
    kinds: tuple[EnterpriseKind, ...]
    department: str
    region: str
    commune: str = ""
    group: str = ""
    siret: str = ""


@dataclass(frozen=True)
class Campaign:
    """One accompanied self-evaluation: an enterprise, a year, the référentiel it runs on.

    Parameters
    ----------
    referential, fingerprint
        Reference (``id@version``) and content fingerprint, frozen with the campaign (decision 4).
    step
        The page last open, so that people come back where they left.
    overlay
        What the enterprise adapts of the référentiel.
    """

    enterprise: str
    year: int
    referential: str
    fingerprint: str
    state: State = State.CADRAGE
    step: str = "cadrage"
    overlay: Overlay | None = None

    @property
    def reachable(self) -> frozenset[State]:
        """The states that one move reaches."""
        return NEXT[self.state]

    def require_open(self) -> None:
        """Refuse what would change a closed campaign.

        Raises
        ------
        CampaignError
            CAM-002, when it is closed.
        """
        if self.state is State.CLOSE:
            cause = tr("cette campagne est close ; elle se lit mais ne change plus.")
            raise CampaignError(self._title, [Problem("CAM-002", "", cause)])

    @property
    def _title(self) -> str:
        return tr("Campagne {year} de « {enterprise} »", year=self.year, enterprise=self.enterprise)

    def move(self, state: State) -> Campaign:
        """The same campaign, one step further or back; it is unchanged by a move to its own state.

        Raises
        ------
        CampaignError
            When the table ``NEXT`` has no such move.
        """
        if state is self.state:
            return self
        if state in self.reachable:
            return replace(self, state=state)
        self.require_open()
        cause = tr("On ne passe pas de « {here} » à « {there} ».", here=self.state.label, there=state.label)
        allowed = ", ".join(f"« {other.label} »" for other in State if other in self.reachable)
        hint = tr("Étapes ouvertes : {allowed}.", allowed=allowed)
        raise CampaignError(self._title, [Problem("CAM-001", state.label, cause, hint)])
