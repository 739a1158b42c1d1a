"""The commands of the référent-e and of the researcher: check, diff, evaluate, explain, report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from coorace_eval.cli.root import STORE, StoreOption, absolute, app, out, said_plainly, say, tell, working
from coorace_eval.problems import CooraceError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from coorace_eval.indicators import Results
    from coorace_eval.referential import Referential

EXAMPLES = Path("examples/federation")

_FILE = "Fichier YAML du référentiel."
OldReferential = Annotated[Path, typer.Argument(help=_FILE, metavar="ANCIEN")]
NewReferential = Annotated[Path, typer.Argument(help=_FILE, metavar="NOUVEAU")]


@app.command(epilog="Exemple : coorace-eval check referentials/")
def check(
    paths: Annotated[
        list[Path], typer.Argument(help="Fichiers YAML, ou dossiers à parcourir.", metavar="CHEMIN…")
    ],
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
        say("check", [Problem("YAM-001", ", ".join(map(str, paths)), "aucun fichier YAML à vérifier.")])
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
        say(str(file), problems)
        failed = failed or bool(errors(problems))
        if referential is not None and not errors(problems):
            counts = (len(referential.indicators), len(referential.variables), len(referential.rules))
            figures = "{} indicateurs, {} données, {} règles".format(*counts)
            mark = f"empreinte {fingerprint(referential)[:12]}"
            tell(f"{file} : {referential.reference}, {figures}, {mark}. Rien à corriger.")
    raise typer.Exit(1 if failed else 0)


@app.command(epilog="Exemple : coorace-eval diff ancien.yaml nouveau.yaml")
def diff(old: OldReferential, new: NewReferential) -> None:
    """Dire ce qui change d'un référentiel à l'autre. Sortie 0 sans changement, 2 sinon."""
    from coorace_eval.referential import diff as compare
    from coorace_eval.referential import read_referential

    with said_plainly():
        changes = compare(read_referential(old), read_referential(new))
    for change in changes:
        caution = " (les années ne se comparent plus telles quelles)" if change.breaks_series else ""
        tell(f"{change}{caution}")
    if not changes:
        tell("Aucun changement.")
    raise typer.Exit(2 if changes else 0)


@app.command(epilog="Exemple : coorace-eval evaluate ateliers_du_marais --year 2025 --csv resultats.csv")
def evaluate(
    enterprise: Annotated[str, typer.Argument(help="Identifiant de l'entreprise.", metavar="ENTREPRISE")],
    year: Annotated[int | None, typer.Option(help="Exercice ; tous par défaut.", metavar="ANNÉE")] = None,
    csv: Annotated[
        Path | None, typer.Option(help="Écrire le tableau dans ce fichier CSV.", metavar="FICHIER")
    ] = None,
    store: StoreOption = STORE,
) -> None:
    """Calculer les indicateurs d'une entreprise."""
    from coorace_eval.formatting import format_value
    from coorace_eval.vocabulary import ValueStatus

    with said_plainly():
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
    enterprise: Annotated[str, typer.Argument(help="Identifiant de l'entreprise.", metavar="ENTREPRISE")],
    indicator: Annotated[str, typer.Argument(help="Identifiant de l'indicateur.", metavar="INDICATEUR")],
    year: Annotated[int, typer.Option(help="Exercice.", metavar="ANNÉE")],
    store: StoreOption = STORE,
) -> None:
    """Dire d'où vient un chiffre : formule, données, sources, paramètres."""
    with said_plainly():
        explanation = _results(store, enterprise, year).explain(indicator, enterprise, year)
    tell(str(explanation))


@app.command(epilog="Exemple : coorace-eval report ateliers_du_marais --year 2025 --to restitution.pdf")
def report(
    enterprise: Annotated[str, typer.Argument(help="Identifiant de l'entreprise.", metavar="ENTREPRISE")],
    year: Annotated[int, typer.Option(help="Exercice.", metavar="ANNÉE")],
    to: Annotated[
        Path, typer.Option(help="Fichier à écrire : .pdf, .docx, .pptx ou .html.", metavar="FICHIER")
    ] = Path("restitution.pdf"),
    store: StoreOption = STORE,
) -> None:
    """Écrire la restitution d'une campagne, comme l'entreprise l'a composée."""
    from coorace_eval.formatting import format_size
    from coorace_eval.reports import batch, pdf

    with said_plainly():
        form = next((form for form in batch.FORMS if to.suffix.lower() == f".{form}"), None)
        if form is None:
            cause = "ce nom ne dit pas dans quel format écrire."
            hint = "Finissez-le par .pdf, .docx, .pptx ou .html."
            raise CooraceError("--to", [Problem("RAP-001", to.name, cause, hint)])
        source = batch.source(absolute(store), enterprise, year, (form,))
        with working("Écriture de la restitution"):
            pdf.write(source.write(source.report(), form), to)
    tell(f"{to} est écrit ({format_size(to.stat().st_size)}).")


@app.command("import-example", epilog="Exemple : coorace-eval import-example --store sqlite:///essai.db")
def import_example(
    folder: Annotated[
        Path, typer.Option(help="Dossier de la fédération inventée.", metavar="DOSSIER")
    ] = EXAMPLES,
    store: StoreOption = STORE,
) -> None:
    """Charger la fédération inventée dans une base ; ce qui s'y trouve déjà reste tel quel."""
    from coorace_eval.examples import load_examples

    with said_plainly(), working("Chargement de la fédération inventée"):
        added = load_examples(store, folder)
    tell(f"{added} campagnes ajoutées." if added else "Tout était déjà là.")


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
        say(str(path), [Problem("RAP-001", "", "le fichier ne peut pas être écrit.")])
        raise typer.Exit(1) from None
    tell(f"{path} est écrit.")


def _inert(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
