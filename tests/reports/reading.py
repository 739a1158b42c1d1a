"""Reading back what was written: the text of a PDF, the blocks of a report, the invented federation."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from coorace_eval.campaigns.edition import Edition
from coorace_eval.campaigns.story import Story
from coorace_eval.examples import load_examples
from coorace_eval.indicators import Results, evaluate
from coorace_eval.referential import apply
from coorace_eval.reports import Report, report
from coorace_eval.storage import open_store

YEAR = 2025


def read(pdf: bytes) -> PdfReader:
    """The document, opened."""
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """All that a PDF says, on one line."""
    if not shutil.which("pdftotext"):
        pytest.fail("Il manque pdftotext. Sur Debian : sudo apt-get install poppler-utils", pytrace=False)
    made = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(made.stdout.decode("utf-8").split())


def blocks(found: Report, kind: type) -> list[Any]:
    """The blocks of one kind, in the order they are read."""
    return [block for section in found.sections for block in section.blocks if isinstance(block, kind)]


@dataclass(frozen=True)
class Example:
    """One enterprise of the invented federation: its figures and its story."""

    results: Results
    story: Story

    def report(self, edition: Edition | None = None) -> Report:
        """Its restitution, with the sentence that tells why nothing of the network is shown."""
        return report(self.results, YEAR, self.story, edition=edition, bands={})


def examples(folder: Path) -> dict[str, Example]:
    """The enterprises of the invented federation that have a campaign of the year, by identifier."""
    url = f"sqlite:///{folder / 'exemple.db'}"
    load_examples(url)
    found = {}
    with open_store(url) as store:
        for campaign in store.campaigns(year=YEAR):
            base = store.referential(campaign.referential)
            ours = apply(base, campaign.overlay) if campaign.overlay else base
            results = evaluate(ours, store.answers(campaign.enterprise))
            found[campaign.enterprise] = Example(results, store.story(campaign.enterprise, YEAR))
    return found
