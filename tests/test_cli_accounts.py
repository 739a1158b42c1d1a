"""Accounts are managed from the machine under the rules of the screen; no password in a command line."""

from __future__ import annotations

import json
import os
import pty
import re
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coorace_eval.access import Access
from coorace_eval.accounts import LinkPurpose, Role, digest, hash_password, new_token, verify_password
from coorace_eval.campaigns import Campaign, Enterprise
from coorace_eval.cli import app
from coorace_eval.problems import CooraceError
from coorace_eval.storage import open_store
from coorace_eval.storage.tables import AUDIT, in_utc
from coorace_eval.vocabulary import EnterpriseKind

GOOD = "quatre chevaux au galop"
SITE = "https://evaluation.exemple.fr"


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'coorace.db'}"
    with open_store(url) as store:
        for id in ("marais", "colline"):
            store.save_enterprise(Enterprise(id, id.title(), (EnterpriseKind.ACI,), "01", "Rhône-Alpes"))
            store.save_campaign(Campaign(id, 2025, "essai@1", "abc"))
    return url


@pytest.fixture
def users(url: str):
    def run(*words: str, code: int = 0, input: str | None = None) -> str:
        result = CliRunner().invoke(app, ["users", *words, "--store", url], input=input)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result.output

    return run


@pytest.fixture
def ana(users) -> str:
    users("add", "ana@exemple.fr", "--name", "Ana Roux", "--role", "federation")
    users("add", "bob@exemple.fr", "--name", "Bob Lin", "--enterprise", "marais")
    return "ana@exemple.fr"


def token_in(said: str) -> str:
    found = re.search(r"/lien/([\w-]{40,})", said)
    assert found, said
    return found[1]


def test_the_first_account_closes_the_store_to_whoever_has_none(users, url):
    with Access.local(url).open() as store:
        assert store.account is None
    said = users("add", "Ana@Exemple.FR ", "--name", "Ana Roux", "--role", "federation", "--site", f"{SITE}/")
    assert "--accounts" in said and f"{SITE}/lien/" in said and "//lien" not in said
    with pytest.raises(CooraceError, match="ACC-009"), Access.local(url).open():
        pass
    with open_store(url) as store:
        account = store.account("ana@exemple.fr")
        link = store.link(digest(token_in(said)))
        assert (account.name, account.role, account.active) == ("Ana Roux", Role.FEDERATION, True)
        assert link and (link.account, link.purpose) == (account.key, LinkPurpose.INVITATION)
        assert store.password("ana@exemple.fr") is None


def test_without_a_manager_one_is_told(users):
    assert "« federation »" in users("add", "bob@exemple.fr", "--name", "Bob", "--enterprise", "marais")


@pytest.mark.parametrize(
    "words",
    [
        ["x y", "--name", "X", "--role", "federation"],
        ["x@y.fr", "--name", " ", "--role", "federation"],
        ["x@y.fr", "--name", "X", "--role", "entreprise"],
        ["x@y.fr", "--name", "X", "--role", "federation", "--enterprise", "marais"],
        ["x@y.fr", "--name", "X", "--enterprise", "marai"],
        ["bob@exemple.fr", "--name", "X", "--enterprise", "marais"],
    ],
)
def test_an_account_badly_described_is_not_made(users, ana, url, words):
    assert "[ACC-007]" in users("add", *words, code=1)
    with open_store(url) as store:
        assert [account.login for account in store.accounts()] == [ana, "bob@exemple.fr"]
        assert store.account("bob@exemple.fr").name == "Bob Lin"


def test_the_list_says_who_waits_and_who_is_put_aside(users, ana):
    users("password", ana, input=f"{GOOD}\n")
    users("deactivate", "bob@exemple.fr")
    said = " ".join(users("list").split())
    assert "Ana Roux" in said and "actif" in said and "suspendu" in said
    users("deactivate", "bob@exemple.fr", "--undo")
    assert "suspendu" not in users("list")
    assert "Bob" in users("list", "--enterprise", "marais")
    assert "Aucun compte." in users("list", "--enterprise", "colline")


def test_a_name_is_only_text(users, ana):
    users("add", "z@y.fr", "--name", "[red]Zoé[/red]", "--enterprise", "marais")
    assert "[red]" in users("list")


def test_a_new_link_ends_the_one_before(users, ana, url):
    first = token_in(users("invite", "bob@exemple.fr"))
    second = token_in(users("invite", "bob@exemple.fr"))
    with open_store(url) as store:
        assert store.link(digest(first)) is None and store.link(digest(second)) is not None
    users("password", ana, input=f"{GOOD}\n")
    third = token_in(users("invite", ana))
    with open_store(url) as store:
        link = store.link(digest(third))
        assert link and link.purpose is LinkPurpose.RESET


def test_a_password_comes_by_the_standard_input_and_ends_the_sessions(users, ana, url):
    session = digest(new_token())
    with open_store(url) as store:
        store.set_password(store.account(ana).key, hash_password("un ancien mot de passe"))
        later = in_utc(datetime.now(UTC) + timedelta(hours=1))
        store.open_session(store.account(ana).key, session, later)
    assert "[ACC-005]" in users("password", ana, input="court\n", code=1)
    assert "[ACC-005]" in users("password", ana, input="", code=1)
    with open_store(url) as store:
        assert store.session(session) is not None
    assert GOOD not in users("password", ana, input=f"{GOOD}\n")
    with open_store(url) as store:
        assert store.session(session) is None
        assert verify_password(store.password(ana), GOOD)
        assert GOOD not in str(store.audit().to_dict())


