"""The addresses of the application itself, and the headers that every answer carries."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado import httputil, web
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler

from coorace_eval.language import FRENCH, LANGUAGES, language, speak
from coorace_eval.server.identity import AccountIdentity, owner_of
from coorace_eval.server.kernels import NAME, Kernels, Reason
from coorace_eval.server.opening import Run, drawn

POLICY = "; ".join(
    (
        "default-src 'self'",
        # Every script and every style sheet is a file of ours: nothing is written into a page, nothing is
        # evaluated (proven by tests/apps/test_screen_page.py).
        "script-src 'self'",
        "style-src 'self'",
        # A chart says the look of its letters in attributes.
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

REFERRER = "Referrer-Policy"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    REFERRER: "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Server": "coorace_eval",
}
SILENT = "no-referrer"
"""What a page says whose own address is a secret."""
RETRY_AFTER = 20
ASKED, CHOSEN = "langue", "coorace_langue"
"""How an address asks for a language, and the cookie that keeps it; the application writes it too."""


class Guarded(web.OutputTransform):
    """Writes our headers on every answer, whichever handler gave it."""

    headers = HEADERS

    def transform_first_chunk(
        self, status_code: int, headers: httputil.HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, httputil.HTTPHeaders, bytes]:
        """Set the headers before the first bytes leave."""
        for name, value in self.headers.items():
            if not (name == REFERRER and headers.get(name) == SILENT):
                headers[name] = value
        return status_code, headers, chunk


class Encrypted(Guarded):
    """The same, and browsers remember for two years to come by TLS only."""

    headers = HEADERS | {"Strict-Transport-Security": "max-age=63072000"}


class Spoken(JupyterHandler):
    """A page of ours: it speaks the language that was chosen, its errors too, and it is never kept."""

    kernel_manager: Kernels

    async def prepare(self) -> None:  # type: ignore[override]
        """Speak the language that was chosen, by a link of the page or earlier; French otherwise."""
        asked = self.get_query_argument(ASKED, "")
        if asked in LANGUAGES:
            secure = bool(self.settings.get("xsrf_cookie_kwargs", {}).get("secure"))
            self.set_cookie(
                CHOSEN, asked, path=self.base_url, expires_days=365, samesite="Lax", secure=secure
            )
        chosen = asked if asked in LANGUAGES else self.get_cookie(CHOSEN, FRENCH)
        speak(chosen if chosen in LANGUAGES else FRENCH)
        await super().prepare()

    @property
    def others(self) -> list[tuple[str, str, str]]:
        """The other languages: code, own name, the address of this page in it."""
        kept = [(name, value) for name, value in self.request.query_arguments.items() if name != ASKED]
        given = {name: value[-1].decode("utf-8", "replace") for name, value in kept}
        return [
            (code, name, httputil.url_concat(self.request.path, given | {ASKED: code}))
            for code, name in LANGUAGES.items()
            if code != language()
        ]

    def show(self, template: str, status: int = 200, **values: Any) -> None:
        """Answer with a page."""
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        page = self.settings["voila_jinja2_env"].get_template(template)
        self.finish(
            page.render(
                base_url=self.base_url,
                static=self.settings["coorace_static"],
                handler=self,
                **{"others": self.others} | values,
            )
        )

    def write_error(self, status_code: int, **_: Any) -> None:
        """A short page that needs nothing else; a full server is tried again by itself."""
        if status_code == 503:
            self.set_header("Retry-After", str(RETRY_AFTER))
        template = "waiting.html" if status_code == 503 else "error.html"
        self.show(template, status_code, status_code=status_code, others=[])


class Owned(JupyterHandler):
    """What concerns one page: another person's never existed."""

    kernel_manager: Kernels

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse whoever does not own the page, in the words that an unknown page gets."""
        await super().prepare()
        if self._finished:
            return
        if not self.kernel_manager.is_owned(self.path_kwargs["kernel_id"], owner_of(self.current_user)):
            raise web.HTTPError(404)


class Page(Spoken):
    """The application itself; it gives the browser the token that its writes must carry."""

    route = "/"
    has_left = False

    @web.authenticated
    async def get(self) -> None:
        """Start a process and draw the page; its head leaves at once, and the screen when it is there."""
        if "prefetch" in self.request.headers.get("Sec-Purpose", ""):
            raise web.HTTPError(503)
        _ = self.xsrf_token
        notebook, kernels = self.settings["coorace_options"].notebook, self.kernel_manager
        kernel_id = await kernels.start_kernel(kernel_name=NAME, cwd=str(notebook.parent))
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        told = {
            "base_url": self.base_url,
            "static": self.settings["coorace_static"],
            "account": owner_of(self.current_user).account,
        }
        run = Run(kernels.get_kernel(kernel_id), kernels.context)
        try:
            templates = self.settings["voila_jinja2_env"]
            async for piece in drawn(templates, notebook, run, kernel_id, self.flush, **told):
                self.write(piece)
        finally:
            run.close()
            if self.has_left:
                await kernels.end(kernel_id, Reason.GONE)

    def on_connection_close(self) -> None:
        """Note that nobody waits for the page any more."""
        self.has_left = True
        super().on_connection_close()


class Health(JupyterHandler):
    """Says that the server is there, and whether a page of the person who asks still lives."""

    route = "/sante"
    kernel_manager: Kernels

    async def prepare(self) -> None:  # type: ignore[override]
        """Say it as such when the store does not answer."""
        self.set_header("Cache-Control", "no-store")
        await super().prepare()

    @allow_unauthenticated
    async def get(self) -> None:
        """Answer ``{"etat": "pret", "session": true, "raison": ""}``."""
        kernel_id = self.get_query_argument("session", "")
        if isinstance(self.identity_provider, AccountIdentity) and not self.current_user:
            await self.identity_provider.check_store()
        lives, reason = False, ""
        if kernel_id and not self.current_user:
            reason = str(Reason.SIGN_IN)
        elif kernel_id:
            lives, reason = await self.kernel_manager.state(kernel_id, owner_of(self.current_user))
        self.finish({"etat": "pret", "session": lives, "raison": str(reason)})

    def write_error(self, status_code: int, **_: Any) -> None:
        """Say that the server cannot serve."""
        self.finish({"etat": "indisponible"})


class Leave(Owned, VoilaShutdownKernelHandler):
    """Ends a page that closes.

    A closing page can only send a beacon, which carries no token; one from our own page is recognised by
    what the browser itself says of its origin.
    """

    route = "/voila/api/shutdown/{page}"

    def check_xsrf_cookie(self) -> None:
        """Accept a beacon from our own page, or else ask for the token."""
        if self.request.headers.get("Sec-Fetch-Site") != "same-origin":
            super().check_xsrf_cookie()


class Missing(Spoken):
    """Any other address."""

    route = "/?"

    async def prepare(self) -> None:  # type: ignore[override]
        """Answer 404 whatever was asked, by whomever."""
        raise web.HTTPError(404)
