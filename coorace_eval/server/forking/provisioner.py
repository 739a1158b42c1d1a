"""What Jupyter names ``coorace-fork``: a page is forked, or started as usual when it cannot be."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets.log import get_logger

from coorace_eval.server.forking.client import Template
from coorace_eval.server.forking.request import Refused, Request

TEMPLATE = Template()
"""The template of this server."""

_VOICE = ThreadPoolExecutor(1, "coorace-modele")
"""The only thread that speaks to the template: pages that open together are forked one after the other."""


def warm_up() -> Future[bool]:
    """Start the template in the background, so that the first page opens as quickly as the next ones."""
    return _VOICE.submit(_start)


def close() -> None:
    """End the template; the pages that it forked live on until the server closes them, or ends."""
    _VOICE.submit(TEMPLATE.close).result()


class ForkProvisioner(LocalProvisioner):
    """A process for a page, forked from the template; a plain one, with the reason in the log, otherwise."""

    process: Any = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the process, and give how to reach it."""
        try:
            request = Request.of_launch(cmd, kwargs)
            loop = asyncio.get_running_loop()
            process = await loop.run_in_executor(_VOICE, TEMPLATE.fork, request)
        except Refused as reason:
            self.log.warning("Cette page s'ouvre sans le modèle : %s.", reason)
            return await super().launch_kernel(cmd, **kwargs)
        self.process, self.pid, self.pgid = process, process.pid, None
        self.cwd = Path(request.cwd)
        return self.connection_info


def _start() -> bool:
    try:
        TEMPLATE.start()
    except Refused as reason:
        get_logger().warning("Les pages s'ouvriront sans modèle : %s.", reason)
        return False
    return True
