"""The restitutions of a whole network: as many processes as one wants, and never twice the same work.

Beside the documents stands a journal, a line for each enterprise: the sum of all that its document is made
from, and the sum of each file. What has not changed is kept; an interruption leaves whole files only.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import re
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, TypeAlias

from coorace_eval import __version__
from coorace_eval.campaigns.answers import Answers
from coorace_eval.campaigns.edition import Edition
from coorace_eval.campaigns.model import Campaign, State
from coorace_eval.campaigns.story import Story
from coorace_eval.indicators import evaluate
from coorace_eval.language import tr
from coorace_eval.network import Band, bands, level_bands
from coorace_eval.problems import CampaignError, CooraceError, Problem
from coorace_eval.referential import Referential, apply, fingerprint
from coorace_eval.storage import Store, open_store
from coorace_eval.vocabulary import Level

if TYPE_CHECKING:
    from coorace_eval.reports.content import Report

log = logging.getLogger(__name__)

Form: TypeAlias = Literal["pdf", "docx", "pptx", "html"]
FORMS: tuple[Form, ...] = ("pdf", "docx", "pptx", "html")
JOURNAL = "lot.jsonl"
TEMPLATE = "modele_word"
TOLD = frozenset({State.RESTITUTION, State.SUIVI, State.CLOSE})
"""A campaign has a restitution once it has reached that step."""

_COLLECTED = TOLD | {State.ANALYSE}
_PER_PROCESS = 60
"""A process that has made so many documents makes room for another: what it remembers is given back."""


@dataclass(frozen=True)
class Outcome:
    """What became of one enterprise: its files made, or kept as they were, or why not."""

    enterprise: str
    files: tuple[str, ...] = ()
    kept: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _Task:
    """One enterprise to write; ``known`` is its line in the journal."""

    url: str
    enterprise: str
    year: int
    folder: Path
    forms: tuple[Form, ...]
    known: dict[str, Any]


def chosen(store: Store, year: int, *, every: bool = False) -> list[str]:
    """The enterprises whose campaign of that year has reached its restitution, or ``every`` one."""
    return [one.enterprise for one in store.campaigns(year=year) if every or one.state in TOLD]


def write_all(
    url: str,
    year: int,
    folder: Path,
    enterprises: Sequence[str],
    *,
    forms: Sequence[Form] = ("pdf",),
    jobs: int = 2,
    told: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Write the restitution of each enterprise; those whose content has not changed are kept.

    One that fails does not stop the others: its problems are in its outcome.

    Parameters
    ----------
    url
        Address of the store; each process opens it to read only.
    folder
        Where the documents go; made where there is none.
    told
        Called at each outcome, in the order in which they come.

    Raises
    ------
    CooraceError
        When the folder cannot be written, or another batch is at work in it (``RAP-001``).
    KeyboardInterrupt
        When a person interrupts; documents under way are finished first.
    """
    outcomes: list[Outcome] = []
    with _journal(folder) as (known, note):
        tasks = [
            _Task(url, one, year, folder, tuple(forms), known.get(f"{one} {year}", {}))
            for one in dict.fromkeys(enterprises)
        ]

        def keep(outcome: Outcome, line: dict[str, Any]) -> None:
            if line:
                note(f"{outcome.enterprise} {year}", line)
            outcomes.append(outcome)
            told(outcome)

        _share(tasks, max(1, min(jobs, len(tasks))), keep)
    return outcomes


def name_of(enterprise: str, year: int, form: str) -> str:
    """The name of a file, safe on any system and always the same.

    >>> name_of("ateliers_du_marais", 2025, "pdf")
    'restitution_ateliers_du_marais_2025.pdf'
    >>> name_of("../Été", 2025, "pdf")
    'restitution_t_a2a6f4cc_2025.pdf'
    """
    safe = re.sub(r"[^a-z0-9_]+", "", enterprise)[:60]
    if safe != enterprise:
        safe = f"{safe}_{sha256(enterprise.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return f"restitution_{safe}_{year}.{form}"


