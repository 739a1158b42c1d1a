"""Personnes: who may come in, who is invited, who has left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from coorace_eval.access import Access, Person
from coorace_eval.access.people import INVITATION_LASTS, RESET_LASTS
from coorace_eval.accounts import AccessError, Account, Right, Role, may, refused, require
from coorace_eval.apps.steps.base import unknown
from coorace_eval.apps.steps.outside import OutsidePage
from coorace_eval.language import tr
from coorace_eval.problems import Problem

MOST_BOXES = 12
OF_OWN_ACCOUNTS = frozenset({"open_form", "invite", "new_link", "edit"})
"""The actions that a page has not, where accounts and groups are managed in a JupyterHub."""
WITH_ENTERPRISES = frozenset({Role.ENTREPRISE, Role.REFERENT})


@dataclass
class Invitation:
    """The person being invited."""

    name: str = ""
    login: str = ""
    role: Role = Role.ENTREPRISE
    enterprises: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Handed:
    """A link to hand to someone: shown once, kept nowhere."""

    name: str
    token: str
    lasts: timedelta
    invites: bool


class PeoplePage(OutsidePage):
    """The people of one's enterprises; for the fédération, everyone.

    Parameters
    ----------
    access
        Who opens which store.
    """

    name: ClassVar = "personnes"
    right: ClassVar = Right.PEOPLE
    actions: ClassVar = {
        "open_form": "toggle_form",
        "invite": "invite",
        "new_link": "new_link",
        "edit": "toggle_edit",
        "deactivate": "toggle_leaving",
        "confirm": "deactivate",
        "reactivate": "reactivate",
    }
    checks: ClassVar = frozenset({"membre"})
    groups: ClassVar = frozenset({"entreprises"})

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.by_hub = access.by_hub
        """Whether accounts and groups are managed in a JupyterHub, and not here."""
        self.draft = Invitation()
        self.inviting = False
        self.search = ""
        self.leaving = ""
        """Key of the person about to lose their access, until that is confirmed."""
        self.edited = ""
        """Key of the person whose enterprises are on screen."""
        self.handed: Handed | None = None
        self.reload()

    def admit(self, account: Account | None) -> None:
        """Refuse an account that manages nobody."""
        if account is not None and not may(account, Right.ACCOUNTS):
            require(account, self.right)

    def reload(self) -> None:
        """Read the people again."""
        with self.access.open() as store:
            if store.account is None:
                raise refused(
                    "ACC-001", tr("Cette base n'a pas de comptes : elle est ouverte sur cet ordinateur.")
                )
            self.account: Account = store.account
            self.people: list[Person] = store.people()
            self.enterprises = {enterprise.id: enterprise.label for enterprise in store.directory()}
        if len(self.enterprises) == 1:
            self.draft.enterprises = set(self.enterprises)
        self.revision += 1

    def act(self, action: str, item: str = "") -> None:
        """Do what a button asks, where it has a sense."""
        if self.by_hub and action in OF_OWN_ACCOUNTS:
            raise unknown(action)
        super().act(action, item)

    @property
    def roles(self) -> list[Role]:
        """The roles that this person may give."""
        return list(Role) if may(self.account, Right.ACCOUNTS) else [Role.ENTREPRISE]

    @property
    def few_enterprises(self) -> bool:
        """Whether every enterprise can be shown as a box to tick."""
        return len(self.enterprises) <= MOST_BOXES

    @property
    def found(self) -> list[Person]:
        """The people that the search keeps: active ones first, by name."""
        wanted = self.search.strip().lower()
        kept = [person for person in self.people if wanted in self._searched(person)]
        return sorted(kept, key=lambda person: (not person.account.active, person.account.name.lower()))

    def _searched(self, person: Person) -> str:
        account = person.account
        places = [self.enterprises.get(id, "") for id in account.enterprises]
        return " ".join([account.name, account.login, account.role.label, *places]).lower()

    def _person(self, key: str) -> Person:
        found = next((person for person in self.people if person.account.key == key), None)
        if found is None:
            raise unknown(key)
        return found

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        name, _, target = field.partition("@")
        if self.by_hub and name != "recherche":
            return None
        if name in ("membre", "ajouter"):
            key, _, enterprise = target.rpartition("/")
            return lambda value: self._belong(key, value if name == "ajouter" else enterprise, bool(value))
        takers: dict[str, Callable[[Any], None]] = {
            "nom": lambda text: setattr(self.draft, "name", text),
            "identifiant": lambda text: setattr(self.draft, "login", text),
            "role": self._choose_role,
            "recherche": lambda text: setattr(self, "search", text),
        }
        return None if target else takers.get(name)

    def _is_draft(self, field: str) -> bool:
        return not field.partition("@")[2].partition("/")[0]

    def _choose_role(self, value: str) -> None:
        if value not in {role.value for role in self.roles}:
            raise unknown(value)
        self.draft.role = Role(value)

    def _belong(self, key: str, enterprise: str, member: bool) -> None:
        """Make someone a member of an enterprise, or no more; without a key, the person being invited."""
        if not enterprise:
            return
        if enterprise not in self.enterprises:
            raise unknown(enterprise)
        held = self._person(key).account.enterprises if key else frozenset(self.draft.enterprises)
        wanted = held | {enterprise} if member else held - {enterprise}
        if not key:
            self.draft.enterprises = set(wanted)
            self.faults = {name: fault for name, fault in self.faults.items() if name != "entreprises"}
            return
        if not wanted:
            hint = tr("Pour lui retirer tout accès, désactivez son compte.")
            raise refused("ACC-007", tr("Une personne garde au moins une entreprise."), hint=hint)
        with self.access.open() as store:
            store.set_enterprises(key, wanted)
        self.reload()

    def toggle_form(self, _: str = "") -> None:
        """Show or hide the form of an invitation."""
        self.inviting, self.handed = not self.inviting, None

    def invite(self, _: str = "") -> None:
        """Make the account, and the link that lets the person choose a password."""
        draft = self.draft
        chosen = draft.enterprises if draft.role in WITH_ENTERPRISES else set()
        if problems := list(self._missing()):
            raise AccessError("Invitation", problems)
        with self.access.open() as store:
            token = store.invite(draft.login, draft.name, draft.role, frozenset(chosen))
        self.handed = Handed(" ".join(draft.name.split()), token, INVITATION_LASTS, invites=True)
        self.draft, self.inviting = Invitation(), False
        self.reload()

    def _missing(self) -> Iterator[Problem]:
        """All that the form lacks, at once."""
        draft = self.draft
        if not draft.name.strip():
            yield Problem(
                "ACC-007", "nom", tr("écrivez le nom de la personne."), tr("Tel que les autres le liront.")
            )
        if not draft.login.strip():
            hint = tr("Son adresse électronique, ou un nom court.")
            yield Problem("ACC-007", "identifiant", tr("choisissez un identifiant."), hint)
        if draft.role in WITH_ENTERPRISES and not draft.enterprises:
            hint = tr("Celle où la personne travaille, ou celles qu'elle accompagne.")
            yield Problem("ACC-007", "entreprises", tr("choisissez au moins une entreprise."), hint)

    def new_link(self, key: str) -> None:
        """Make a link for someone who lost their password, or their invitation."""
        person = self._person(key)
        with self.access.open() as store:
            token = store.reset_link(key)
        lasts = INVITATION_LASTS if person.is_waiting else RESET_LASTS
        self.handed = Handed(person.account.name, token, lasts, invites=person.is_waiting)

    def toggle_edit(self, key: str) -> None:
        """Show or hide the enterprises of a person."""
        self.edited = "" if self.edited == key else self._person(key).account.key

    def toggle_leaving(self, key: str) -> None:
        """Ask whether a person is to lose their access, or think better of it."""
        self.leaving = "" if self.leaving == key else self._person(key).account.key

    def deactivate(self, key: str) -> None:
        """Take a person's access away, once that is confirmed; what they wrote stays."""
        if key != self.leaving:
            raise unknown(key)
        person = self._person(key)
        with self.access.open() as store:
            store.deactivate(key)
        self.leaving = ""
        self.toast = tr("{name} ne peut plus se connecter.", name=person.account.name)
        self.reload()

    def reactivate(self, key: str) -> None:
        """Give a person's access back."""
        person = self._person(key)
        with self.access.open() as store:
            store.reactivate(key)
        self.toast = tr("{name} peut de nouveau se connecter.", name=person.account.name)
        self.reload()
