"""The shelf of accounts: who may come in, who is here, who saw and changed what."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import bindparam, delete, exc, exists, func, insert, select, update

from coorace_eval.accounts import Account, Link, LinkPurpose, Role, Session, normalised, refused
from coorace_eval.accounts.model import KEY, REMOVED
from coorace_eval.language import tr
from coorace_eval.storage.shelf import Shelf, matching
from coorace_eval.storage.tables import (
    ACCOUNT,
    ANSWER_HISTORY,
    APPRECIATION_HISTORY,
    AUDIT,
    LINK,
    MEMBERSHIP,
    SESSION,
)

_ROLES = {role.value: role for role in Role}
_JOURNAL = ("at", "account", "action", "enterprise", "year", "what")
_PERSON = (ACCOUNT.c.key, ACCOUNT.c.login, ACCOUNT.c.name, ACCOUNT.c.role, ACCOUNT.c.active)
_PRESENT = (
    select(*SESSION.c, *_PERSON, MEMBERSHIP.c.enterprise)
    .join(ACCOUNT, ACCOUNT.c.key == SESSION.c.account)
    .outerjoin(MEMBERSHIP, MEMBERSHIP.c.account == SESSION.c.account)
    .where(SESSION.c.digest == bindparam("digest"))
)
_ANY_ACCOUNT = select(exists().where(ACCOUNT.c.key == ACCOUNT.c.key))


class AccountShelf(Shelf):
    """Accounts, passwords, sessions, links, and the journal of what people saw and changed."""

    def has_accounts(self) -> bool:
        """Whether the store is shared: then nobody comes in without an account."""
        return bool(self._connection.execute(_ANY_ACCOUNT).scalar())

    def accounts(self, enterprise: str | Set[str] | None = None) -> list[Account]:
        """Every account, or those of the members of an enterprise or of several; by login."""
        query = select(*_PERSON)
        if enterprise is not None:
            members = select(MEMBERSHIP.c.account).where(matching(MEMBERSHIP, enterprise=enterprise))
            query = query.where(ACCOUNT.c.key.in_(members))
        return self._accounts(query)

    def find_account(self, login: str) -> Account | None:
        """The account of that login, in whatever case it is typed."""
        found = self._accounts(select(*_PERSON).where(ACCOUNT.c.login == normalised(login)))
        return found[0] if found else None

    def account(self, login: str) -> Account:
        """The account of that login.

        Raises
        ------
        AccessError
            ACC-008, when there is none.
        """
        if found := self.find_account(login):
            return found
        raise refused("ACC-008", f"Aucun compte n'a l'identifiant « {normalised(login)} ».")

    def account_of(self, key: str) -> Account:
        """The account of that key; raises ``AccessError`` (ACC-008) when there is none."""
        if found := self._accounts(select(*_PERSON).where(ACCOUNT.c.key == key)):
            return found[0]
        raise _unknown()

    def save_account(self, account: Account) -> None:
        """Add the account, or bring it up to date; it counts from the next request on.

        Putting an account aside ends its sessions and its links.

        Raises
        ------
        AccessError
            ACC-007, when someone else has that login.
        StoreError
            When an enterprise is not in the store.
        """
        row = {
            "key": account.key,
            "login": account.login,
            "name": account.name,
            "role": account.role.value,
            "active": account.active,
            "created": datetime.now(UTC),
        }
        try:
            self._put(ACCOUNT, row, keep=("created",))
        except exc.IntegrityError:
            cause = f"L'identifiant « {account.login} » est déjà pris."
            raise refused("ACC-007", cause, "identifiant", "Choisissez-en un autre.") from None
        held = MEMBERSHIP.c.account == account.key
        self._connection.execute(delete(MEMBERSHIP).where(held))
        if account.enterprises:
            members = [{"account": account.key, "enterprise": id} for id in sorted(account.enterprises)]
            self._connection.execute(insert(MEMBERSHIP), members)
        if not account.active:
            self._end_stay(account.key)

    def join(self, account: Account, enterprise: str) -> Account:
        """Make the person a member of one more enterprise; their account as it is then."""
        self._add(MEMBERSHIP, {"account": account.key, "enterprise": enterprise})
        return self.account_of(account.key)

    def erase_account(self, key: str) -> None:
        """Forget the person: name, login, password, memberships, sessions and links.

        The histories and the journal keep the key alone, which is read « personne retirée ».

        Raises
        ------
        AccessError
            ACC-008, when there is no such account.
        """
        with self._writing() as connection:
            if not connection.execute(delete(ACCOUNT).where(ACCOUNT.c.key == key)).rowcount:
                raise _unknown()

    def password(self, login: str) -> str | None:
        """The hash of the password of an active account; ``None`` where there is none."""
        known = (ACCOUNT.c.login == normalised(login), ACCOUNT.c.active)
        hash: str | None = self._connection.execute(select(ACCOUNT.c.password).where(*known)).scalar()
        return hash

    def without_password(self) -> frozenset[str]:
        """Keys of the accounts whose password was never chosen."""
        waiting = select(ACCOUNT.c.key).where(ACCOUNT.c.password.is_(None))
        return frozenset(self._connection.execute(waiting).scalars())

    def set_password(self, key: str, hash: str) -> None:
        """Keep the hash of a new password; every session and link of the account ends.

        Raises
        ------
        AccessError
            ACC-008, when there is no such account.
        """
        with self._writing() as connection:
            kept = update(ACCOUNT).where(ACCOUNT.c.key == key).values(password=hash)
            if not connection.execute(kept).rowcount:
                raise _unknown()
            self._end_stay(key)

    def strengthen_password(self, key: str, old: str, new: str) -> None:
        """Keep another hash of the same password, unless the password changed meanwhile."""
        same = (ACCOUNT.c.key == key, ACCOUNT.c.password == old)
        with self._writing() as connection:
            connection.execute(update(ACCOUNT).where(*same).values(password=new))

    def open_session(self, key: str, digest: str, until: datetime, at: datetime | None = None) -> None:
        """Let the person of an active account in until a moment; sessions that are over are forgotten.

        Raises
        ------
        AccessError
            ACC-008, when there is no such account, or it was put aside.
        """
        now = at or datetime.now(UTC)
        with self._writing() as connection:
            if not self.account_of(key).active:
                raise _unknown()
            connection.execute(delete(SESSION).where(SESSION.c.until <= now))
            row = {"digest": digest, "account": key, "opened": now, "seen": now, "until": until}
            connection.execute(insert(SESSION), row)

    def session(self, digest: str, at: datetime | None = None) -> tuple[Session, Account] | None:
        """The session and its account, as they are now; ``None`` when over, or the account put aside."""
        rows = self._connection.execute(_PRESENT, {"digest": digest}).all()
        if not rows or not rows[0].active or rows[0].until <= (at or datetime.now(UTC)):
            return None
        row = rows[0]
        enterprises = frozenset(other.enterprise for other in rows if other.enterprise is not None)
        account = Account(row.key, row.login, row.name, _ROLES[row.role], enterprises)
        return Session(row.digest, row.account, row.opened, row.seen, row.until), account

    def last_seen(self, keys: Iterable[str]) -> dict[str, datetime]:
        """When each person was last here, by their sessions and the journal; absent where neither says."""
        wanted, found = set(keys), dict[str, datetime]()
        for column, moment in ((SESSION.c.account, SESSION.c.seen), (AUDIT.c.account, AUDIT.c.at)):
            query = select(column.label("key"), func.max(moment).label("at")).group_by(column)
            for row in self._rows(query.where(column.in_(wanted))):
                found[row.key] = max(row.at, found.get(row.key, row.at))
        return found

    def touch_session(self, digest: str, at: datetime) -> None:
        """Keep when the person was last seen."""
        with self._writing() as connection:
            connection.execute(update(SESSION).where(SESSION.c.digest == digest).values(seen=at))

    def end_session(self, digest: str) -> None:
        """End one session; it is no error that it is over already."""
        self._take_away(SESSION, digest=digest)

    def end_sessions(self, key: str) -> None:
        """End every session of an account."""
        self._take_away(SESSION, account=key)

    def keep_link(self, link: Link) -> None:
        """Keep a link; those made before for the same account end."""
        self._take_away(LINK, account=link.account)
        row = {name: getattr(link, name) for name in ("digest", "account", "until", "by")}
        self._connection.execute(insert(LINK), {**row, "purpose": link.purpose.value})

    def link(self, digest: str, at: datetime | None = None) -> Link | None:
        """The link of that digest; ``None`` when over, used, or its account put aside."""
        active = LINK.c.account.in_(select(ACCOUNT.c.key).where(ACCOUNT.c.active))
        rows = self._rows(select(LINK).where(LINK.c.digest == digest, active))
        links = [Link(row.digest, row.account, LinkPurpose(row.purpose), row.until, row.by) for row in rows]
        return next((link for link in links if link.until > (at or datetime.now(UTC))), None)

    def end_links(self, key: str, except_by: str) -> None:
        """End the links of an account, except those made by one person."""
        with self._writing() as connection:
            connection.execute(delete(LINK).where(LINK.c.account == key, LINK.c.by != except_by))

    def use_link(self, digest: str, at: datetime | None = None) -> Link:
        """Take the link, which works once: of two people at the same moment, one has it.

        Raises
        ------
        AccessError
            ACC-006, when it is unknown, over, or used already.
        """
        with self._writing() as connection:
            found = self.link(digest, at)
            taken = connection.execute(delete(LINK).where(LINK.c.digest == digest)).rowcount
            if found is None or not taken:
                raise refused("ACC-006", "Ce lien n'existe pas, n'est plus valable ou a déjà servi.")
            return found

    def note(
        self, account_key: str, action: str, enterprise: str = "", year: int | None = None, what: str = ""
    ) -> None:
        """Write in the journal who did what; never a value, a name or a password."""
        row = {
            "at": datetime.now(UTC),
            "account": account_key,
            "action": action,
            "enterprise": enterprise,
            "year": year,
            "what": what,
        }
        with self._writing() as connection:
            connection.execute(insert(AUDIT), row)

    def noted(
        self, account_key: str, action: str, enterprise: str, year: int | None, since: datetime
    ) -> bool:
        """Whether the journal says it already."""
        same = {"account": account_key, "action": action, "enterprise": enterprise}
        at_year = AUDIT.c.year.is_(None) if year is None else AUDIT.c.year == year
        query = select(exists().where(matching(AUDIT, **same), at_year, AUDIT.c.at >= since))
        return bool(self._connection.execute(query).scalar())

    def audit(self, enterprise: str | Set[str] | None = None, since: datetime | None = None) -> pd.DataFrame:
        """The journal, the oldest first.

        Returns
        -------
        DataFrame
            Columns at, account (key), name (« personne retirée » once erased), action, enterprise, year
            (missing where it concerns no year), what.
        """
        late = [] if since is None else [AUDIT.c.at >= since]
        query = select(*(AUDIT.c[name] for name in _JOURNAL)).where(
            matching(AUDIT, enterprise=enterprise), *late
        )
        rows = [tuple(row) for row in self._connection.execute(query.order_by(AUDIT.c.id))]
        frame = pd.DataFrame(rows, columns=list(_JOURNAL), dtype=object)
        frame["at"] = pd.to_datetime(frame["at"], utc=True).dt.as_unit("us")
        frame["year"] = frame["year"].astype("Int64")
        names = self.names(frame["account"].unique())
        frame.insert(2, "name", frame["account"].map(lambda key: names.get(key, key)).astype(object))
        return frame

    def forget_audit(self, before: datetime) -> int:
        """Remove what the journal need not keep any longer; how many rows went."""
        with self._writing() as connection:
            return connection.execute(delete(AUDIT).where(AUDIT.c.at < before)).rowcount

    def names(self, authors: Iterable[str]) -> dict[str, str]:
        """The name to show for each author that is a key; « personne retirée » once erased."""
        keys = {author for author in authors if KEY.fullmatch(author)}
        if not keys:
            return {}
        rows = self._rows(select(ACCOUNT.c.key, ACCOUNT.c.name).where(ACCOUNT.c.key.in_(keys)))
        return dict.fromkeys(keys, tr(REMOVED)) | {row.key: row.name for row in rows}

    def account_record(self, key: str) -> dict[str, Any]:
        """All that the store holds on a person, as plain values that JSON can write.

        Raises
        ------
        AccessError
            ACC-008, when there is no such account.
        """
        account = self.account_of(key)
        about = self._rows(
            select(ACCOUNT.c.created, ACCOUNT.c.password.is_not(None).label("chosen")).where(
                ACCOUNT.c.key == key
            )
        )[0]
        sessions = self._rows(select(SESSION).where(SESSION.c.account == key).order_by(SESSION.c.opened))
        links = self._rows(select(LINK).where(LINK.c.account == key))
        journal = self._rows(select(AUDIT).where(AUDIT.c.account == key).order_by(AUDIT.c.id))
        return {
            "compte": {
                "cle": account.key,
                "identifiant": account.login,
                "nom": account.name,
                "role": account.role.label,
                "entreprises": sorted(account.enterprises),
                "actif": account.active,
                "cree": about.created.isoformat(),
                "mot_de_passe": "choisi (jamais gardé en clair)" if about.chosen else "aucun",
            },
            "sessions": [
                {"ouverte": row.opened.isoformat(), "vue": row.seen.isoformat(), "fin": row.until.isoformat()}
                for row in sessions
            ],
            "liens": [
                {"objet": LinkPurpose(row.purpose).label, "fin": row.until.isoformat()} for row in links
            ],
            "changements": self._changes_of(key),
            "journal": [
                {
                    "date": row.at.isoformat(),
                    "action": row.action,
                    "entreprise": row.enterprise,
                    "exercice": row.year,
                    "objet": row.what,
                }
                for row in journal
            ],
        }

    def _changes_of(self, key: str) -> list[dict[str, Any]]:
        """Where the person stands as an author, without the enterprise's own values."""
        found = []
        for table, name in ((ANSWER_HISTORY, "variable"), (APPRECIATION_HISTORY, "dimension")):
            for row in self._rows(select(table).where(table.c.author == key).order_by(table.c.id)):
                about = {"entreprise": row.enterprise, "exercice": row.year}
                found.append({"date": row.at.isoformat(), **about, name: row._mapping[name]})
        return found

    def _end_stay(self, key: str) -> None:
        self._take_away(SESSION, account=key)
        self._take_away(LINK, account=key)

    def _accounts(self, query: Any) -> list[Account]:
        rows = self._rows(query.order_by(ACCOUNT.c.login))
        members: dict[str, set[str]] = {row.key: set() for row in rows}
        if rows:
            wanted = matching(MEMBERSHIP, account=rows[0].key if len(rows) == 1 else None)
            for member in self._rows(select(MEMBERSHIP).where(wanted)):
                if member.account in members:
                    members[member.account].add(member.enterprise)
        return [
            Account(row.key, row.login, row.name, _ROLES[row.role], frozenset(members[row.key]), row.active)
            for row in rows
        ]


def _unknown() -> Exception:
    return refused("ACC-008", "Ce compte n'existe pas, ou plus.")
