"""A file that a browser sends in pieces, put together again."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from coorace_eval.apps.steps.base import Page, unknown
from coorace_eval.campaigns.edition import LARGEST_FILE
from coorace_eval.language import mark, tr
from coorace_eval.problems import CampaignError, Problem

MOST_PIECES = 200
LONGEST_NAME = 255
_BROKEN = mark("l'envoi du fichier s'est interrompu.")
_AGAIN = mark("Choisissez-le de nouveau.")


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a file, as a message brings it.

    Parameters
    ----------
    field
        The field where the file was chosen.
    name
        The name of the file on the person's machine, without its folders.
    part, of
        Its rank, from 1 on, and how many pieces there are.
    data
        What it holds, in base64.
    """

    field: str
    name: str
    part: int
    of: int
    data: str

    @classmethod
    def read(cls, args: dict[str, Any]) -> Piece:
        """Read the arguments of a message.

        Raises
        ------
        CampaignError
            CAM-004, when no screen of ours can have sent it.
        """
        field, name, part, of, data = (args.get(key) for key in ("id", "name", "part", "of", "data"))
        texts = isinstance(field, str) and isinstance(name, str) and isinstance(data, str)
        counts = type(part) is int and type(of) is int and 1 <= part <= of <= MOST_PIECES
        if not texts or not counts or len(str(field)) > LONGEST_NAME:
            raise unknown("upload")
        bare = str(name).replace("\\", "/").rpartition("/")[2][:LONGEST_NAME]
        return cls(str(field), bare, int(str(part)), int(str(of)), str(data))


class Uploads:
    """Puts together one file at a time, of one page, its pieces coming in order."""

    def __init__(self) -> None:
        self._page: Page | None = None
        self._last: Piece | None = None
        self._held = bytearray()

    def take(self, page: Page, piece: Piece) -> bytes | None:
        """Take one piece in; gives the whole file with the last one.

        The first piece of a file puts what was held of another one aside.

        Raises
        ------
        CampaignError
            RAP-009, when a piece is missing or damaged, or the file is empty or too big.
        """
        if piece.part == 1:
            self._drop()
        elif not self._follows(page, piece):
            self._drop()
            raise _refused(tr(_BROKEN), tr(_AGAIN))
        try:
            self._held += base64.b64decode(piece.data, validate=True)
        except (binascii.Error, ValueError):
            self._drop()
            raise _refused(tr(_BROKEN), tr(_AGAIN)) from None
        if len(self._held) > LARGEST_FILE:
            self._drop()
            raise _refused(tr("le fichier dépasse {size} Mo.", size=LARGEST_FILE >> 20))
        self._page, self._last = page, piece
        if piece.part < piece.of:
            return None
        whole = bytes(self._held)
        self._drop()
        if not whole:
            raise _refused(tr("le fichier est vide."), tr("Choisissez-en un autre."))
        return whole

    def _follows(self, page: Page, piece: Piece) -> bool:
        last = self._last
        same = last is not None and (last.field, last.name, last.of) == (piece.field, piece.name, piece.of)
        return same and self._page is page and last is not None and piece.part == last.part + 1

    def _drop(self) -> None:
        self._page, self._last, self._held = None, None, bytearray()


def _refused(cause: str, hint: str = "") -> CampaignError:
    return CampaignError("fichier", [Problem("RAP-009", "", cause, hint)])
