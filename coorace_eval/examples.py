"""Put a federation written in files into a store: to try the application without typing anything.

A folder holds ``enterprises.yaml`` and one folder per enterprise: ``overlay.yaml``,
``answers_2025.csv``, ``story_2025.yaml``… each of them optional.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from coorace_eval.campaigns import (
    FRAMING,
    Answer,
    Campaign,
    Card,
    Decision,
    Enterprise,
    State,
    Story,
    read_answer,
)
from coorace_eval.campaigns.answers import STATUSES
from coorace_eval.campaigns.appreciation import Appreciation, Verbatim
from coorace_eval.problems import (
    AnswerError,
    CampaignError,
    CooraceError,
    Problem,
    ReferentialError,
    did_you_mean,
)
from coorace_eval.referential import (
    Overlay,
    Referential,
    Variable,
    apply,
    fingerprint,
    read_overlay,
    read_referential,
)
from coorace_eval.referential.text import dotted, load_file, parse_text
from coorace_eval.storage import Store, open_store
from coorace_eval.vocabulary import EnterpriseKind, ValueStatus

FOLDER = Path("examples", "federation")
COLUMNS = ("variable", "part", "value", "status", "source", "author", "comment")
AUTHOR = "Fédération d'exemple"
M = TypeVar("M", bound=BaseModel)
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Member(_Part):
    """One enterprise of the list, and how far each of its campaigns has come."""

    id: Name
    label: str
    kinds: tuple[EnterpriseKind, ...] = Field(min_length=1)
    department: str
    region: str
    commune: str = ""
    group: str = ""
    campaigns: dict[Annotated[int, Field(ge=1900, le=2200)], State]

    @property
    def enterprise(self) -> Enterprise:
        fields = self.model_dump(exclude={"campaigns", "kinds"})
        return Enterprise(kinds=self.kinds, **fields)


class _Federation(_Part):
    referential: str
    enterprises: tuple[_Member, ...]


class _Words(_Part):
    """What one campaign says beside its figures."""

    framing: dict[str, str] = {}
    cards: tuple[Card, ...] = ()
    appreciations: tuple[Appreciation, ...] = ()
    verbatims: tuple[Verbatim, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True)
class ExampleCampaign:
    """One campaign as its files tell it."""

    story: Story
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class ExampleFederation:
    """A federation as its files tell it, checked but not stored."""

    referential: Referential
    enterprises: tuple[Enterprise, ...]
    campaigns: tuple[ExampleCampaign, ...]


def example_folder(folder: str | Path | None = None) -> Path:
    """Where the example federation is: the folder given, else the one of the project.

    Raises
    ------
    CampaignError
        When there is none; the installed package alone does not carry it.
    """
    beside = [Path.cwd() / FOLDER, Path(__file__).resolve().parents[1] / FOLDER]
    for place in beside if folder is None or Path(folder) == FOLDER else [Path(folder)]:
        if (place / "enterprises.yaml").is_file():
            return place
    shown = str(folder or FOLDER)
    raise CampaignError(
        "Fédération d'exemple",
        [Problem("EXE-001", shown, "Ce dossier n'a pas de fichier « enterprises.yaml ».")],
    )


def load_examples(url: str, folder: str | Path | None = None) -> int:
    """Put the example federation into the store, all of it or nothing.

    An enterprise or a campaign already there is left alone, with what people have typed since.

    Parameters
    ----------
    url
        Address of the store, made where there is none.
    folder
        Where the files are; the example of the project by default.

    Returns
    -------
    int
        How many campaigns were added; 0 the second time.

    Raises
    ------
    CooraceError
        With every problem found in the files; nothing is written then.
    """
    federation = read_federation(example_folder(folder))
    with open_store(url) as store:
        return _keep(store, federation)


def _keep(store: Store, federation: ExampleFederation) -> int:
    known = {enterprise.id for enterprise in store.enterprises()}
    there = {(campaign.enterprise, campaign.year) for campaign in store.campaigns()}
    new = [
        e for e in federation.campaigns if (e.story.campaign.enterprise, e.story.campaign.year) not in there
    ]
    for enterprise in federation.enterprises:
        if enterprise.id not in known:
            store.save_enterprise(enterprise)
    if new:
        store.keep_referential(federation.referential)
    for example in new:
        _keep_campaign(store, example)
    return len(new)


def _keep_campaign(store: Store, example: ExampleCampaign) -> None:
    story = example.story
    key = (story.campaign.enterprise, story.campaign.year)
    store.save_campaign(story.campaign)
    store.record_all(*key, example.answers, author=AUTHOR)
    store.save_framing(*key, story.framing)
    for card in story.cards:
        store.save_card(*key, card)
    for appreciation in story.appreciations:
        store.save_appreciation(*key, appreciation, author=AUTHOR)
    for verbatim in story.verbatims:
        store.save_verbatim(*key, verbatim)
    for decision in story.decisions:
        store.save_decision(*key, decision)


def read_federation(folder: str | Path) -> ExampleFederation:
    """Read and check every file of a federation.

    Raises
    ------
    CooraceError
        With the problems of all its files at once.
    """
    folder = Path(folder)
    listed = _read_yaml(folder / "enterprises.yaml", _Federation)
    base = read_referential(folder / listed.referential)
    campaigns: list[ExampleCampaign] = []
    problems = list(_misnamed(listed))
    for member in listed.enterprises:
        try:
            overlay = _overlay(folder / member.id)
            ours = apply(base, overlay) if overlay else base
        except ReferentialError as error:
            problems += _in_file(f"{member.id}/overlay.yaml", error)
            continue
        for year, state in sorted(member.campaigns.items()):
            campaign = _campaign(member.id, year, state, base, overlay)
            try:
                words = _words(folder / member.id / f"story_{year}.yaml", ours)
                answers = _answers(folder / member.id / f"answers_{year}.csv", ours)
            except CooraceError as error:
                problems += _in_file(f"{member.id}/{error.source}", error)
                continue
            told = {name: getattr(words, name) for name in _Words.model_fields}
            campaigns.append(ExampleCampaign(Story(member.enterprise, campaign, **told), tuple(answers)))
    if problems:
        raise CampaignError("Fédération d'exemple", problems)
    return ExampleFederation(
        base, tuple(member.enterprise for member in listed.enterprises), tuple(campaigns)
    )


def _misnamed(listed: _Federation) -> Iterator[Problem]:
    """Enterprises listed twice, and groups that are not listed."""
    names = [member.id for member in listed.enterprises]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem("REF-007", "enterprises.yaml", f"« {name} » est écrit plusieurs fois.")
    for member in listed.enterprises:
        if member.group and member.group not in names:
            cause = f"le groupe « {member.group} » n'est pas dans la liste."
            yield Problem(
                "REF-008", f"enterprises.yaml · {member.id}", cause, did_you_mean(member.group, names)
            )


def _campaign(
    enterprise: str, year: int, state: State, base: Referential, overlay: Overlay | None
) -> Campaign:
    step = State.SUIVI if state is State.CLOSE else state
    return Campaign(enterprise, year, base.reference, fingerprint(base), state, step.value, overlay)


def _overlay(folder: Path) -> Overlay | None:
    path = folder / "overlay.yaml"
    return read_overlay(path) if path.exists() else None


def _words(path: Path, ours: Referential) -> _Words:
    """What a campaign says in words, each dimension and each question being known."""
    if not path.exists():
        return _Words()
    words = _read_yaml(path, _Words)
    dimensions = [dimension.id for dimension in ours.dimensions]
    told: list[Card | Appreciation | Verbatim | Decision] = [
        *words.cards,
        *words.appreciations,
        *words.verbatims,
        *words.decisions,
    ]
    problems = [
        Problem(
            "REF-008",
            "dimension",
            f"« {item.dimension} » n'existe pas.",
            did_you_mean(item.dimension, dimensions),
        )
        for item in told
        if item.dimension and item.dimension not in dimensions
    ]
    questions = [question.id for question in FRAMING]
    problems += [
        Problem("REF-008", "framing", f"la question « {name} » n'existe pas.", did_you_mean(name, questions))
        for name in words.framing
        if name not in questions
    ]
    if problems:
        raise CampaignError(path.name, problems)
    return words


def _answers(path: Path, ours: Referential) -> list[Answer]:
    """The answers of one campaign; a file that is not there says nothing."""
    if not path.exists():
        return []
    table = csv.DictReader(io.StringIO(load_file(path), newline=""))
    if tuple(table.fieldnames or ()) != COLUMNS:
        cause = f"la première ligne doit être « {','.join(COLUMNS)} »."
        raise AnswerError(path.name, [Problem("EXE-002", "", cause, line=1)])
    answers: dict[tuple[str, str], Answer] = {}
    problems: list[Problem] = []
    for row in table:
        try:
            answer = _answer(row, ours)
        except AnswerError as error:
            problems += [replace(problem, line=table.line_num) for problem in error.problems]
            continue
        if (answer.variable, answer.part) in answers:
            problems.append(
                Problem("EXE-002", answer.variable, "cette donnée est déjà écrite.", line=table.line_num)
            )
        answers[answer.variable, answer.part] = answer
    if problems:
        raise AnswerError(path.name, problems)
    return list(answers.values())


def _answer(row: dict[str, str], ours: Referential) -> Answer:
    known = {variable.id: variable for variable in ours.variables}
    if None in row or None in row.values():
        raise _misread("", "elle n'a pas le bon nombre de colonnes.")
    if row["variable"] not in known:
        cause = "cette donnée n'est pas demandée à l'entreprise."
        raise _misread(row["variable"], cause, did_you_mean(row["variable"], known))
    variable = known[row["variable"]]
    if row["part"] and row["part"] not in _parts_of(variable, ours):
        near = did_you_mean(row["part"], _parts_of(variable, ours))
        raise _misread(variable.id, f"la part « {row['part']} » n'existe pas.", near)
    if row["status"] not in STATUSES or row["status"] == ValueStatus.DENOMINATEUR_NUL:
        raise _misread(
            variable.id, f"le statut « {row['status']} » n'existe pas.", did_you_mean(row["status"], STATUSES)
        )
    status = STATUSES[row["status"]]
    if status.has_value and not row["value"].strip():
        raise _misread(variable.id, f"le statut « {status.label} » attend un nombre.")
    answer = read_answer(variable, row["value"], status, part=row["part"])
    return replace(answer, source=row["source"], author=row["author"], comment=row["comment"])


def _parts_of(variable: Variable, ours: Referential) -> list[str]:
    return [
        f"{axis.id}:{member.id}" for axis in ours.axes if axis.id in variable.axes for member in axis.members
    ]


def _misread(where: str, cause: str, hint: str = "") -> AnswerError:
    return AnswerError("Réponses", [Problem("EXE-002", where, cause, hint)])


def _read_yaml(path: Path, model: type[M]) -> M:
    data, line_of = parse_text(load_file(path), path.name)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = []
        for item in error.errors(include_url=False):
            where = tuple(part for part in item["loc"] if part != "[key]")
            code, cause = _SAID.get(
                item["type"], ("REF-005", f"« {str(item['input'])[:60]} » ne convient pas ici.")
            )
            problems.append(Problem(code, dotted(where), cause, line=line_of(where)))
        raise CampaignError(path.name, problems) from None


_SAID = {
    "missing": ("REF-001", "ce champ est obligatoire."),
    "extra_forbidden": ("REF-002", "ce champ n'existe pas."),
    "unexpected_keyword_argument": ("REF-002", "ce champ n'existe pas."),
    "enum": ("REF-003", "cette valeur n'est pas dans la liste."),
    "string_pattern_mismatch": ("REF-004", "ce n'est pas un identifiant permis."),
}


def _in_file(name: str, error: CooraceError) -> Iterator[Problem]:
    for problem in error.problems:
        where = " · ".join(filter(None, [name, problem.where]))
        yield replace(problem, where=where)
