"""The few addresses that are ours, and the headers that every answer carries."""

from __future__ import annotations

from inspect import isawaitable
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado import httputil, web
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler

POLICY = "; ".join(
    (
        "default-src 'self'",
        # blob: the component's script comes through the kernel, and anywidget imports it from a blob.
        # Neither 'unsafe-inline' nor 'unsafe-eval': our template has no inline script, and Voilà's bundle
        # starts without evaluating text (proven by tests/apps/test_screen_page.py).
        "script-src 'self' blob:",
        # The bundle and the component write their style sheets into the page.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Server": "coorace_eval",
}


class Guarded(web.OutputTransform):
    """Writes our headers on every answer, whichever handler gave it."""

    def transform_first_chunk(
        self, status_code: int, headers: httputil.HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, httputil.HTTPHeaders, bytes]:
        """Set the headers before the first bytes leave."""
        for name, value in HEADERS.items():
            headers[name] = value
        return status_code, headers, chunk


class Page(TornadoVoilaHandler):
    """The application itself; it gives the browser the token that its writes must carry."""

    async def get(self, path: str | None = None) -> None:
        """Start a kernel and draw the page."""
        _ = self.xsrf_token
        await super().get(path)


class Health(JupyterHandler):
    """Says that the server is there, and whether the session of a page still lives."""

    async def get(self) -> None:
        """Answer ``{"etat": "pret", "session": true}``."""
        session = self.get_query_argument("session", "")
        alive = False
        if session and session in self.kernel_manager:
            found: Any = self.kernel_manager.get_kernel(session).is_alive()
            alive = bool(await found if isawaitable(found) else found)
        self.set_header("Cache-Control", "no-store")
        self.finish({"etat": "pret", "session": alive})


class Leave(VoilaShutdownKernelHandler):
    """Ends the session of a page that closes.

    A closing page can only send a beacon, which carries no token; one from our own page is recognised by
    what the browser itself says of its origin.
    """

    def check_xsrf_cookie(self) -> None:
        """Accept a beacon from our own page, or else ask for the token."""
        if self.request.headers.get("Sec-Fetch-Site") != "same-origin":
            super().check_xsrf_cookie()


class Missing(JupyterHandler):
    """Any other address."""

    def prepare(self) -> None:  # type: ignore[override]
        """Answer 404 whatever was asked, by whomever."""
        raise web.HTTPError(404)

    def write_error(self, status_code: int, **_: Any) -> None:
        """A short French page that needs nothing else."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        page = self.settings["voila_jinja2_env"].get_template("error.html")
        self.finish(page.render(base_url=self.settings["base_url"], status_code=status_code))
