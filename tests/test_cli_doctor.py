"""The doctor sees each thing that is wrong, says it with words and a remedy, and leaves with 1."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import os
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from apps.browser import free_port
from storage.conftest import new_database, server
from typer.testing import CliRunner

from coorace_eval.accounts import Account, Role, hash_password, new_key
from coorace_eval.cli import app, checks
from coorace_eval.cli.checks import CHECKS, Found, Level, Setting
from coorace_eval.problems import StoreError
from coorace_eval.storage import engines, open_store
from coorace_eval.storage.backup import back_up

__all__ = ["new_database", "server"]


def setting(url: str, **choices: object) -> Setting:
    chosen: dict[str, object] = {
        "store": url, "shared": True, "address": "127.0.0.1", "port": free_port(), "base_url": "/",
        "behind_proxy": False, "has_certificate": False, "secrets": None, "backups": None, "site": "",
    }  # fmt: skip
    return Setting(**{**chosen, **choices})  # type: ignore[arg-type]


def look(name: str, url: str, **choices: object) -> list[Found]:
    return list(CHECKS[name](name, setting(url, **choices)))


def wrong(found: list[Found]) -> str:
    """What is wrong, each with its remedy."""
    bad = [one for one in found if one.level is Level.WRONG]
    assert bad and all(one.remedy for one in bad), found
    return " ".join(one.said for one in bad)


def good(found: list[Found]) -> str:
    assert {one.level for one in found} == {Level.GOOD}, found
    return " ".join(one.said for one in found)


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'coorace.db'}"
    shared(url)
    return url


def shared(url: str) -> None:
    with open_store(url) as store:
        account = Account(new_key(), "ana@exemple.fr", "Ana", Role.FEDERATION)
        store.save_account(account)
        store.set_password(account.key, hash_password("quatre chevaux au galop"))


def test_a_machine_where_all_is_well(url, tmp_path):
    back_up(url)
    words = ["doctor", "--store", url, "--accounts", "--secrets", str(tmp_path), "--port", str(free_port())]
    os.chmod(tmp_path, 0o700)
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "✗" not in result.output and result.output.count("✓ bien") >= len(CHECKS) - 1
    told = json.loads(CliRunner().invoke(app, [*words, "--json"]).output)
    assert [line["controle"] for line in told if line["controle"] != "Comptes"] == list(CHECKS)
    assert {line["etat"] for line in told} <= {"bien", "a_voir"}


def test_something_wrong_is_said_in_words_with_a_remedy_and_leaves_with_1(url, tmp_path):
    os.chmod(tmp_path / "coorace.db", 0o644)
    result = CliRunner().invoke(app, ["doctor", "--store", url, "--port", str(free_port())])
    assert result.exit_code == 1
    assert "✗ à corriger Base de données : d'autres comptes" in result.output
    assert f"→ Fermez-la : chmod 600 {tmp_path / 'coorace.db'}" in result.output


def test_a_check_that_breaks_does_not_stop_the_others(url, monkeypatch):
    def broken(name: str, _: Setting) -> Iterator[Found]:
        raise RuntimeError("à taire")
        yield

    monkeypatch.setitem(CHECKS, "Paquets", broken)
    for slow in ("Processus des pages", "Documents"):
        monkeypatch.delitem(CHECKS, slow)
    found = list(checks.look(setting(url)))
    assert "RuntimeError" in wrong([one for one in found if one.name == "Paquets"])
    assert "à taire" not in str(found) and found[-1].name == "Langue"


def test_the_store_is_read_from_end_to_end(url, tmp_path):
    assert "entière et à jour" in good(look("Base de données", url))
    file = tmp_path / "coorace.db"
    engines.let_go(engines.Address.read(url))
    content = bytearray(file.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4096] = b"\xff" * 4096
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"abîmée.*coorace-eval restore"):
        look("Base de données", url)


def test_rows_that_lead_nowhere_and_a_slow_journal_are_seen(url, tmp_path):
    engines.let_go(engines.Address.read(url))
    with closing(sqlite3.connect(tmp_path / "coorace.db")) as opened:
        opened.execute("INSERT INTO enterprise_kind VALUES ('nulle', 0, 'ACI')")
        opened.commit()
        opened.execute("PRAGMA journal_mode=DELETE")
    said = wrong(look("Base de données", url))
    assert "renvoient" in said and "WAL" in said


def test_a_store_out_of_reach_or_of_another_version_is_said(tmp_path):
    with pytest.raises(StoreError, match="STO-004"):
        look("Base de données", f"sqlite:///{tmp_path / 'absente.db'}")
    assert not (tmp_path / "absente.db").exists()
    found = list(checks.look(setting(f"sqlite:///{tmp_path / 'absente.db'}")))
    assert "n'existe pas" in wrong([one for one in found if one.name == "Base de données"])


def test_a_shared_store_needs_a_manager_who_can_come_in(url, tmp_path):
    with open_store(url) as store:
        store.erase_account(store.account("ana@exemple.fr").key)
    assert "fédération" in wrong(look("Base de données", url))
    assert all(one.level is not Level.WRONG for one in look("Base de données", url, shared=False))
    with open_store(url) as store:
        store.save_account(Account(new_key(), "bob@exemple.fr", "Bob", Role.FEDERATION))
    assert "mot de passe" in wrong(look("Base de données", url))


@pytest.mark.postgres
def test_a_postgresql_store_is_examined_too(new_database: Callable[[str], str]):
    url = new_database("postgresql")
    shared(url)
    assert "PostgreSQL 1" in good(look("Base de données", url))
    good(look("Place sur le disque", url))


def test_a_full_disk_is_seen_before(url, monkeypatch):
    good(look("Place sur le disque", url))
    monkeypatch.setattr(checks, "LEAST_ROOM", 1 << 60)
    assert "il ne reste que" in wrong(look("Place sur le disque", url))


def test_backups_must_be_there_and_recent(url, tmp_path):
    assert "aucune" in wrong(look("Sauvegardes", url))
    made = back_up(url)
    good(look("Sauvegardes", url))
    made.file.rename(made.file.with_name("coorace-2026-01-02-000000.db"))
    assert "jours" in wrong(look("Sauvegardes", url))
    (made.file.parent / "autre-2099-01-01-000000.db").write_text("x")
    assert "jours" in wrong(look("Sauvegardes", url))
    assert look("Sauvegardes", url, shared=False)[0].level is Level.NOTE
    back_up(url, tmp_path / "ailleurs")
    good(look("Sauvegardes", url, backups=tmp_path / "ailleurs"))


def test_the_key_of_the_server_is_closed_to_others(url, tmp_path):
    folder = tmp_path / "secrets"
    assert look("Clé du serveur", url, secrets=folder)[0].level is Level.NOTE
    folder.mkdir(mode=0o700)
    (folder / "cookies.key").write_bytes(b"x")
    os.chmod(folder / "cookies.key", 0o600)
    good(look("Clé du serveur", url, secrets=folder))
    os.chmod(folder / "cookies.key", 0o640)
    assert "cookies.key" in wrong(look("Clé du serveur", url, secrets=folder))
    os.chmod(folder / "cookies.key", 0o600)
    os.chmod(folder, 0o755)
    wrong(look("Clé du serveur", url, secrets=folder))


def test_memory_tells_how_many_pages(url, monkeypatch):
    assert "pages ouvertes" in good(look("Mémoire", url))
    monkeypatch.setattr("coorace_eval.server.limits.SPARE_MEMORY", 1 << 60)
    assert "presque tout" in wrong(look("Mémoire", url))


def test_pages_without_a_template_are_said_and_are_no_fault(url, monkeypatch):
    assert "prêt" in good(look("Processus des pages", url))
    monkeypatch.setattr("coorace_eval.server.forking.client.MODULE", "coorace_eval.nulle_part")
    (found,) = look("Processus des pages", url)
    assert found.level is Level.NOTE and "sans modèle" in found.said


@contextmanager
def answering(body: bytes, certificate: tuple[Path, Path] | None = None) -> Iterator[int]:
    """A little web server that says one thing."""

    class Reply(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Reply) as web:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            web.socket = context.wrap_socket(web.socket, server_side=True)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield web.server_address[1]
        web.shutdown()


def test_the_port_is_free_ours_or_taken(url):
    assert "libre" in good(look("Port", url))
    with answering(b'{"etat": "pret"}') as port:
        assert "répond" in good(look("Port", url, port=port))
    with answering(b"bonjour") as port:
        assert "pris" in wrong(look("Port", url, port=port))
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        assert "pris" in wrong(look("Port", url, port=silent.getsockname()[1]))


def certificate(folder: Path, days: int) -> tuple[Path, Path]:
    """A certificate for localhost, signed by itself."""
    files = folder / "site.pem", folder / "site.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
               "-addext", "subjectAltName=DNS:localhost", "-days", str(days),
               "-out", files[0], "-keyout", files[1]]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return files


def test_the_certificate_of_the_site_is_checked(url, tmp_path, monkeypatch):
    files = certificate(tmp_path, 90)
    with answering(b'{"etat": "pret"}', files) as port:
        site = f"https://localhost:{port}"
        assert "pas valable" in wrong(look("Chiffrement", url, site=site))
        monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
        assert "89 jours" in good(look("Chiffrement", url, site=site))
        monkeypatch.setattr(checks, "CERTIFICATE_LEFT", dt.timedelta(days=100))
        assert "89 jours" in wrong(look("Chiffrement", url, site=site))
        monkeypatch.undo()
        monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    with answering(b"autre chose", files) as port:
        assert "ne mène pas" in wrong(look("Chiffrement", url, site=f"https://localhost:{port}"))
    assert "ne répond pas" in wrong(look("Chiffrement", url, site=f"https://localhost:{free_port()}"))
    assert "https" in wrong(look("Chiffrement", url, site="http://localhost"))


def test_passwords_are_never_to_travel_in_clear(url):
    assert "en clair" in wrong(look("Chiffrement", url, address="0.0.0.0"))
    for choices in ({"behind_proxy": True}, {"has_certificate": True, "address": "0.0.0.0"}, {}):
        assert all(one.level is Level.NOTE for one in look("Chiffrement", url, **choices))


def test_documents_and_clock(url, monkeypatch):
    assert "PDF" in good(look("Documents", url))
    good(look("Horloge", url))
    monkeypatch.setattr(checks, "OLDEST_CLOCK", dt.datetime(2999, 1, 1, tzinfo=dt.UTC))
    assert "se croit" in wrong(look("Horloge", url))


def test_packages_of_other_versions_are_said(url, monkeypatch):
    good(look("Paquets", url))
    monkeypatch.setattr(checks, "_pinned", lambda: {"typer": "0.0.1"})
    (found,) = look("Paquets", url)
    assert found.level is Level.NOTE and "typer" in found.said and "0.0.1" in found.said
    monkeypatch.setattr("importlib.metadata.requires", lambda _: ["paquet-de-nulle-part>=1"])
    assert "paquet-de-nulle-part" in wrong(look("Paquets", url))


def test_a_machine_that_does_not_write_utf_8_is_seen():
    code = (
        "import sys; from coorace_eval.cli.checks import CHECKS;"
        "sys.stdout.buffer.write(str([one.level.name for one in CHECKS['Langue']('x', None)]).encode())"
    )
    plain = {**os.environ, "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for environment, level in ((plain, "WRONG"), ({**plain, "LC_ALL": "C.UTF-8"}, "GOOD")):
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, timeout=60)
        assert level in done.stdout.decode(), done
