"""People: who invites, helps and puts aside whom, and what each knows of their own account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from coorace_eval.access.door import Door
from coorace_eval.accounts import (
    AccessError,
    Account,
    Link,
    LinkPurpose,
    Right,
    Role,
    digest,
    may,
    new_key,
    new_token,
    refused,
    require,
)
from coorace_eval.accounts.rights import everywhere
from coorace_eval.campaigns.model import Enterprise
from coorace_eval.problems import Problem

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(days=1)
_MEMBERS = (Role.ENTREPRISE, Role.REFERENT)


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the one who helps them sees them.

    Parameters
    ----------
    account
        Its ``enterprises`` are those that the reader follows as well.
    is_waiting
        Whether the person has yet to choose a password, where one is needed.
    is_in_reach
        Whether the reader may make a new link for them, or put them aside.
    seen
        When they were last here; ``None`` where nothing says that they ever were.
    """

    account: Account
    is_waiting: bool
    is_in_reach: bool
    seen: datetime | None = None


class People(Door):
    """What a référent-e does for the people of their enterprises, and the fédération for everyone.

    Where people come in by a JupyterHub, nobody is invited, given a link, a role or an enterprise here:
    the Hub would know nothing of it, and takes back what its groups do not say.
    """

    def people(self) -> list[Person]:
        """The people one may help, by login; those of other enterprises are not shown."""
        me = self._manager()
        if everywhere(me, Right.ACCOUNTS):
            found = self._store.accounts()
        else:
            found = [one for one in self._store.accounts(me.enterprises) if one.role is Role.ENTREPRISE]
        waiting = frozenset() if self.by_hub else self._store.without_password()
        seen = self._store.last_seen(one.key for one in found)
        return [
            Person(_as_seen_by(me, one), one.key in waiting, _in_reach(me, one), seen.get(one.key))
            for one in found
        ]

    def directory(self) -> list[Enterprise]:
        """The enterprises whose people one may help, without a figure."""
        me = self._manager()
        all_of_them = everywhere(me, Right.ACCOUNTS)
        return [one for one in self._store.enterprises() if all_of_them or may(me, Right.PEOPLE, one.id)]

    def invite(self, login: str, name: str, role: Role, enterprises: Iterable[str] = ()) -> str:
        """Make an account without a password, and the token of the link by which its owner chooses one.

        Raises
        ------
        AccessError
            ACC-007 for an account badly described or a login already taken; ACC-001 for a role or an
            enterprise that one may not give.
        """
        self._require_own_accounts()
        me = self._start_managing()
        account = Account(new_key(), login, name, role, frozenset(enterprises))
        if not everywhere(me, Right.ACCOUNTS) and (account.role is not Role.ENTREPRISE):
            require(me, Right.ACCOUNTS)
        _check_enterprises(account)
        self._require_people(me, account.enterprises)
        self._store.save_account(account)
        self._note_about(account, "a invité")
        return self._send(account, LinkPurpose.INVITATION)

    def reset_link(self, key: str) -> str:
        """The token of a link by which the person chooses a new password; links made before end."""
        self._require_own_accounts()
        _, account = self._target(key)
        waits = account.key in self._store.without_password()
        self._note_about(account, "a préparé un lien pour")
        return self._send(account, LinkPurpose.INVITATION if waits else LinkPurpose.RESET)

    def deactivate(self, key: str) -> None:
        """Put an account aside: its sessions and links end now."""
        _, account = self._target(key)
        self._store.save_account(replace(account, active=False))
        self._note_about(account, "a suspendu")

    def reactivate(self, key: str) -> None:
        """Let a person in again, with the password they had."""
        _, account = self._target(key)
        self._store.save_account(replace(account, active=True))
        self._note_about(account, "a rétabli")

    def set_enterprises(self, key: str, enterprises: Iterable[str]) -> None:
        """Say of which enterprises a person is a member, as far as the reader follows them.

        A référent-e gives and takes away their own enterprises; the person keeps the others.
        """
        self._require_own_accounts()
        me = self._start_managing()
        account = self._store.account_of(key) if everywhere(me, Right.ACCOUNTS) else self._neighbour(me, key)
        wanted = frozenset(enterprises)
        if everywhere(me, Right.ACCOUNTS):
            _check_enterprises(replace(account, enterprises=wanted))
        else:
            self._require_people(me, wanted)
            wanted |= account.enterprises - me.enterprises
        self._change(account, replace(account, enterprises=wanted))

    def set_role(self, key: str, role: Role, enterprises: Iterable[str] = ()) -> None:
        """Give a person another role, and the enterprises that go with it; for the fédération."""
        self._require_own_accounts()
        me, account = self._target(key)
        require(me, Right.ACCOUNTS)
        changed = replace(account, role=role, enterprises=frozenset(enterprises))
        _check_enterprises(changed)
        self._change(account, changed)

    def erase(self, key: str) -> None:
        """Erase a person's account; for the fédération."""
        me, account = self._target(key)
        require(me, Right.ACCOUNTS)
        self._note_about(account, "a effacé le compte de")
        self._store.erase_account(key)

    def own_record(self) -> dict[str, Any]:
        """All that is held on oneself."""
        return self._store.account_record(self._me().key)

    def erase_own_account(self) -> None:
        """Erase one's own account; what was written stays, signed « personne retirée ».

        Raises
        ------
        AccessError
            ACC-007, for the last account of the fédération: nobody could manage the others.
        """
        self._start_writing()
        me = self._me()
        others = [one for one in self._store.accounts() if one.role is Role.FEDERATION and one.active]
        if me.role is Role.FEDERATION and others == [me]:
            cause = "Vous êtes seul-e à gérer les comptes de cette base."
            raise refused("ACC-007", cause, hint="Invitez d'abord une autre personne de la fédération.")
        self._note_about(me, "a effacé son compte")
        self._store.erase_account(me.key)

    def _me(self) -> Account:
        if self.account is None:
            raise refused("ACC-001", "Cette base n'a pas de comptes.")
        return self.account

    def _manager(self) -> Account:
        me = self._me()
        if not may(me, Right.ACCOUNTS):
            require(me, Right.PEOPLE)
        return me

    def _require_own_accounts(self) -> None:
        self._manager()
        if self.by_hub:
            hint = "Demandez ce changement à qui gère le Hub."
            raise refused("ACC-001", "Les comptes et les groupes se gèrent dans le Hub.", hint=hint)

    def _start_managing(self) -> Account:
        self._start_writing()
        return self._manager()

    def _target(self, key: str) -> tuple[Account, Account]:
        """Who asks, and the account of someone else that they may manage wholly."""
        me = self._start_managing()
        account = self._store.account_of(key) if everywhere(me, Right.ACCOUNTS) else self._neighbour(me, key)
        if account.key == me.key or not _in_reach(me, account):
            require(me, Right.ACCOUNTS)
            raise refused("ACC-007", "On ne change pas ainsi son propre compte.")
        return me, account

    def _neighbour(self, me: Account, key: str) -> Account:
        """The person of that key among those a référent-e sees; anyone else is as if absent."""
        near = self._store.accounts(me.enterprises)
        for account in near:
            if account.key == key and account.role is Role.ENTREPRISE:
                return account
        raise refused("ACC-008", "Ce compte n'existe pas, ou plus.")

    @staticmethod
    def _require_people(me: Account, enterprises: frozenset[str]) -> None:
        if not everywhere(me, Right.ACCOUNTS):
            for enterprise in enterprises:
                require(me, Right.PEOPLE, enterprise)

    def _change(self, before: Account, after: Account) -> None:
        """Keep another role or other enterprises; a link that someone else holds opens nothing more."""
        if before.role is not after.role or after.enterprises - before.enterprises:
            self._store.end_links(before.key, except_by=self.author)
        self._store.save_account(after)
        about = replace(after, enterprises=before.enterprises | after.enterprises)
        self._note_about(about, "a changé les accès de")

    def _send(self, account: Account, purpose: LinkPurpose) -> str:
        token = new_token()
        lasts = INVITATION_LASTS if purpose is LinkPurpose.INVITATION else RESET_LASTS
        until = datetime.now(UTC) + lasts
        self._store.keep_link(Link(digest(token), account.key, purpose, until, by=self.author))
        return token

    def _note_about(self, account: Account, action: str) -> None:
        """One line for each enterprise concerned, so that its people read it too."""
        for enterprise in sorted(account.enterprises) or [""]:
            self._note(action, enterprise, what=account.key)


def _in_reach(me: Account, other: Account) -> bool:
    """Whether a link for the other gives me nothing that is not mine already."""
    if other.key == me.key:
        return False
    if everywhere(me, Right.ACCOUNTS):
        return True
    ours = all(may(me, Right.PEOPLE, enterprise) for enterprise in other.enterprises)
    return other.role is Role.ENTREPRISE and bool(other.enterprises) and ours


def _as_seen_by(me: Account, other: Account) -> Account:
    """The account of someone, with those of their enterprises that the reader follows."""
    if everywhere(me, Right.ACCOUNTS):
        return other
    return replace(other, enterprises=other.enterprises & me.enterprises)


def _check_enterprises(account: Account) -> None:
    problems = []
    if account.role is Role.ENTREPRISE and not account.enterprises:
        problems.append(Problem("ACC-007", "entreprises", "Choisissez au moins une entreprise."))
    if account.role not in _MEMBERS and account.enterprises:
        cause = f"Le rôle « {account.role.label} » n'est membre d'aucune entreprise."
        problems.append(Problem("ACC-007", "entreprises", cause))
    if problems:
        raise AccessError("Compte", problems)
