"""The command line: a verb per public function, the same words."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from coorace_eval import __version__
from coorace_eval.problems import CooraceError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from coorace_eval.indicators import Results
    from coorace_eval.referential import Referential

app = typer.Typer(
    name="coorace-eval",
    help="Évaluer l'utilité sociale territoriale : référentiels, indicateurs, campagnes, restitutions.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
out, err = Console(), Console(stderr=True)

STORE = "sqlite:///coorace.db"
PROPOSAL = Path("referentials/utilite_sociale/base.yaml")
EXAMPLES = Path("examples/federation")

StoreOption = Annotated[str, typer.Option("--store", help="Adresse de la base.", envvar="COORACE_STORE")]
ReferentialArgument = Annotated[Path, typer.Argument(help="Fichier YAML du référentiel.")]


@contextlib.contextmanager
def _said_plainly() -> Iterator[None]:
    """Say every problem in French and leave with 1; nobody reads a traceback."""
    try:
        yield
    except CooraceError as error:
        _say(error.source, error.problems)
        raise typer.Exit(1) from None


def _say(source: str, problems: tuple[Problem, ...] | list[Problem]) -> None:
    for problem in problems:
        err.print(
            f"{source} : {problem}",
            style="red" if problem.severity == "erreur" else "yellow",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


@contextlib.contextmanager
def _working(what: str) -> Iterator[None]:
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err, transient=True
    ) as progress:
        progress.add_task(what, total=None)
        yield


@app.callback(invoke_without_command=True)
def main(version: Annotated[bool, typer.Option("--version", help="Dire la version.")] = False) -> None:
    """Évaluer l'utilité sociale territoriale."""
    if version:
        out.print(f"coorace-eval {__version__}", highlight=False)
        raise typer.Exit


