"""The processes behind the open pages: whose they are, what they are told, how long they stay."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from inspect import isawaitable
from pathlib import Path
from typing import Any, Protocol

import traitlets as tl
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_server.base.call_context import CallContext
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado import web

from coorace_eval.access import Access
from coorace_eval.server import limits, logs
from coorace_eval.server.drawing import Drawer
from coorace_eval.server.forking.provisioner import warm_up
from coorace_eval.server.forking.request import KERNEL, python_path
from coorace_eval.server.identity import Owner, owner_of
from coorace_eval.server.options import Options
from coorace_eval.vocabulary import Labelled

NAME = "python3"
SERVED = "VOILA_KERNEL_ID"
"""By this variable a process knows that it is behind a page, and which."""
MOST_MEMORY = 1 << 30
"""The most that one page may take, its charts and its report included; a page that asks more fails alone."""
_ARGUMENTS = ("-f", "{connection_file}", "--memory", str(MOST_MEMORY))
_FORKED = {"kernel_provisioner": {"provisioner_name": "coorace-fork"}}

TOLD = (
    "COORACE_REFERENTIAL", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS", "PATH", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV",
)  # fmt: skip
"""What a page's process learns of the server's environment: where programs and letters are, no secret."""

REMEMBERED = 5_000
CONNECTED_LASTS = 8
"""A page that somebody keeps open without a gesture stays so many times longer than one left behind."""
MOST_STARTING = 8

GOING_AWAY, SESSION_ENDED, PAGE_GONE = 1001, 4401, 4404
"""What a socket says when it closes."""


class Reason(Labelled):
    """Why a page has no process any more."""

    REPLACED = "remplacee", "La personne a ouvert plus de pages qu'il n'est permis."
    GONE = "partie", "Le processus s'est arrêté, ou le serveur a redémarré."
    SIGN_IN = "connexion", "La session de connexion est terminée."


class Socket(Protocol):
    """A browser's link with a process."""

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """End the link."""


class OwnPython(KernelSpecManager):
    """Offers one kernel: the Python that runs the server, whatever this person has registered."""

    def find_kernel_specs(self) -> dict[str, str]:
        """The only kernel there is; its folder holds nothing."""
        return {NAME: str(Path(__file__).parent)}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """How that kernel starts."""
        if kernel_name != NAME:
            raise NoSuchKernel(kernel_name)
        command = [*KERNEL, *_ARGUMENTS]
        return KernelSpec(argv=command, display_name="Python", language="python", metadata=_FORKED)

    def get_all_specs(self) -> dict[str, Any]:
        """The only kernel there is, described as Jupyter asks."""
        return {
            name: {"resource_dir": folder, "spec": self.get_kernel_spec(name).to_dict()}
            for name, folder in self.find_kernel_specs().items()
        }


@dataclass
class OpenPage:
    """One process, whose it is and who is connected to it."""

    owner: Owner
    opened: float
    is_ready: bool = False
    sockets: set[Socket] = field(default_factory=set)


