"""Office documents under test: read by LibreOffice, taken apart, and written with hostile texts."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
from charts import sample
from lxml import etree
from reports import reading

from coorace_eval.reports import content as c

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="120"><rect width="90" height="40"/></svg>'
HOSTILE = "\n".join([
    *sample.HOSTILE[:4], "=1+1", '=HYPERLINK("http://exemple.org")', "{_{ nom }_}", "{ DDEAUTO c:\\ cmd }",
    "{\\rtf1 gras}", "a\x00b\x1b\ud800\ufdd0corps\ufdd1", "]]></w:t></w:r>", "@import", "http://exemple.org",
])  # fmt: skip
"""Markup of every kind, in one text."""


@dataclass(frozen=True)
class Shown:
    """What LibreOffice shows of a document: its text on one line, its pages by width and height."""

    text: str
    pages: list[tuple[float, float]]


def converted(folder: Path, **files: bytes) -> dict[str, Shown]:
    """The PDF that LibreOffice makes of each document; it starts once for all of them."""
    program = shutil.which("soffice")
    if program is None:
        pytest.fail("Il manque LibreOffice. Sur Debian : sudo apt-get install libreoffice", pytrace=False)
    paths = []
    for name, content in files.items():
        suffix = "pptx" if name.startswith("slides") else "docx"
        paths.append(folder / f"{name}.{suffix}")
        paths[-1].write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    words = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, paths)]
    subprocess.run(words, check=True, capture_output=True, timeout=300)
    return {name: _shown((folder / f"{name}.pdf").read_bytes()) for name in files}


def _shown(pdf: bytes) -> Shown:
    pages = [(float(page.mediabox.width), float(page.mediabox.height)) for page in reading.read(pdf).pages]
    return Shown(reading.text_of(pdf).replace("\u00a0", " ").replace("\u202f", " "), pages)


def parts(document: bytes) -> dict[str, bytes]:
    """What a package holds, by name."""
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        return {name: package.read(name) for name in package.namelist()}


def is_whole(document: bytes) -> None:
    """Every part is well formed, named once and known; every relation leads to a part of the package."""
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        names = package.namelist()
        assert len(names) == len(set(names))
        assert package.testzip() is None
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    found = parts(document)
    types = etree.fromstring(found["[Content_Types].xml"])
    known = {node.get("PartName", "").lstrip("/") for node in types}
    extensions = {node.get("Extension") for node in types}
    for name, content in found.items():
        assert name == "[Content_Types].xml" or name in known or name.rpartition(".")[2] in extensions, name
        if name.endswith((".xml", ".rels")):
            tree = etree.fromstring(content).getroottree()
            assert tree.docinfo.internalDTD is None
        if name.endswith(".rels"):
            base = PurePosixPath(name).parent.parent
            for relation in etree.fromstring(content):
                assert relation.get("TargetMode") != "External", relation.get("Target")
                target = relation.get("Target")
                path = target.lstrip("/") if target.startswith("/") else _joined(base, target)
                assert path in found, f"{name} : {target}"
        if name.endswith(".xlsx"):
            is_whole(content)


def _joined(base: PurePosixPath, target: str) -> str:
    steps: list[str] = []
    for step in (*base.parts, *PurePosixPath(target).parts):
        steps.pop() if step == ".." else steps.append(step)
    return "/".join(steps)


def every_block(text: str) -> tuple[c.Block, ...]:
    """A block of each kind, and of each tone, with the same text wherever a text may stand."""
    cell = c.Cell(text, text, quiet=True, ref="7KQ4-M2XD", unit=text)
    series = (c.Series(text, (0.5, None, 0.7)), c.Series(text, (0.1, 0.2, 0.3)))
    years = (text, "2024", "2025")
    data = (
        c.ChartData("lignes", text, years, series[:1], "ratio"),
        c.ChartData("lignes", text, years, series, text),
        c.ChartData("barres", text, years, (c.Series(text, (0.0, 1.0, None)),), "", (text, text)),
    )
    entry = c.Entry(text, (text, text), text, text)
    return (
        *(c.Paragraph(text, tone) for tone in ("chapeau", "texte", "note", "commentaire")),
        c.Heading(text),
        *(
            c.Table(text, (text, text), ((cell, cell), (cell, cell)), (1,), (0,), t)
            for t in ("texte", "annexe")
        ),
        c.Figure(SVG, text, text, 300, data),
        c.Figure(SVG, text, text, 300),
        c.Quote(text, text),
        c.Quote(text, ""),
        c.Stance((text, "Acquis"), 0, text, text, 1),
        *(c.Entries((entry, c.Entry(text)), tone) for tone in ("texte", "fiche", "annexe")),
    )


def report_of(text: str, *ids: str) -> c.Report:
    """A report in which one text stands everywhere; ``ids`` are its sections."""
    chosen = ids or ("demarche", "dimension.emploi", "decisions", "annexe")
    sections = tuple(c.Section(text, every_block(text), id == "annexe", id) for id in chosen)
    return c.Report(text, text, 2025, ((text, text), ("Territoire", text)), sections)


def small_report(*blocks: c.Block, name: str = "Les Ateliers", id: str = "dimension.emploi") -> c.Report:
    """A report of one section."""
    return c.Report("Restitution", name, 2025, (), (c.Section("Vers un emploi durable", blocks, id=id),))


def tables_of(report: c.Report) -> list[c.Table]:
    """The tables of a report."""
    return [block for section in report.sections for block in section.blocks if isinstance(block, c.Table)]


def year_refs(report: c.Report) -> set[str]:
    """The references of the figures of the year."""
    year = str(report.year)
    told = [table for table in tables_of(report) if year in table.head]
    return {row[t.head.index(year)].ref for t in told for row in t.rows} - {""}
