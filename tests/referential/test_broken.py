"""Each broken file gives the code and the words that it announces, with a line to go to."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from coorace_eval.problems import Problem, ReferentialError
from coorace_eval.referential import apply, check, read_overlay, read_referential
from coorace_eval.referential.reader import examine_referential
from coorace_eval.referential.text import load_file

BROKEN = Path(__file__).resolve().parents[1] / "broken"
FILES = sorted(path for path in BROKEN.glob("*.yaml") if not path.stem.startswith("saine"))
NO_LINE = {"YAM-001", "YAM-006", "YAM-009"}  # nothing to point at


def said(path: Path, tag: str) -> list[str]:
    """List what a file announces in its first comments."""
    text = path.read_bytes().decode("utf-8", "replace")
    return re.findall(rf"^# {tag}: *(.+?)\s*$", text, re.MULTILINE)


def plain(text: str) -> str:
    """The same text, every space an ordinary one."""
    return re.sub(r"[\u00a0\u202f]", " ", text)


def found_in(path: Path) -> list[Problem]:
    """List every problem of a référentiel, or of an overlay on the référentiel it names."""
    try:
        against = said(path, "contre")
        if not against:
            return examine_referential(load_file(path), path.name)[1]
        base = read_referential(BROKEN / against[0])
        others = [read_overlay(BROKEN / name) for name in said(path, "avec")]
        apply(base, read_overlay(path), *others)
    except ReferentialError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_broken_file_is_told_with_its_code_and_its_words(path: Path) -> None:
    codes, words = said(path, "attendu"), said(path, "contient")
    problems = found_in(path)

    assert codes, "le fichier n'annonce rien"
    assert set(codes) == {problem.code for problem in problems}, problems
    text = plain("\n".join(map(str, problems)))
    for word in words:
        assert plain(word) in text
    for problem in problems:
        if not said(path, "contre") and problem.code not in NO_LINE:
            assert problem.line, problem
            assert 1 <= problem.line <= len(path.read_bytes().splitlines()) + 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_message_holds_on_a_screen(path: Path) -> None:
    for problem in found_in(path):
        assert len(str(problem)) < 500
        assert "Traceback" not in str(problem)


def test_the_sound_files_are_sound() -> None:
    base = read_referential(BROKEN / "saine_base.yaml")
    assert list(check(base)) == []
    assert apply(base, read_overlay(BROKEN / "saine_adaptation.yaml")) != base


GENERATED = {
    "vingt_mega": ("'label: ' + 'x' * 20_000_000", "YAM-006"),
    "million_de_crochets": ("'[' * 1_000_000", "YAM-007"),
    "million_d_accolades": ("'{' * 1_000_000", "YAM-007"),
    "million_de_tirets": ("'- ' * 900_000 + 'a'", "YAM-007"),
    "million_de_cles_imbriquees": ("'? ' * 900_000 + 'a'", "YAM-007"),
    "bombe_d_alias": (
        "'a: &a [x,x,x]\\n'"
        " + ''.join(f'k{i}: &{chr(98+i)} [' + f'*{chr(97+i)},' * 9 + ']\\n' for i in range(20))",
        "YAM-005",
    ),
    "cinquante_mille_termes": (
        "SOUND.replace('heures / personnes', '+'.join(['heures'] * 50_000))",
        "FOR-003",
    ),
    "cent_mille_moins": ("SOUND.replace('heures / personnes', '-' * 100_000 + 'heures')", "FOR-003"),
    "dix_mille_parentheses": (
        "SOUND.replace('heures / personnes', '(' * 10_000 + 'heures' + ')' * 10_000)",
        "FOR-003",
    ),
    "mille_non": ("SOUND.replace('heures / personnes', 'not ' * 480 + 'heures')", "FOR-003"),
    "puissances_de_puissances": (
        "SOUND.replace('heures / personnes', '(' * 18 + 'heures' + ')**4' * 18)",
        "FOR-003",
    ),
    "boucle_de_mille": (
        "SOUND.replace('formula: heures\\n', 'formula: i0\\n')"
        " + ''.join(f'          - {{id: i{k}, label: x, '"
        "f'kind: effet, unit: heure, formula: i{(k + 1) % 1000}}}\\n' for k in range(1000))",
        "FOR-005",
    ),
    "octet_nul": ("SOUND.replace('heures / personnes', 'heures \\x00')", "YAM-002"),
    "demi_caractere": ("SOUND.replace('heures / personnes', 'heures \\ud800')", "YAM-008"),
}

SCRIPT = """
import sys, time
from pathlib import Path
from coorace_eval.referential.reader import examine_referential
SOUND = Path(sys.argv[1]).read_text(encoding="utf-8")
text = eval(sys.argv[2])
start = time.perf_counter()
problems = examine_referential(text, "essai")[1]
print(time.perf_counter() - start, *{problem.code for problem in problems})
"""


@pytest.mark.parametrize("name", GENERATED)
def test_a_huge_file_is_refused_and_the_interpreter_stands(name: str) -> None:
    """In a process of its own: a crash of the interpreter is a failure, not the end of the tests."""
    expression, code = GENERATED[name]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(BROKEN / "saine_base.yaml"), expression],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    seconds, *codes = done.stdout.split()
    assert code in codes, done.stdout
    assert float(seconds) < 5


def test_a_file_too_big_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "gros.yaml"
    with path.open("wb") as file:
        file.truncate(20_000_000)
    with pytest.raises(ReferentialError) as caught:
        read_referential(path)
    assert [problem.code for problem in caught.value.problems] == ["YAM-006"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "rien.yaml", tmp_path):
        with pytest.raises(ReferentialError) as caught:
            read_referential(path)
        assert [problem.code for problem in caught.value.problems] == ["YAM-001"]
