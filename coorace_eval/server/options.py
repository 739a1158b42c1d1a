"""How the application is served: for one person on this computer, or for the people of a federation."""

from __future__ import annotations

import ipaddress
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from coorace_eval.problems import CooraceError, Problem

ADDRESS = "127.0.0.1"
PORT = 8866
KEY_FILE = "cookies.key"
KEY_LENGTH = 32


class ServerError(CooraceError):
    """The application cannot be served."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Everything that may be chosen about a server.

    Parameters
    ----------
    notebook
        The notebook to show; it runs anew, in a process of its own, for each page that opens.
    store
        Address of the database, which the notebook reads as ``COORACE_STORE``.
    port, address
        Where to listen; the loopback address is out of reach for other computers.
    base_url
        Where the application stands under the name of the site, from ``/`` to ``/``.
    open_browser
        Whether to open the page in the person's browser.
    accounts
        Whether people sign in with accounts of the store; left out, the server is for one person.
    hub
        Whether people sign in with a JupyterHub instead, whose groups say their role and enterprises.
    certificate, key
        TLS files, when the server encrypts by itself.
    behind_proxy
        Whether a proxy encrypts and says who asks (``X-Forwarded-For``, ``X-Forwarded-Proto``).
    proxies
        The only addresses that may then connect.
    names
        Host names under which the site answers; any, when left out behind a proxy or with TLS.
    pages_each
        Pages that one person may keep open; the oldest goes.
    most_pages
        Pages open at once on this machine; reckoned from its memory when left out.
    idle_minutes
        After how long a page that nobody looks at is closed.
    session_hours
        After how long a person signs in again.
    secrets
        Folder of this server's secret key, closed to other accounts of the machine; left out, the key
        lasts as long as the process.
    log_file
        Where events are written, one JSON object a line; the standard error when left out.
    """

    notebook: Path
    store: str = ""
    port: int = PORT
    address: str = ADDRESS
    base_url: str = "/"
    open_browser: bool = False
    accounts: bool = False
    hub: bool = False
    certificate: Path | None = None
    key: Path | None = None
    behind_proxy: bool = False
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    names: tuple[str, ...] = ()
    pages_each: int = 3
    most_pages: int | None = None
    idle_minutes: int = 15
    session_hours: int = 12
    secrets: Path | None = None
    log_file: Path | None = None

    @property
    def is_shared(self) -> bool:
        """Whether several people are served, each with an account."""
        return self.accounts or self.hub

    @property
    def is_encrypted(self) -> bool:
        """Whether browsers reach the server by TLS, its own or the proxy's."""
        return self.certificate is not None or self.behind_proxy

    @property
    def is_local_only(self) -> bool:
        """Whether the server answers to the names of this computer only."""
        return not (self.is_encrypted or self.names) and _is_loopback(self.address)

    def check(self) -> Options:
        """These options, or the reason why they do not stand together.

        Raises
        ------
        ServerError
            When the notebook is missing, or when people would be served in clear over the network.
        """
        problems = []
        if not self.notebook.is_file():
            cause = f"le carnet « {self.notebook.name} » est introuvable."
            problems.append(Problem("SRV-002", str(self.notebook.parent), cause))
        if not _is_loopback(self.address) and not (self.is_shared and self.is_encrypted):
            cause = f"l'adresse {self.address} s'ouvre au réseau, sans chiffrement ou sans comptes."
            problems.append(Problem("SRV-004", self.address, cause))
        if self.is_shared and not self.store:
            problems.append(Problem("STO-004", "", "un service partagé a besoin d'une base."))
        if (self.certificate is None) != (self.key is None):
            problems.append(Problem("SRV-004", "", "le certificat et sa clé vont ensemble."))
        if problems:
            raise ServerError("Ouverture de l'application", problems)
        return self

    def secret_key(self) -> bytes:
        """The key of this server, made at the first start and kept for the next ones.

        Raises
        ------
        ServerError
            When other accounts of this machine could read it.
        """
        if self.secrets is None:
            return secrets.token_bytes(KEY_LENGTH)
        self.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_private(self.secrets)
        file = self.secrets / KEY_FILE
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "wb") as stream:
                stream.write(secrets.token_bytes(KEY_LENGTH))
        _check_private(file)
        return file.read_bytes()


def _check_private(path: Path) -> None:
    found = path.stat()
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO) or found.st_uid != os.geteuid():
        cause = f"« {path.name} » est à la portée d'autres comptes de cette machine."
        raise ServerError("Ouverture de l'application", [Problem("SRV-005", str(path.parent), cause)])


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