def _share(tasks: Iterable[_Task], jobs: int, keep: Callable[[Outcome, dict[str, Any]], None]) -> None:
    """Share tasks out among processes, few in hand at once; what was made in spite of an end is kept too."""
    left, running = iter(tasks), dict[Future[Any], _Task]()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["coorace_eval.reports.batch", "coorace_eval.reports"])
    pool = ProcessPoolExecutor(jobs, context, _settle, (jobs,), max_tasks_per_child=_PER_PROCESS)

    def collect(future: Future[Any]) -> None:
        task = running.pop(future)
        try:
            made = future.result()
        except Exception as error:
            made = _failed(task.enterprise, error), {}
        keep(*made)

    try:
        while True:
            running |= {pool.submit(_write, task): task for task in islice(left, 2 * jobs - len(running))}
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                collect(future)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for future in [one for one in running if one.done() and not one.cancelled()]:
            collect(future)


def _settle(jobs: int) -> None:
    """Leave an interruption to whoever started this process, which then stops giving work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["RAYON_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // jobs))


def _write(task: _Task) -> tuple[Outcome, dict[str, Any]]:
    """The files of one enterprise, in a process of the batch."""
    try:
        return _written(task)
    except CooraceError as error:
        return Outcome(task.enterprise, problems=tuple(error.problems)), {}
    except Exception as error:
        return _failed(task.enterprise, error), {}


def _failed(enterprise: str, error: BaseException) -> Outcome:
    log.error("no document for %s", enterprise, exc_info=error)
    cause = tr("le document n'a pas pu être composé ({reason}).", reason=type(error).__name__)
    return Outcome(enterprise, problems=(Problem("RAP-002", enterprise, cause),))


@dataclass(frozen=True)
class Source:
    """All that the documents of one enterprise are made from, as the store holds it."""

    year: int
    story: Story
    answers: Answers
    referential: Referential
    edition: Edition
    others: dict[str, Band]
    template: bytes | None

    def report(self) -> Report:
        """The restitution as the enterprise chose it."""
        from coorace_eval.reports import report, sections

        there = dict(sections.available(self.referential, self.story, self.year, self.others))
        kept = tuple(one for one in self.edition.sections if one.id in there)
        edition = replace(self.edition, sections=kept)
        results = evaluate(self.referential, self.answers)
        return report(results, self.year, self.story, edition=edition, bands=self.others)

    def write(self, told: Report, form: Form) -> bytes:
        """A document in one of its forms."""
        return _WRITERS[form](told, self.template)

    @property
    def digest(self) -> str:
        """A sum of it all, by which one knows that nothing changed."""
        behind = (
            __version__, self.story, self.edition, fingerprint(self.referential), self.others,
            self.answers.values.to_json(double_precision=15), self.answers.statuses.to_json(),
            self.answers.notes.to_json(date_unit="us"), _sum(self.template) if self.template else "",
        )  # fmt: skip
        return _sum(json.dumps(_plain(behind), ensure_ascii=False).encode("utf-8", "replace"))


def source(url: str, enterprise: str, year: int, forms: Sequence[Form] = FORMS) -> Source:
    """Read all that the documents of one enterprise are made from.

    Raises
    ------
    CooraceError
        When there is no such enterprise (``STO-005``) or no such campaign (``CAM-003``).
    """
    with open_store(url, create=False) as store:
        campaign = _campaign(store, enterprise, year)
        base = store.referential(campaign.referential)
        model = store.asset(enterprise, TEMPLATE) if "docx" in forms else None
        return Source(
            year,
            store.story(enterprise, year),
            store.answers(enterprise),
            apply(base, campaign.overlay) if campaign.overlay else base,
            store.edition(enterprise, year),
            _bands(url, store, campaign),
            model.content if model else None,
        )


def _written(task: _Task) -> tuple[Outcome, dict[str, Any]]:
    from coorace_eval.reports import pdf

    behind = source(task.url, task.enterprise, task.year, task.forms)
    content = behind.digest
    names = {form: name_of(task.enterprise, task.year, form) for form in task.forms}
    kept = task.known.get("files", {}) if task.known.get("content") == content else {}
    missing = [form for form in task.forms if not _is_whole(task.folder / names[form], kept.get(names[form]))]
    files: dict[str, str] = dict(kept)
    if missing:
        told = behind.report()
        for form in missing:
            made = behind.write(told, form)
            pdf.write(made, task.folder / names[form])
            files[names[form]] = _sum(made)
    return Outcome(task.enterprise, tuple(names.values()), not missing), {"content": content, "files": files}


_WRITERS: dict[str, Callable[[Report, bytes | None], bytes]] = {
    "pdf": lambda told, _: told.pdf(),
    "docx": lambda told, template: told.docx(template),
    "pptx": lambda told, _: told.pptx(),
    "html": lambda told, _: told.html(),
}


def _campaign(store: Store, enterprise: str, year: int) -> Campaign:
    store.enterprise(enterprise)
    found = store.campaigns(enterprise, year)
    if not found:
        cause = tr("aucune campagne pour cet exercice.")
        raise CampaignError(enterprise, [Problem("CAM-003", str(year), cause)])
    return found[0]


def _bands(url: str, store: Store, campaign: Campaign) -> dict[str, Band]:
    """The bands that the enterprise itself may see: those of all the others of its type."""
    kinds = store.enterprise(campaign.enterprise).kinds[:1]
    if not kinds:
        return {}
    answers, states, levels = _network(url, campaign.year, campaign.referential, kinds[0])
    others = frozenset(states) - {campaign.enterprise}
    if not others:
        return {}
    said = [levels.get(one, {}) for one in others if states[one] in TOLD]
    base = store.referential(campaign.referential)
    return bands(base, answers, others, kinds[0], campaign.year) | level_bands(
        base, [level for level in said if level], kinds[0]
    )


@lru_cache(16)
def _network(
    url: str, year: int, referential: str, kind: Any
) -> tuple[Answers, dict[str, State], dict[str, dict[str, Level]]]:
    """What enterprises of one type answered, read once by each process."""
    with open_store(url, create=False) as store:
        main = {one.id: one.kinds[:1] for one in store.enterprises()}
        states = {
            one.enterprise: one.state
            for one in store.campaigns(year=year)
            if one.state in _COLLECTED and one.referential == referential and main[one.enterprise] == (kind,)
        }
        return store.answers(frozenset(states), year), states, store.levels(frozenset(states), year)


@contextmanager
def _journal(
    folder: Path,
) -> Iterator[tuple[dict[str, dict[str, Any]], Callable[[str, dict[str, Any]], None]]]:
    """What the journal of a folder says, and how to add to it; one batch at a time."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / JOURNAL).open("a+", encoding="utf-8")
    except OSError as error:
        cause = tr("Le dossier n'a pas pu être ouvert ({reason}).", reason=error.strerror or str(error))
        raise CooraceError(str(folder), [Problem("RAP-001", str(folder), cause)]) from error
    with file:
        _hold(file, folder)
        file.seek(0)
        known: dict[str, dict[str, Any]] = {}
        for line in file:
            with suppress(ValueError, KeyError, TypeError):
                said = json.loads(line)
                known[said["of"]] = {"content": said["content"], "files": dict(said["files"])}

        def note(of: str, line: dict[str, Any]) -> None:
            if known.get(of) != line:
                known[of] = line
                file.write("\n" + json.dumps({"of": of, **line}, ensure_ascii=False))
                file.flush()

        yield known, note


def _hold(file: IO[str], folder: Path) -> None:
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        cause = tr("Un autre lot écrit déjà dans ce dossier.")
        raise CooraceError(str(folder), [Problem("RAP-001", str(folder), cause)]) from None


def _is_whole(path: Path, told: str | None) -> bool:
    """Whether a file is still the one that was written."""
    if told is None:
        return False
    try:
        return _sum(path.read_bytes()) == told
    except OSError:
        return False


def _sum(content: bytes) -> str:
    return sha256(content).hexdigest()[:32]


def _plain(value: Any) -> Any:
    """Plain content that JSON writes the same way in every process."""
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(_plain(getattr(value, field.name)) for field in fields(value))]
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dict):
        return [[_plain(key), _plain(value[key])] for key in sorted(value, key=str)]
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, map(_plain, value)))
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
