"""The application as a service of a JupyterHub: people come in by the Hub, whose groups are their roles.

The Hub starts the service and tells it, by its environment, where it stands and with which secret. A person
who asks for a page is sent to the Hub and comes back with a code (OAuth 2); what the Hub then says of them
becomes an account and a session of the store, as with accounts. The Hub's own token stays in this process.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyterhub.services.auth import HubOAuth
from tornado import web
from tornado.httputil import url_concat

from coorace_eval.accounts import AccessError, Account, digest, normalised, refused
from coorace_eval.problems import CooraceError, Problem
from coorace_eval.server import logs, pages
from coorace_eval.server.hub_members import Member, Members
from coorace_eval.server.identity import AccountIdentity, Person, unavailable
from coorace_eval.server.options import ServerError

CALLBACK = "oauth_callback"
EVERY = 30.0
"""Seconds after which the Hub is asked again about a person who is connected."""
PATIENCE = 300.0
"""Seconds during which a Hub that does not answer leaves people connected."""
TOLD = ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_CLIENT_ID", "JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_SERVICE_URL")


def placed(choices: dict[str, Any]) -> dict[str, Any]:
    """The choices about a server, completed by what the Hub says of its place.

    Raises
    ------
    ServerError
        When no Hub has started this process (SRV-006).
    """
    missing = [name for name in TOLD if not os.environ.get(name)]
    if missing:
        cause = f"l'environnement ne dit pas {', '.join(missing)}."
        raise ServerError("Ouverture de l'application", [Problem("SRV-006", "", cause)])
    where = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    place = {
        "address": where.hostname,
        "port": where.port or 80,
        "base_url": os.environ["JUPYTERHUB_SERVICE_PREFIX"],
        "behind_proxy": True,
    }
    return choices | place


class HubIdentity(AccountIdentity):
    """Recognises people by a session that the Hub vouches for, as long as it does."""

    has_passwords = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hub = HubOAuth()
        self._followed: dict[str, asyncio.Task[None]] = {}

    @property
    def members(self) -> Members:
        """The people of the Hub among the accounts."""
        return Members(self.register)

    async def get_user(self, handler: web.RequestHandler) -> Person | None:
        """The person behind a request; a session from before a restart asks the Hub again."""
        person = await super().get_user(handler)
        return person if person is not None and person.session in self._followed else None

    def way_in(self, handler: web.RequestHandler, target: str) -> str:
        """The address of the Hub that sends the person back to ``target``, once it knows them."""
        verifier, challenge, method = self.hub.generate_pkce_code_challenge()
        state = self.hub.set_state_cookie(handler, next_url=target, code_verifier=verifier)
        asked = {"state": state, "code_challenge": challenge, "code_challenge_method": method}
        return str(url_concat(self.hub.login_url, asked))

    @property
    def way_out(self) -> str:
        """The address of the Hub that ends its own session, and every token given out in it."""
        return f"{self.hub.hub_host}{self.hub.hub_prefix}logout"

    async def enter(self, handler: web.RequestHandler, token: str) -> None:
        """Open a session for the person whose token of the Hub this is.

        Raises
        ------
        AccessError
            When they have no access here.
        """
        member = await self._ask(token)
        if member is None:
            raise web.HTTPError(403)
        opened = await self.members.welcome(member)
        self.remember(handler, opened)
        session = digest(opened)
        self._followed[session] = asyncio.create_task(self._follow(session, token))

    async def _ask(self, token: str) -> Member | None:
        """What the Hub says now of the person whose token this is; ``None`` when they have left it."""
        model = await self.hub.user_for_token(token, use_cache=False, sync=False)
        if model is None or model.get("kind") != "user":
            return None
        return Member.read(model) if self.hub.check_scopes(self.hub.access_scopes, model) else None

    async def _follow(self, session: str, token: str) -> None:
        """Ask the Hub again and again; end the session as soon as it no longer vouches for it."""
        answered, goes_on = time.monotonic(), True
        try:
            while goes_on:
                await asyncio.sleep(EVERY)
                try:
                    member = await self._ask(token)
                    goes_on = member is not None and await self.members.update(session, member)
                    answered = time.monotonic()
                except AccessError:
                    goes_on = False
                except (web.HTTPError, CooraceError):  # the Hub or the store does not answer
                    goes_on = time.monotonic() - answered < PATIENCE
        finally:
            del self._followed[session]
            with suppress(CooraceError):
                await self.register.sign_out(session)


class HubPage(pages.AccountPage):
    """A page of accounts, where the Hub is the way in and out."""

    @property
    def identity(self) -> HubIdentity:
        """How people are recognised."""
        return self.settings["identity_provider"]

    def leave(self, done: str) -> None:
        """Go and end the session of the Hub as well."""
        self.redirect(self.identity.way_out, status=303)


class HubSignIn(HubPage):
    """To come in: there is no form here, the Hub has its own."""

    route = "/connexion"

    @allow_unauthenticated
    def get(self) -> None:
        """Send the person to the Hub, unless they are in."""
        target = self.local(self.get_query_argument("next", ""))
        self.redirect(target if self.current_user else self.identity.way_in(self, target))


class Callback(HubPage):
    """Where the Hub sends people back."""

    route = "/oauth_callback"

    @allow_unauthenticated
    async def get(self) -> None:
        """Open a session, if it is this browser that had asked for it."""
        hub, state = self.identity.hub, self.get_query_argument("state", "")
        kept = self.get_secure_cookie(hub.get_state_cookie_name(state)) or b""
        target, verifier = self.local(hub.get_next_url(state)), hub.get_code_verifier(state)
        code = self.get_query_argument("code", "")
        if not (code and verifier and hmac.compare_digest(kept, state.encode())):
            logs.note("hub_sign_in_refused")
            raise web.HTTPError(403)
        hub.clear_oauth_state(state)
        hub.clear_oauth_state_cookies(self)
        token = await hub.token_for_code(code, code_verifier=verifier, sync=False)
        try:
            await self.identity.enter(self, token)
        except AccessError as problem:
            logs.note("hub_sign_in_refused", code=problem.problems[0].code)
            self.show("hub_refused.html", 403, problem=problem.problems[0], way_out=self.identity.way_out)
            return
        except CooraceError as problem:
            raise unavailable(problem) from problem
        if isinstance(self.current_user, Person):
            await self.register.sign_out(self.person.session)
            await self.end_pages(self.person.session)
        logs.note("signed_in")
        self.redirect(target)


class HubSignOut(HubPage, pages.SignOut):
    """To go out, of the Hub as well."""


class HubErasure(HubPage, pages.Erasure):
    """To erase one's account here; the one of the Hub is the Hub's."""

    async def prove(self, field: str) -> Account:
        """The account, once its login was typed: the Hub alone has its password.

        Raises
        ------
        AccessError
            ACC-003 for another login.
        """
        account: Account | None = self.person.account
        assert account is not None
        if normalised(self.typed(field, strip=True)) != account.login:
            raise refused("ACC-003", "Ce n'est pas votre identifiant.", field)
        return account


ROUTES: tuple[tuple[str, type[pages.AccountPage]], ...] = (
    (r"connexion", HubSignIn),
    (CALLBACK, Callback),
    (r"deconnexion", HubSignOut),
    (r"compte", pages.OwnAccount),
    (r"compte/donnees", pages.OwnRecord),
    (r"compte/effacement", HubErasure),
)