def test_a_password_is_never_an_argument(users, ana):
    assert "mots de trop" in users("password", ana, GOOD, code=2)
    assert "n'existe pas" in users("password", ana, "--password", GOOD, code=2)


def test_a_password_typed_at_a_terminal_is_not_shown(ana, url):
    def typed(*lines: str) -> str:
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(sys.executable, [sys.executable, "-m", "coorace_eval.cli", "users", "password", ana,
                                      "--store", url])  # fmt: skip
        said = b""
        waiting = list(lines)
        while True:
            try:
                part = os.read(terminal, 4096)
            except OSError:
                break
            if not part:
                break
            said += part
            if waiting and said.rstrip(b"\r\n ").endswith(b":"):
                os.write(terminal, waiting.pop(0).encode() + b"\n")
                said += b"|"  # answered
        os.waitpid(pid, 0)
        os.close(terminal)
        return said.decode()

    said = typed(GOOD, GOOD)
    assert "est changé" in said and GOOD not in said
    assert "ne sont pas les mêmes" in typed(GOOD, f"{GOOD} !")
    with open_store(url) as store:
        assert verify_password(store.password(ana), GOOD)


def test_enterprises_and_role_change_at_once(users, ana, url):
    assert users("enterprises", "bob@exemple.fr").strip() == "marais"
    said = users("enterprises", "bob@exemple.fr", "--add", "colline", "--remove", "marais")
    assert said.strip() == "colline"
    assert "[ACC-007]" in users("enterprises", "bob@exemple.fr", "--add", "coline", code=1)
    assert "[ACC-007]" in users("enterprises", "bob@exemple.fr", "--remove", "colline", code=1)
    users("role", "bob@exemple.fr", "referent", "--enterprise", "marais")
    with open_store(url) as store:
        account = store.account("bob@exemple.fr")
        assert (account.role, account.enterprises) == (Role.REFERENT, {"marais"})
    assert "choisissez parmi : entreprise, referent" in users("role", "bob@exemple.fr", "chef", code=2)


def test_what_is_held_on_a_person_is_written_for_them_alone(users, ana, tmp_path):
    users("password", ana, input=f"{GOOD}\n")
    record = json.loads(users("export", ana))
    assert record["compte"]["identifiant"] == ana and "argon2" not in json.dumps(record)
    file = tmp_path / "ana.json"
    users("export", ana, "--to", str(file))
    assert json.loads(file.read_text("utf-8"))["compte"]["nom"] == "Ana Roux"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "[RAP-001]" in users("export", "bob@exemple.fr", "--to", str(file), code=1)
    assert json.loads(file.read_text("utf-8"))["compte"]["nom"] == "Ana Roux"
    assert "[ACC-008]" in users("export", "zoe@exemple.fr", code=1)


@pytest.mark.parametrize("answer", ["", "\n", "non\n", "yes\n"])
def test_nothing_is_erased_unless_one_says_so(users, ana, url, answer):
    said = users("erase", "bob@exemple.fr", input=answer, code=1)
    assert "personne retirée" in said and "rien n'a été fait" in said
    with open_store(url) as store:
        assert store.find_account("bob@exemple.fr") is not None


def test_an_erased_account_is_gone_and_the_last_one_is_said(users, ana, url):
    with open_store(url) as store:
        key = store.account("bob@exemple.fr").key
    users("erase", "bob@exemple.fr", input="oui\n")
    with open_store(url) as store:
        assert store.find_account("bob@exemple.fr") is None
        assert "Bob Lin" not in str(store.audit().to_dict()) and key in str(store.audit().to_dict())
    assert "sans compte" in users("erase", ana, "--yes")


def test_what_is_done_from_the_machine_stands_in_the_journal(users, ana, url):
    users("deactivate", "bob@exemple.fr")
    with open_store(url) as store:
        journal = store.audit()
    assert set(journal["name"]) == {"ligne de commande"}
    assert journal["action"].tolist() == ["a invité", "a invité", "a suspendu"]


def test_the_journal_is_kept_for_as_long_as_one_chooses(users, ana, url):
    late = datetime.now(UTC) - timedelta(days=400)
    old = {
        "at": late,
        "account": "x",
        "action": "a consulté",
        "enterprise": "marais",
        "year": 2025,
        "what": "",
    }
    with open_store(url) as store, store._writing() as connection:
        connection.execute(AUDIT.insert(), old)
    assert "0 ligne retirée" in users("forget", "--months", "24")
    assert "1 ligne retirée" in users("forget", "--months", "12")
    with open_store(url) as store:
        assert store.audit()["action"].tolist() == ["a invité", "a invité"]
    assert "trop petite" in users("forget", "--months", "0", code=2)


def test_accounts_of_a_store_that_is_not_there_are_not_made_up(tmp_path):
    url = f"sqlite:///{tmp_path / 'absente.db'}"
    done = subprocess.run(
        [sys.executable, "-m", "coorace_eval.cli", "users", "list", "--store", url],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1 and "[STO-004]" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "absente.db").exists()
