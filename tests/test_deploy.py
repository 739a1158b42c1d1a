"""What is shipped to put the service on a machine: units that systemd accepts, settings that are options."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from server.proxy import settings
from typer.main import get_command
from typer.testing import CliRunner

from coorace_eval.cli import app

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("coorace-eval*.[st][ei][rm]*"))
SERVICES = [name for name in UNITS if name.endswith(".service")]
DOCS = ["exploitation.md", "donnees_personnelles.md"]
CLOSED = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "PrivateDevices": "yes", "CapabilityBoundingSet": "", "IPAddressDeny": "any", "UMask": "0077",
    "SystemCallFilter": "@system-service @pkey", "RestrictNamespaces": "yes", "StateDirectoryMode": "0700",
}  # fmt: skip


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / name, "utf-8")
    return parser


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze est introuvable : installez le paquet systemd."
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=60)


def test_there_is_a_service_and_a_backup_each_night():
    assert UNITS == ["coorace-eval-backup.service", "coorace-eval-backup.timer", "coorace-eval.service"]
    assert unit("coorace-eval-backup.timer")["Timer"]["Persistent"] == "true"


def test_systemd_accepts_the_units(tmp_path):
    """The program stands in a folder of ours; nothing else is changed."""
    program = tmp_path / ".venv" / "bin" / "coorace-eval"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for name in UNITS:
        text = (DEPLOY / name).read_text("utf-8").replace("/opt/coorace-eval", str(tmp_path))
        (tmp_path / name).write_text(text, "utf-8")
    done = analyze("verify", *(str(tmp_path / name) for name in UNITS))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_backup_comes_every_night():
    when = unit("coorace-eval-backup.timer")["Timer"]["OnCalendar"]
    done = analyze("calendar", "--iterations=2", "--base-time=2026-11-23 12:00:00", when)
    assert done.returncode == 0, done.stderr
    assert "2026-11-24 01:30:00" in done.stdout and "2026-11-25 01:30:00" in done.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_shut_in(name):
    service = unit(name)["Service"]
    assert {key: service.get(key) for key in CLOSED} == CLOSED
    assert service["User"] not in ("root", "nobody")
    done = analyze("security", "--offline=true", "--threshold=20", str(DEPLOY / name))
    assert done.returncode == 0, done.stdout[-300:]  # 20 stands for 2.0 out of 10


def test_a_page_that_takes_too_much_does_not_end_the_service():
    service = unit("coorace-eval.service")["Service"]
    assert (service["OOMPolicy"], service["Restart"]) == ("continue", "always")


def test_every_setting_is_an_option_of_serve_or_of_backup():
    commands = get_command(app).commands  # type: ignore[attr-defined]
    known = {option.envvar for name in ("serve", "backup", "doctor") for option in commands[name].params} | {
        "LANG"
    }
    assert set(settings()) <= known


def test_every_option_of_serve_can_be_a_setting():
    parameters = get_command(app).commands["serve"].params  # type: ignore[attr-defined]
    missing = [one.name for one in parameters if not one.envvar and one.name != "help"]
    assert missing == []


def test_the_settings_are_read(tmp_path):
    """The service would stop here for one reason only: the store of these settings is not on this machine."""
    environment = settings(
        COORACE_REFERENTIAL=str(ROOT / "referentials/utilite_sociale/base.yaml"),
        COORACE_NOTEBOOK=str(ROOT / "notebooks/auto_evaluation.ipynb"),
        COORACE_STORE=f"sqlite:///{tmp_path / 'nulle' / 'part.db'}",
    )
    result = CliRunner().invoke(app, ["serve"], env=environment)
    assert result.exit_code == 1 and "[STO-004]" in result.output


def test_the_command_of_the_administrator_gives_the_settings(tmp_path):
    """``runuser`` is played by ``env``: whoever runs the tests may not change account."""
    shown = tmp_path / "coorace-eval"
    shown.write_text('#!/bin/sh\necho "$COORACE_STORE" "$@"\n')
    shown.chmod(0o755)
    conf = tmp_path / "conf"
    conf.write_text("".join(f"{name}={value}\n" for name, value in settings().items()))
    text = (DEPLOY / "coorace-eval").read_text("utf-8")
    for before, after in {
        "/etc/coorace-eval.conf": str(conf),
        "/opt/coorace-eval/.venv/bin/coorace-eval": str(shown),
        "runuser -u coorace-eval --": "env",
    }.items():
        assert before in text
        text = text.replace(before, after)
    (tmp_path / "command").write_text(text)
    done = subprocess.run(
        ["sh", tmp_path / "command", "users", "add", "a b"], capture_output=True, text=True, timeout=20
    )
    assert done.stdout == f"{settings()['COORACE_STORE']} users add a b\n", done.stderr
    assert os.access(DEPLOY / "coorace-eval", os.X_OK)


@pytest.mark.parametrize("name", DOCS)
def test_the_commands_of_a_guide_exist(name):
    """Each ``coorace-eval`` written in a guide has its command and its options."""
    text = (ROOT / "docs" / name).read_text("utf-8")
    root = get_command(app)
    written = re.findall(r"^coorace-eval (.+)$", "\n".join(blocks(text)), re.MULTILINE)
    written += re.findall(r"`coorace-eval ([^`]+)`", text)
    assert len(written) > 3
    for words in (line.split() for line in written):
        command = root
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]  # type: ignore[attr-defined]
        assert command is not root, words
        options = {option for one in command.params for option in one.opts} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= options, (name, command.name, words)


def blocks(text: str) -> list[str]:
    """The lines to type of a guide."""
    found = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in found for line in block.replace("\\\n", " ").splitlines()]


@pytest.mark.parametrize("name", DOCS)
def test_a_guide_leads_to_files_that_exist(name):
    text = (ROOT / "docs" / name).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert (ROOT / "docs" / target).exists(), target
    for target in re.findall(r"\bdeploy/[\w.-]+\w", text):
        assert (ROOT / target).exists(), target