@app.command(epilog="Exemple : coorace-eval check referentials/")
def check(
    paths: Annotated[list[Path], typer.Argument(help="Fichiers YAML, ou dossiers à parcourir.")],
    record: Annotated[
        bool, typer.Option("--record", help="Enregistrer l'empreinte des versions nouvelles.")
    ] = False,
) -> None:
    """Vérifier des référentiels : écriture, noms, unités, boucles, version."""
    from coorace_eval.problems import ReferentialError, errors
    from coorace_eval.referential.fingerprint import VERSIONS, check_version, fingerprint, record_version
    from coorace_eval.referential.reader import examine_referential
    from coorace_eval.referential.text import load_file

    files = [
        file
        for path in paths
        for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])
        if file.name != VERSIONS
    ]
    if not files:
        _say("check", [Problem("YAM-001", ", ".join(map(str, paths)), "aucun fichier YAML à vérifier.")])
        raise typer.Exit(1)
    failed = False
    for file in files:
        try:
            referential, problems = examine_referential(load_file(file), file.name)
        except ReferentialError as error:
            referential, problems = None, list(error.problems)
        if referential is not None and not errors(problems):
            if record:
                record_version(referential, file.parent)
            problems += check_version(referential, file.parent)
        _say(str(file), problems)
        failed = failed or bool(errors(problems))
        if referential is not None and not errors(problems):
            counts = (len(referential.indicators), len(referential.variables), len(referential.rules))
            figures = "{} indicateurs, {} données, {} règles".format(*counts)
            mark = f"empreinte {fingerprint(referential)[:12]}"
            out.print(
                f"{file} : {referential.reference}, {figures}, {mark}. Rien à corriger.",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
    raise typer.Exit(1 if failed else 0)


@app.command(epilog="Exemple : coorace-eval diff ancien.yaml nouveau.yaml")
def diff(old: ReferentialArgument, new: ReferentialArgument) -> None:
    """Dire ce qui change d'un référentiel à l'autre. Sortie 0 sans changement, 2 sinon."""
    from coorace_eval.referential import diff as compare
    from coorace_eval.referential import read_referential

    with _said_plainly():
        changes = compare(read_referential(old), read_referential(new))
    for change in changes:
        caution = " (les années ne se comparent plus telles quelles)" if change.breaks_series else ""
        out.print(f"{change}{caution}", markup=False, highlight=False, soft_wrap=True)
    if not changes:
        out.print("Aucun changement.")
    raise typer.Exit(2 if changes else 0)


@app.command(epilog="Exemple : coorace-eval evaluate ateliers_du_marais --year 2025 --csv resultats.csv")
def evaluate(
    enterprise: Annotated[str, typer.Argument(help="Identifiant de l'entreprise.")],
    year: Annotated[int | None, typer.Option(help="Exercice ; tous par défaut.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Écrire le tableau dans ce fichier CSV.")] = None,
    store: StoreOption = STORE,
) -> None:
    """Calculer les indicateurs d'une entreprise."""
    from coorace_eval.formatting import format_value
    from coorace_eval.vocabulary import ValueStatus

    with _said_plainly():
        results = _results(store, enterprise, year).select(year=year)
        table = results.table()
    if csv is not None:
        _write_csv(table, csv)
        return
    shown = Table("Indicateur", "Exercice", "Valeur", "Statut", title=enterprise)
    for row in table.itertuples(index=False):
        unit = results.referential.indicator(row.indicator).unit
        shown.add_row(
            row.label,
            str(row.year),
            format_value(row.value, unit, label=row.unit),
            ValueStatus(row.value_status).label,
        )
    out.print(shown, highlight=False)


@app.command(epilog="Exemple : coorace-eval explain ateliers_du_marais taux_sorties_dynamiques --year 2025")
def explain(
    enterprise: Annotated[str, typer.Argument(help="Identifiant de l'entreprise.")],
    indicator: Annotated[str, typer.Argument(help="Identifiant de l'indicateur.")],
    year: Annotated[int, typer.Option(help="Exercice.")],
    store: StoreOption = STORE,
) -> None:
    """Dire d'où vient un chiffre : formule, données, sources, paramètres."""
    with _said_plainly():
        explanation = _results(store, enterprise, year).explain(indicator, enterprise, year)
    out.print(str(explanation), markup=False, highlight=False, soft_wrap=True)


@app.command(epilog="Exemple : coorace-eval report ateliers_du_marais --year 2025 --to restitution.pdf")
def report(
    enterprise: Annotated[str, typer.Argument(help="Identifiant de l'entreprise.")],
    year: Annotated[int, typer.Option(help="Exercice.")],
    to: Annotated[Path, typer.Option(help="Fichier PDF à écrire.")] = Path("restitution.pdf"),
    store: StoreOption = STORE,
) -> None:
    """Écrire la restitution d'une campagne en PDF."""
    from coorace_eval import reports
    from coorace_eval.storage import open_store

    with _said_plainly():
        results = _results(store, enterprise, year)
        with open_store(store, create=False) as opened:
            story = opened.story(enterprise, year)
        with _working("Écriture de la restitution"):
            reports.report(results, year=year, story=story).to_pdf(to)
    out.print(f"{to} est écrit ({to.stat().st_size / 1024:.0f} ko).", markup=False, highlight=False)


@app.command("import-example", epilog="Exemple : coorace-eval import-example --store sqlite:///essai.db")
def import_example(
    folder: Annotated[Path, typer.Option(help="Dossier de la fédération inventée.")] = EXAMPLES,
    store: StoreOption = STORE,
) -> None:
    """Charger la fédération inventée dans une base ; ce qui s'y trouve déjà reste tel quel."""
    from coorace_eval.examples import load_examples

    with _said_plainly(), _working("Chargement de la fédération inventée"):
        added = load_examples(store, folder)
    out.print(f"{added} campagnes ajoutées." if added else "Tout était déjà là.", highlight=False)


@app.command(epilog="Exemple : coorace-eval serve --port 8866")
def serve(
    port: Annotated[int, typer.Option(help="Port sur cette machine.", min=1, max=65535)] = 8866,
    store: StoreOption = STORE,
    referential: Annotated[Path, typer.Option(help="Référentiel des nouvelles campagnes.")] = PROPOSAL,
    notebook: Annotated[Path, typer.Option(help="Carnet à servir.")] = Path(
        "notebooks/auto_evaluation.ipynb"
    ),
) -> None:
    """Servir l'application sur cette machine, pour une personne."""
    from coorace_eval.referential import read_referential
    from coorace_eval.server.application import serve as run
    from coorace_eval.storage import open_store

    with _said_plainly():
        read_referential(referential)
        with open_store(store):
            pass
        os.environ["COORACE_REFERENTIAL"] = str(referential.resolve())
        run(notebook, port=port, store=_absolute(store))


@app.command(epilog="Exemple : coorace-eval schema > referentials/referential.schema.json")
def schema(
    overlay: Annotated[bool, typer.Option("--overlay", help="Le schéma des adaptations.")] = False,
) -> None:
    """Écrire le schéma JSON qui aide les éditeurs de texte à compléter un référentiel."""
    from coorace_eval.referential import Overlay, Referential
    from coorace_eval.referential.writer import json_schema_text

    typer.echo(json_schema_text(Overlay if overlay else Referential), nl=False)


@app.command(epilog="Exemple : coorace-eval errors > docs/erreurs.md")
def errors() -> None:
    """Écrire la page des codes d'erreur et de leurs remèdes."""
    from coorace_eval.catalogue import CATALOGUE

    typer.echo("# Codes d'erreur\n\n| code | ce qui ne va pas | ce qu'il faut faire |\n| --- | --- | --- |")
    for code, entry in CATALOGUE.items():
        typer.echo(f"| {code} | {entry.title} | {entry.remedy} |")


def _absolute(store: str) -> str:
    """The address of the store, understood from any folder."""
    head, sep, path = store.partition("sqlite:///")
    return f"sqlite:///{Path(path).resolve()}" if not head and sep and path and path != ":memory:" else store


def _results(store: str, enterprise: str, year: int | None) -> Results:
    """The indicators of an enterprise, by the référentiel of the campaign of ``year`` (or the latest)."""
    from coorace_eval.indicators import evaluate as compute
    from coorace_eval.problems import CampaignError
    from coorace_eval.storage import open_store

    with open_store(store, create=False) as opened:
        opened.enterprise(enterprise)
        campaigns = opened.campaigns(enterprise, year)
        if not campaigns:
            raise CampaignError(
                enterprise, [Problem("CAM-003", str(year or ""), "aucune campagne pour cet exercice.")]
            )
        latest = max(campaigns, key=lambda campaign: campaign.year)
        referential = _in_force(opened.referential(latest.referential), latest.overlay)
        return compute(referential, opened.answers(enterprise))


def _in_force(base: Referential, overlay: object) -> Referential:
    from coorace_eval.referential import Overlay, apply

    return apply(base, overlay) if isinstance(overlay, Overlay) else base


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table for a spreadsheet; a cell that looks like a formula stays text."""
    text = table.select_dtypes(["object", "str"]).columns
    safe = table.assign(**{name: table[name].map(_inert) for name in text})
    try:
        safe.to_csv(path, index=False, encoding="utf-8-sig")
    except OSError:
        _say(str(path), [Problem("RAP-001", "", "le fichier ne peut pas être écrit.")])
        raise typer.Exit(1) from None
    out.print(f"{path} est écrit.", markup=False, highlight=False)


def _inert(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
