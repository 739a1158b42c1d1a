"""A packed PDF says the same, and takes half the room."""

from __future__ import annotations

import pytest
import typst
from reports.reading import read

from coorace_eval.reports.packing import pack

PAGE = """
#set document(title: "Essai", date: datetime(year: 2026, month: 1, day: 1))
#set text(lang: "fr")
= Premier titre
#for i in range(300) [#table(columns: 2, [Ligne #i], [endstream endobj])]
"""


@pytest.fixture(scope="module")
def plain() -> bytes:
    return bytes(typst.compile(PAGE.encode(), pdf_standards=["ua-1", "a-2a"]))


def test_a_packed_document_is_half_as_big_and_says_the_same(plain):
    packed = pack(plain)
    assert len(packed) < len(plain) / 2
    before, after = read(plain), read(packed)
    assert [page.extract_text() for page in after.pages] == [page.extract_text() for page in before.pages]
    assert after.trailer["/Root"]["/MarkInfo"]["/Marked"].value
    assert after.metadata == before.metadata and after.trailer["/ID"] == before.trailer["/ID"]
    assert len(after.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]) > 0


def test_the_same_document_is_packed_the_same(plain):
    assert pack(plain) == pack(plain)


@pytest.mark.parametrize("odd", [b"", b"%PDF-1.7", b"%PDF-1.7\nstartxref\n12\n%%EOF", b"\x00" * 5000])
def test_what_is_not_written_as_expected_is_left_as_it_is(odd):
    assert pack(odd) == odd


def test_a_packed_document_is_not_packed_twice(plain):
    assert pack(pack(plain)) == pack(plain)
