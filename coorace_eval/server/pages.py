"""The pages of accounts: to come in and out, to choose a password, to see what is kept on oneself."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.utils import url_path_join
from tornado import web

from coorace_eval.accounts import AccessError, Account, LinkPurpose, normalised
from coorace_eval.language import mark, tr
from coorace_eval.problems import CooraceError, Problem
from coorace_eval.server import logs
from coorace_eval.server.handlers import REFERRER, SILENT, Spoken
from coorace_eval.server.identity import AccountIdentity, Person, unavailable
from coorace_eval.server.limits import Attempts, waiting_time
from coorace_eval.server.register import Busy, Register

REFUSED, TOO_MANY = 422, 429
TWICE = mark("Les deux mots de passe ne sont pas les mêmes.")
LONGEST = 1_000

SAID = {
    "sortie": mark("Vous êtes déconnecté-e."),
    "efface": mark("Votre compte est effacé."),
    "change": mark("Votre mot de passe est changé ; vos autres pages ouvertes sont fermées."),
}
"""What a page may have to say about what was just done; an address names it."""


class AccountPage(Spoken):
    """What these pages share: the accounts, the attempts, and forms whose problems stand together."""

    @property
    def identity(self) -> AccountIdentity:
        """How people are recognised."""
        return self.settings["identity_provider"]

    @property
    def register(self) -> Register:
        """The accounts."""
        return self.identity.register

    @property
    def attempts(self) -> Attempts:
        """The attempts to sign in."""
        return self.settings["coorace_attempts"]

    @property
    def person(self) -> Person:
        """Who is signed in."""
        assert isinstance(self.current_user, Person)
        return self.current_user

    def typed(self, name: str, strip: bool = False) -> str:
        """What was typed in a field, a hidden one included; too long a text is cut."""
        return str(self.get_body_argument(name, "", strip=strip))[: LONGEST + 1]

    def local(self, target: str) -> str:
        """An address of ours to go on to; any other one leads to the application."""
        base, plain = self.base_url, target.isprintable() and "\\" not in target
        ours = plain and target.startswith(base) and not target.startswith("//")
        return target if ours else base

    def at(self, path: str, **query: str) -> str:
        """An address of ours."""
        return str(url_path_join(self.base_url, path)) + (f"?{urlencode(query)}" if query else "")

    def may_try(self, login: str) -> None:
        """Count an attempt at a password.

        Raises
        ------
        AccessError
            ACC-004, with the time to wait.
        """
        wait = self.attempts.begin(login, str(self.request.remote_ip))
        if wait:
            self.set_header("Retry-After", str(wait))
            logs.note("attempts_limited", wait=wait)
            wait_for = waiting_time(wait)
            cause = tr("Trop d'essais de suite. Attendez {time}, puis recommencez.", time=wait_for)
            raise AccessError("Connexion", [Problem("ACC-004", "", cause)])

    def leave(self, done: str) -> None:
        """Go where one comes in, which says what was done."""
        self.redirect(self.at("connexion", fait=done), status=303)

    async def end_pages(self, session: str) -> None:
        """Close the pages that a session holds open."""
        await self.kernel_manager.end_session(session)

    async def prepare(self) -> None:  # type: ignore[override]
        """Let no other site watch these pages."""
        self.set_header("Cache-Control", "no-store")
        await super().prepare()


def status_of(problem: CooraceError) -> int:
    """The status of a page that says a problem."""
    codes = {one.code for one in problem.problems}
    return TOO_MANY if "ACC-004" in codes else 503 if isinstance(problem, Busy) else REFUSED


def said(problem: CooraceError, field: str) -> list[dict[str, str]]:
    """What a page says of a problem, beside the field to mend."""
    return [
        {"field": one.where if one.where in FIELDS else field, "text": one.cause, "code": one.code}
        for one in problem.problems
    ]


FIELDS = ("login", "password", "current", "again", "erase")


class SignIn(AccountPage):
    """To come in."""

    route = "/connexion"

    @allow_unauthenticated
    def get(self) -> None:
        """Show the form, unless the person is in."""
        target = self.local(self.get_query_argument("next", ""))
        if self.current_user:
            self.redirect(target)
            return
        self.form(target)

    @allow_unauthenticated
    async def post(self) -> None:
        """Open a session, always a new one: a token put in the browser beforehand is worth nothing."""
        target, login = self.local(self.typed("next")), normalised(self.typed("login", strip=True))
        address = str(self.request.remote_ip)
        try:
            self.may_try(login)
            token, _ = await self.register.sign_in(login, self.typed("password"))
        except (AccessError, Busy) as problem:
            logs.note("sign_in_refused", code=problem.problems[0].code)
            self.form(target, login, problem)
            return
        except CooraceError as problem:
            raise unavailable(problem) from problem
        self.attempts.succeed(login, address)
        if self.current_user:
            await self.register.sign_out(self.person.session)
            await self.end_pages(self.person.session)
        self.identity.remember(self, token)
        logs.note("signed_in")
        self.redirect(target, status=303)

    def form(self, target: str, login: str = "", problem: CooraceError | None = None) -> None:
        """Show the form, with what went wrong."""
        told = SAID.get(self.get_query_argument("fait", ""), "")
        problems = said(problem, "login") if problem else []
        status = status_of(problem) if problem else 200
        self.show("sign_in.html", status, target=target, login=login, problems=problems, done=tr(told))


class SignOut(AccountPage):
    """To go out."""

    route = "/deconnexion"

    @web.authenticated
    def get(self) -> None:
        """Ask whether one goes: a mere address ends nothing."""
        self.show("sign_out.html", problems=[])

    @web.authenticated
    async def post(self) -> None:
        """End the session, its pages and their links."""
        session = self.person.session
        await self.register.sign_out(session)
        await self.end_pages(session)
        self.identity.forget(self)
        logs.note("signed_out")
        self.leave("sortie")


class OpenLink(AccountPage):
    """To choose a password, by a link that was sent: for a first visit, or after forgetting the last one."""

    route = "/lien/{jeton}"

    async def prepare(self) -> None:  # type: ignore[override]
        """Keep the address, which is a secret, from every other one."""
        self.set_header(REFERRER, SILENT)
        await super().prepare()

    @allow_unauthenticated
    async def get(self, token: str) -> None:
        """Say whose account it is, and ask for a password."""
        await self.form(token)

    @allow_unauthenticated
    async def post(self, token: str) -> None:
        """Keep the password, once, and open a session."""
        password = self.typed("password")
        try:
            link, account = await self.register.link(token)
            if password != self.typed("again"):
                raise AccessError("Mot de passe", [Problem("ACC-005", "again", tr(TWICE))])
            session = await self.register.use_link(token, password)
        except (AccessError, Busy) as problem:
            await self.form(token, problem)
            return
        except CooraceError as problem:
            raise unavailable(problem) from problem
        await self.kernel_manager.end_account(account.key)
        self.identity.remember(self, session)
        logs.note("password_chosen", purpose=link.purpose.value)
        self.redirect(self.base_url, status=303)

    async def form(self, token: str, problem: CooraceError | None = None) -> None:
        """Show the form, or that the link is not valid."""
        try:
            link, account = await self.register.link(token)
        except AccessError:
            logs.note("link_refused")
            self.show("link_over.html", 404, problems=[])
            return
        except CooraceError as fault:
            raise unavailable(fault) from fault
        self.show(
            "link.html",
            status_of(problem) if problem else 200,
            account=account,
            first=link.purpose is LinkPurpose.INVITATION,
            problems=said(problem, "password") if problem else [],
        )


class OwnAccount(AccountPage):
    """One's own account."""

    route = "/compte"

    @web.authenticated
    async def get(self) -> None:
        """Show it."""
        await self.page()

    async def page(self, problem: CooraceError | None = None, field: str = "") -> None:
        """Show the account, with what went wrong in one of its forms."""
        account: Account | None = self.person.account
        assert account is not None
        told = SAID.get(self.get_query_argument("fait", ""), "")
        try:
            enterprises = await self.register.enterprises(account)
        except CooraceError as fault:
            raise unavailable(fault) from fault
        self.show(
            "account.html",
            status_of(problem) if problem else 200,
            account=account,
            enterprises=enterprises,
            done=tr(told),
            problems=said(problem, field) if problem else [],
        )

    async def prove(self, field: str) -> Account:
        """The account, once its password was given again.

        Raises
        ------
        AccessError
            ACC-003 for another password, ACC-004 after too many of them.
        """
        account: Account | None = self.person.account
        assert account is not None
        self.may_try(account.login)
        await self.register.check(account, self.typed(field), field)
        self.attempts.succeed(account.login, str(self.request.remote_ip))
        return account


