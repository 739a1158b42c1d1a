"""A file that comes in pieces: whole, in order, not too big; or the person is told what to do."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coorace_eval.access import Access
from coorace_eval.apps.launch import bind
from coorace_eval.apps.router import Router
from coorace_eval.apps.steps.base import Page
from coorace_eval.apps.uploads import MOST_PIECES, Piece, Uploads
from coorace_eval.campaigns.edition import LARGEST_FILE
from coorace_eval.problems import CampaignError, Problem
from coorace_eval.referential import parse_referential

FIELD = "logo"
SMALL = parse_referential(
    "id: essai\nversion: '2026.1'\nlabel: Essai\nvariables: []\ndimensions: []\n", "essai"
)


class Desk(Page):
    """A page where one field takes a file."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[tuple[str, bytes]] = []

    def admit(self, account: object) -> None:
        """Everyone."""

    def _file_taker(self, field: str) -> Callable[[str, bytes], None] | None:
        return self._keep if field == FIELD else None

    def _keep(self, name: str, content: bytes) -> None:
        if content == b"mauvais":
            raise CampaignError("image", [Problem("RAP-004", "", "cette image est abîmée.")])
        self.got.append((name, content))


def pieces(content: bytes, size: int = 36_000, **more: Any) -> list[dict[str, Any]]:
    parts = [content[i : i + size] for i in range(0, len(content), size)] or [b""]
    return [
        {
            "id": FIELD,
            "name": "a.png",
            "part": rank,
            "of": len(parts),
            "data": base64.b64encode(part).decode(),
        }
        | more
        for rank, part in enumerate(parts, 1)
    ]


def sent(
    messages: list[dict[str, Any]], uploads: Uploads | None = None, page: Page | None = None
) -> bytes | None:
    uploads, page, last = uploads or Uploads(), page or Page(), None
    for message in messages:
        last = uploads.take(page, Piece.read(message))
    return last


@given(st.binary(max_size=3000), st.integers(min_value=1, max_value=700))
def test_whatever_is_cut_in_pieces_is_whole_again(content, size):
    messages = pieces(content, max(size, len(content) // MOST_PIECES + 1))
    if content:
        assert sent(messages) == content
    else:
        with pytest.raises(CampaignError, match="RAP-009"):
            sent(messages)


def test_a_file_as_large_as_may_be_arrives_and_a_larger_one_does_not():
    assert len(sent(pieces(bytes(LARGEST_FILE))) or b"") == LARGEST_FILE
    with pytest.raises(CampaignError, match="4 Mo"):
        sent(pieces(bytes(LARGEST_FILE + 1)))


def test_a_message_that_holds_a_whole_piece_passes_the_limit_of_messages():
    from coorace_eval.apps.components.screen import fault_in

    (message,) = pieces(bytes(36_000), id="m" * 60, name="n" * 255)
    assert fault_in({"intent": "upload", "args": message, "seq": 2**52}) == ""


@pytest.mark.parametrize(
    "spoil",
    [
        lambda parts: parts[1:],
        lambda parts: [parts[0], parts[2]],
        lambda parts: [parts[0], parts[0] | {"part": 2, "name": "b.png"}],
        lambda parts: [parts[0], parts[1] | {"id": "photo"}],
        lambda parts: [parts[0], parts[1] | {"of": 9}],
        lambda parts: [parts[0], parts[1] | {"data": "pas du tout"}],
        lambda parts: [parts[0] | {"data": "=é="}],
        lambda parts: [parts[0], parts[1], parts[1]],
    ],
)
def test_a_missing_or_damaged_piece_stops_the_file(spoil):
    with pytest.raises(CampaignError, match="RAP-009"):
        sent(spoil(pieces(b"x" * 90, 30)))


def test_a_file_begun_again_is_not_mixed_with_the_first_one():
    first, second = pieces(b"x" * 90, 30), pieces(b"y" * 90, 30)
    assert sent([*first[:2], *second]) == b"y" * 90


def test_another_page_does_not_end_the_file_of_the_first():
    uploads, parts = Uploads(), pieces(b"x" * 60, 30)
    assert sent(parts[:1], uploads, Page()) is None
    with pytest.raises(CampaignError, match="RAP-009"):
        sent(parts[1:], uploads, Page())


@pytest.mark.parametrize(
    "wrong",
    [
        {"part": 0}, {"part": 3}, {"part": True}, {"part": "1"}, {"of": 10**9}, {"of": None}, {"data": 3},
        {"name": ["x"]}, {"id": None}, {"id": "x" * 300}, {"part": -1, "of": -1}, {"part": 1.0},
    ],
)  # fmt: skip
def test_what_no_screen_of_ours_sends_is_refused(wrong):
    with pytest.raises(CampaignError, match="CAM-004"):
        Piece.read(pieces(b"x")[0] | wrong)


def test_the_name_of_a_file_keeps_no_folder_and_no_endless_tail():
    for name in ("C:\\photos\\été.png", "../../été.png", "été.png"):
        assert Piece.read(pieces(b"x", name=name)[0]).name == "été.png"
    assert len(Piece.read(pieces(b"x", name="x" * 9000)[0]).name) == 255


@pytest.fixture
def router(tmp_path) -> Router:
    router = Router(Access.local(f"sqlite:///{tmp_path}/base.db"), SMALL)
    router.page = Desk()  # type: ignore[assignment]
    return router


def test_a_page_takes_a_file_only_in_a_field_of_its_own(router):
    for field in ("photo", "", "__class__"):
        router.receive("upload", pieces(b"x", id=field)[0])
        assert "CAM-004" in router.wide_problem
    with pytest.raises(CampaignError, match="CAM-004"):
        Page().receive_file("logo", "a.png", b"x")
    assert router.place.got == []


def test_what_is_wrong_with_a_file_is_said_beside_its_field_until_the_next_one(router):
    desk = router.place
    router.receive("upload", pieces(b"mauvais")[0])
    assert "abîmée" in desk.faults[FIELD].text and router.wide_problem == ""
    first, second = pieces(b"xy", 1)
    router.receive("upload", first)
    assert not desk.faults and not router.is_unchanged, "la page est dessinée sans le reproche"
    router.receive("upload", first | {"part": 2})
    assert desk.got == [("a.png", b"xx")] and FIELD in desk.saved_fields
    router.receive("upload", second)
    assert "RAP-009" in desk.faults[FIELD].text and FIELD not in desk.saved_fields


def test_nothing_is_drawn_again_while_a_file_comes(router, monkeypatch):
    drawn = []
    monkeypatch.setattr(router, "screen", lambda: drawn.append(1) or {"n": len(drawn)})
    screen = bind(router)
    for seq, message in enumerate(pieces(b"x" * 100, 10), 1):
        screen._receive(screen, {"intent": "upload", "args": message, "seq": seq}, [])
    assert len(drawn) == 2 and router.place.got == [("a.png", b"x" * 100)]
