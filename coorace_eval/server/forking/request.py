"""What the server asks of the template: one page, as a short JSON text."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

KERNEL = (sys.executable, "-P", "-m", "coorace_eval.server.kernel")
"""How the command of a page begins; the template stands for exactly this."""

LIMIT = 64 * 1024
"""The longest request, in bytes; it travels in one packet."""

_LAUNCH = {"env", "cwd", "stdin", "stdout", "stderr", "independent", "extra_arguments", "kernel_id"}


def python_path() -> str:
    """``PYTHONPATH`` of a process that the server starts: this package, then what the server was told."""
    told = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join(filter(None, [str(Path(__file__).parents[3]), *told]))


class Refused(Exception):
    """A page cannot be forked; the text says why, and a plain process is started instead."""


@dataclass(frozen=True, slots=True)
class Request:
    """One page to fork: what it is told, where it stands, and the arguments of its kernel."""

    arguments: list[str]
    env: dict[str, str]
    cwd: str

    @classmethod
    def of_launch(cls, command: Sequence[str], launch: Mapping[str, Any]) -> Request:
        """Understand what Jupyter wants to start.

        Raises
        ------
        Refused
            When it is not the kernel of a page, or when it is to be started in another way.
        """
        start = len(KERNEL)
        if tuple(command[:start]) != KERNEL:
            raise Refused("ce n'est pas le noyau des pages")
        asked = {name for name, value in launch.items() if value not in (None, False)}
        if asked - _LAUNCH or asked & {"stdin", "stdout", "stderr", "independent"}:
            raise Refused("le lancement demande autre chose qu'une page")
        return cls(list(command[start:]), dict(launch["env"]), str(launch.get("cwd") or "."))

    def packet(self) -> bytes:
        """Write the request, ready to be sent.

        Raises
        ------
        Refused
            When it does not fit in one packet.
        """
        packet = json.dumps(asdict(self)).encode()
        if len(packet) > LIMIT:
            raise Refused(f"la demande fait {len(packet)} octets, plus de {LIMIT}")
        return packet

    @classmethod
    def read(cls, packet: bytes) -> Request:
        """Read a request, and check its shape.

        Raises
        ------
        Refused
            When it is anything else.
        """
        try:
            found = json.loads(packet)
        except ValueError:
            raise Refused("la demande n'est pas un texte JSON") from None
        if not isinstance(found, dict) or set(found) != {"arguments", "env", "cwd"}:
            raise Refused("la demande n'a pas les champs attendus")
        arguments, env, cwd = found["arguments"], found["env"], found["cwd"]
        if not isinstance(arguments, list) or not isinstance(env, dict):
            raise Refused("la demande n'a pas la forme attendue")
        texts = [*arguments, *env, *env.values(), cwd]
        if not all(isinstance(text, str) and "\0" not in text for text in texts):
            raise Refused("la demande ne contient pas que des textes")
        if not all(name and "=" not in name for name in env):
            raise Refused("une variable est mal nommée")
        return cls(arguments, env, cwd)