class Kernels(AsyncMappingKernelManager):
    """One process per open page, for its owner only; it leaves when nobody looks at the page any more."""

    options = tl.Instance(Options, help="How the application is served.").tag(config=True)
    pages = tl.Dict(help="Every open page, by the identifier of its kernel.")
    gone = tl.Instance(OrderedDict, (), help="Whose were the pages that left, and why they did.")

    @tl.default("cull_idle_timeout")
    def _after_idle(self) -> int:
        return 60 * self.options.idle_minutes

    def __init__(self, **kwargs: Any) -> None:
        """Reckon once how many pages may be open, and have the template of their processes made."""
        super().__init__(**kwargs)
        warm_up()
        self.drawer = Drawer(self.connection_dir)
        self.drawer.keep()
        self.most = self.options.most_pages or limits.most_pages()
        self._starting = asyncio.Semaphore(MOST_STARTING)

    def is_owned(self, kernel_id: str, owner: Owner) -> bool:
        """Whether a page is open and belongs to this owner."""
        page = self.pages.get(kernel_id)
        return page is not None and page.owner == owner

    def is_full(self) -> bool:
        """Whether the machine has no room for one more page."""
        return self.options.is_shared and (len(self.pages) >= self.most or limits.is_short_of_memory())

    async def state(self, kernel_id: str, owner: Owner) -> tuple[bool, str]:
        """Whether a page of this owner lives, or else why not; the page of another never existed."""
        if self.is_owned(kernel_id, owner):
            if not self.pages[kernel_id].is_ready or await self._lives(kernel_id):
                return True, ""
            return False, Reason.GONE
        whose, reason = self.gone.get(kernel_id, (None, Reason.GONE))
        return False, reason if whose is not None and whose.account == owner.account else Reason.GONE

    async def start_kernel(  # type: ignore[override]
        self, *, env: dict[str, str] | None = None, **kwargs: Any
    ) -> str:
        """Start the process of a page, for the person who asks; their oldest page may have to go.

        Raises
        ------
        tornado.web.HTTPError
            503 when there is no room, or when the page was replaced before it could open.
        """
        handler = CallContext.get(CallContext.JUPYTER_HANDLER)
        owner = owner_of(getattr(handler, "_jupyter_current_user", None))
        if self.options.is_shared and not owner.account:
            raise web.HTTPError(403)
        replaced = self._replaced_by_one_more(owner)
        if self.is_full() and not replaced:
            logs.note("full", pages=len(self.pages))
            raise web.HTTPError(503)
        kernel_id = str(uuid.uuid4())
        self.pages[kernel_id] = OpenPage(owner, time.monotonic())
        endings = [self.end(old, Reason.REPLACED) for old in replaced]
        try:
            await asyncio.gather(*endings)
            async with self._starting:
                await super().start_kernel(
                    kernel_id=kernel_id, env=self.environment(owner) | {SERVED: kernel_id}, **kwargs
                )
        except BaseException:
            self._leave(kernel_id, Reason.GONE)
            raise
        if kernel_id not in self.pages:
            await super().shutdown_kernel(kernel_id, now=True)
            raise web.HTTPError(503)
        self.pages[kernel_id].is_ready = True
        logs.note("page_opened", pages=len(self.pages), session=logs.mark(owner.session))
        return kernel_id

    def environment(self, owner: Owner) -> dict[str, str]:
        """What the process of a page is told: the store, the session, and the short list of ``TOLD``."""
        told = {name: os.environ[name] for name in TOLD if name in os.environ}
        told["PYTHONPATH"] = python_path()
        told["IPYTHONDIR"] = os.path.join(self.connection_dir, "ipython")
        told["COORACE_DRAWER"] = self.drawer.address
        if self.options.is_shared:
            access = Access.of_session(self.options.store, owner.session, by_hub=self.options.hub)
            return told | access.environment()
        return told | (Access.local(self.options.store).environment() if self.options.store else {})

    async def end(self, kernel_id: str, reason: Reason, code: int = PAGE_GONE) -> None:
        """End a page at once, and say why to whom it belongs."""
        self._leave(kernel_id, reason, code)
        if kernel_id in self:
            await super().shutdown_kernel(kernel_id, now=True)

    async def end_all(self) -> None:
        """End every page: the server stops."""
        await self._end_all(self.pages, GOING_AWAY)

    async def end_session(self, session: str) -> None:
        """End every page that a session opened; its links say that the session has ended."""
        await self._end_all(
            kernel_id for kernel_id, page in self.pages.items() if page.owner.session == session
        )

    async def end_account(self, account: str) -> None:
        """End every page of an account, whatever the session."""
        await self._end_all(
            kernel_id for kernel_id, page in self.pages.items() if page.owner.account == account
        )

    async def _end_all(self, kernels: Iterable[str], code: int = SESSION_ENDED) -> None:
        await asyncio.gather(
            *(self.end(kernel_id, Reason.GONE, code) for kernel_id in list(kernels)),
            return_exceptions=True,
        )

    async def shutdown_kernel(  # type: ignore[override]
        self, kernel_id: str, now: bool = False, restart: bool = False
    ) -> None:
        """End a page in its own time: when it closes, or when nobody has looked at it for long."""
        self._leave(kernel_id, Reason.GONE)
        await super().shutdown_kernel(kernel_id, now=now, restart=restart)

    async def sweep(self) -> None:
        """End the pages whose process has died."""
        for kernel_id in [kernel_id for kernel_id, page in self.pages.items() if page.is_ready]:
            if kernel_id in self.pages and not await self._lives(kernel_id):
                logs.note("page_died", pages=len(self.pages))
                await self.end(kernel_id, Reason.GONE)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Let a page go that nobody looks at; when shared, also one that is looked at without a gesture."""
        if not self.options.is_shared or not self._kernel_connections.get(kernel_id, 0):
            await super().cull_kernel_if_idle(kernel_id)
            return
        kernel: Any = self._kernels[kernel_id]
        idle = time.time() - kernel.last_activity.timestamp()
        if kernel.execution_state != "busy" and idle > CONNECTED_LASTS * self.cull_idle_timeout:
            await self.shutdown_kernel(kernel_id)

    async def _lives(self, kernel_id: str) -> bool:
        if kernel_id not in self:
            return False
        found: Any = self.get_kernel(kernel_id).is_alive()
        return bool(await found if isawaitable(found) else found)

    def _replaced_by_one_more(self, owner: Owner) -> list[str]:
        """The oldest pages of a person who is about to have too many."""
        if not self.options.is_shared:
            return []
        own = [kernel_id for kernel_id, page in self.pages.items() if page.owner.account == owner.account]
        own.sort(key=lambda kernel_id: self.pages[kernel_id].opened)
        return own[: max(0, len(own) + 1 - self.options.pages_each)]

    def _leave(self, kernel_id: str, reason: Reason, code: int = PAGE_GONE) -> None:
        page = self.pages.pop(kernel_id, None)
        if page is None:
            return
        self.gone[kernel_id] = page.owner, reason
        while len(self.gone) > REMEMBERED:
            self.gone.popitem(last=False)
        for socket in list(page.sockets):
            socket.close(code, reason.value)
        logs.note("page_closed", reason=reason.value, pages=len(self.pages))
