"""The processes behind the open pages: which Python they run, what they are told, how long they stay."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import traitlets as tl
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

NAME = "python3"
STORE = "COORACE_STORE"
PACKAGE_ROOT = str(Path(__file__).parents[2])
_ENDPOINTS = ("-f", "{connection_file}")


class OwnPython(KernelSpecManager):
    """Offers one kernel: the Python that runs the server, whatever this person has registered."""

    def find_kernel_specs(self) -> dict[str, str]:
        """The only kernel there is; its folder holds nothing."""
        return {NAME: str(Path(__file__).parent)}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """How that kernel starts."""
        if kernel_name != NAME:
            raise NoSuchKernel(kernel_name)
        command = [sys.executable, "-P", "-m", "coorace_eval.server.kernel", *_ENDPOINTS]
        return KernelSpec(argv=command, display_name="Python", language="python")

    def get_all_specs(self) -> dict[str, Any]:
        """The only kernel there is, described as Jupyter asks."""
        return {
            name: {"resource_dir": folder, "spec": self.get_kernel_spec(name).to_dict()}
            for name, folder in self.find_kernel_specs().items()
        }


class Kernels(AsyncMappingKernelManager):
    """One process per open page; it leaves when nobody looks at the page any more."""

    store = tl.Unicode(help="Address of the database, told to each page.").tag(config=True)

    async def start_kernel(  # type: ignore[override]
        self, *, env: dict[str, str] | None = None, **kwargs: Any
    ) -> str:
        """Start a process that knows its database and finds this package."""
        env = dict(os.environ if env is None else env)
        paths = [path for path in env.get("PYTHONPATH", "").split(os.pathsep) if path]
        env["PYTHONPATH"] = os.pathsep.join([PACKAGE_ROOT, *paths])
        if self.store:
            env[STORE] = self.store
        return str(await super().start_kernel(env=env, **kwargs))