class OwnPassword(OwnAccount):
    """To change one's password."""

    route = "/compte/mot-de-passe"

    @web.authenticated
    def get(self) -> None:
        """The form stands in the page of the account."""
        self.redirect(self.at("compte"))

    @web.authenticated
    async def post(self) -> None:
        """Keep another password; every other session ends, and this one goes on under a new token."""
        password = self.typed("password")
        try:
            account = await self.prove("current")
            if password != self.typed("again"):
                raise AccessError("Mot de passe", [Problem("ACC-005", "again", tr(TWICE))])
            token = await self.register.change_password(account, password)
        except (AccessError, Busy) as problem:
            await self.page(problem, "password")
            return
        except CooraceError as problem:
            raise unavailable(problem) from problem
        await self.kernel_manager.end_account(account.key)
        self.identity.remember(self, token)
        logs.note("password_changed")
        self.redirect(self.at("compte", fait="change"), status=303)


class OwnRecord(OwnAccount):
    """To take away all that is kept on oneself."""

    route = "/compte/donnees"

    @web.authenticated
    async def get(self) -> None:
        """Give it as a file."""
        try:
            record = await self.register.record(self.person.session)
        except CooraceError as problem:
            raise unavailable(problem) from problem
        logs.note("record_given")
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Content-Disposition", 'attachment; filename="mes_donnees.json"')
        self.finish(json.dumps(record, ensure_ascii=False, indent=2, default=str))


class Erasure(OwnAccount):
    """To erase one's account."""

    route = "/compte/effacement"

    @web.authenticated
    def get(self) -> None:
        """The form stands in the page of the account."""
        self.redirect(self.at("compte"))

    @web.authenticated
    async def post(self) -> None:
        """Erase the account, once its password was given again."""
        try:
            account = await self.prove("erase")
            await self.register.erase(self.person.session)
        except (AccessError, Busy) as problem:
            await self.page(problem, "erase")
            return
        except CooraceError as problem:
            raise unavailable(problem) from problem
        await self.kernel_manager.end_account(account.key)
        self.identity.forget(self)
        logs.note("account_erased")
        self.leave("efface")


ROUTES: tuple[tuple[str, type[AccountPage]], ...] = (
    (r"connexion", SignIn),
    (r"deconnexion", SignOut),
    (r"lien/([\w-]{20,100})", OpenLink),
    (r"compte", OwnAccount),
    (r"compte/mot-de-passe", OwnPassword),
    (r"compte/donnees", OwnRecord),
    (r"compte/effacement", Erasure),
)
