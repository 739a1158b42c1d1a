"""Who asks: the session of a request, read anew in the store each time, and the owner of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from jupyter_server.auth import Authorizer, IdentityProvider, User
from tornado import web

from coorace_eval.accounts import Account, digest
from coorace_eval.problems import CooraceError
from coorace_eval.server import logs
from coorace_eval.server.register import Register

COOKIE = "coorace-session"
LONGEST_TOKEN = 200


class Owner(NamedTuple):
    """To whom a page belongs: one account, by one session; both are empty when one person is served."""

    account: str = ""
    session: str = ""


@dataclass
class Person(User):
    """A person who has signed in.

    Parameters
    ----------
    account
        Role and memberships, as the store gave them for this request.
    session
        Digest of the session's token.
    """

    account: Account | None = None
    session: str = ""


def owner_of(user: User | None) -> Owner:
    """To whom belongs what this user opens."""
    return Owner(user.username, user.session) if isinstance(user, Person) else Owner()


def unavailable(problem: CooraceError) -> web.HTTPError:
    """What to answer when the store does not: one tries again in a moment."""
    logs.note("unavailable", code=problem.problems[0].code)
    return web.HTTPError(503)


class AccountIdentity(IdentityProvider):
    """Recognises people by a cookie whose token only they hold; the store keeps its digest."""

    token = ""  # no shared word opens this server
    has_passwords = True

    @property
    def register(self) -> Register:
        """The accounts."""
        return self.parent.register  # type: ignore[union-attr]

    async def get_user(self, handler: web.RequestHandler) -> Person | None:
        """The person behind a request, or ``None``; a store that does not answer is said as such."""
        known: Person | None = getattr(handler, "_jupyter_current_user", None)
        token = handler.get_cookie(COOKIE) or ""
        if known is not None or not token or len(token) > LONGEST_TOKEN:
            return known
        session = digest(token)
        try:
            account = await self.register.account(session)
        except CooraceError as problem:
            raise unavailable(problem) from problem
        if account is None:
            return None
        return Person(username=account.key, name=account.name, account=account, session=session)

    async def check_store(self) -> None:
        """Make sure that the store answers.

        Raises
        ------
        tornado.web.HTTPError
            503 when it does not.
        """
        try:
            await self.register.account("")
        except CooraceError as problem:
            raise unavailable(problem) from problem

    def remember(self, handler: web.RequestHandler, token: str) -> None:
        """Give the browser the token of its session, which scripts cannot read."""
        handler.set_cookie(
            COOKIE,
            token,
            path=handler.settings["base_url"],
            httponly=True,
            samesite="Lax",
            secure=handler.settings["coorace_options"].is_encrypted,
        )

    def forget(self, handler: web.RequestHandler) -> None:
        """Take the token back."""
        handler.clear_cookie(COOKIE, path=handler.settings["base_url"])

    def is_token_authenticated(self, handler: web.RequestHandler) -> bool:
        """Nobody comes in by a token in an address: origin and XSRF are checked for all."""
        return False

    def get_handlers(self) -> list[Any]:
        """None here: the pages of accounts are the application's (see ``pages.py``)."""
        return []

    @property
    def auth_enabled(self) -> bool:
        """Always."""
        return True


class Owners(Authorizer):
    """A second lock behind the handlers' own: only the owner of a kernel reaches it, and nothing else."""

    def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        """Whether the kernel that the request names is the user's."""
        kernel = (handler.path_kwargs or {}).get("kernel_id", "")
        return resource == "kernels" and bool(handler.kernel_manager.is_owned(kernel, owner_of(user)))
