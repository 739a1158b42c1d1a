"""Make a PDF smaller: its small objects, most of them tags, are compressed together.

The composer writes each tag as an object of its own, in clear; they make up half of a report. Since PDF 1.5
objects may stand in compressed streams, which PDF/A-2 and PDF/UA-1 allow. Nothing of what is said changes.
"""

from __future__ import annotations

import re
import zlib
from itertools import pairwise

TOGETHER = 200
"""How many objects a stream holds: as many as a reader unpacks to show one of them."""
_FREE = (0, 0, 65535)
_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_TRAILER = re.compile(rb"trailer\s*<<(.*)>>\s*startxref", re.DOTALL)
_SIZE = re.compile(rb"/Size \d+")
_USED = re.compile(rb"^(\d{10}) \d{5} n ?\r?$", re.MULTILINE)
_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*)\nendobj\s*$", re.DOTALL)


def pack(pdf: bytes) -> bytes:
    """The same document, smaller; the document itself where it is not written as the composer does."""
    places, end, trailer = _table(pdf)
    objects = [_OBJECT.match(pdf[start:stop]) for start, stop in pairwise([*places, end])]
    if not objects or None in objects:
        return pdf
    made = bytearray(pdf[: places[0]])
    table: dict[int, tuple[int, int, int]] = {}
    small: list[tuple[int, bytes]] = []
    for found in filter(None, objects):
        number, body = int(found[1]), found[2]
        if body.endswith(b"endstream"):
            table[number] = (1, len(made), 0)
            made += found[0]
        else:
            small.append((number, body))
    following = max([*table, *(number for number, _ in small)]) + 1
    for start in range(0, len(small), TOGETHER):
        group = small[start : start + TOGETHER]
        table |= {number: (2, following, rank) for rank, (number, _) in enumerate(group)}
        table[following] = (1, len(made), 0)
        made += _stream(following, *_together(group))
        following += 1
    table[following] = (1, len(made), 0)
    rows = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + rank.to_bytes(2, "big")
        for kind, place, rank in (table.get(number, _FREE) for number in range(following + 1))
    )
    start_of_table = len(made)
    made += _stream(following, b"/Type/XRef/W[1 4 2]/Size %d%s" % (following + 1, trailer), rows)
    return bytes(made) + b"startxref\n%d\n%%%%EOF" % start_of_table


def _table(pdf: bytes) -> tuple[list[int], int, bytes]:
    """Where each object starts, where the last ends, and what the trailer says but its size."""
    found, said = _START.search(pdf[-64:]), _TRAILER.search(pdf[-4096:])
    if not found or not said:
        return [], 0, b""
    end = int(found[1])
    return sorted(int(line[1]) for line in _USED.finditer(pdf[end:])), end, _SIZE.sub(b"", said[1])


def _together(group: list[tuple[int, bytes]]) -> tuple[bytes, bytes]:
    heads, place = [], 0
    for number, body in group:
        heads.append(b"%d %d" % (number, place))
        place += len(body) + 1
    head = b" ".join(heads) + b"\n"
    bodies = b"\n".join(body for _, body in group)
    return b"/Type/ObjStm/N %d/First %d" % (len(group), len(head)), head + bodies


def _stream(number: int, about: bytes, content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    head = b"%d 0 obj\n<<%s/Length %d/Filter/FlateDecode>>\nstream\n" % (number, about, len(packed))
    return head + packed + b"\nendstream\nendobj\n\n"
