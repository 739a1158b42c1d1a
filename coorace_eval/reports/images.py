"""Images that people send, made safe and small: decoded, then written again without what came along.

A picture is only ever its pixels here: its place, its camera and its colour profile stay behind. How
many pixels it claims is read before any of them is decoded, so that a small file which unfolds into
gigabytes is refused at once. A drawing (SVG) is rebuilt from a closed list of shapes, then painted:
no script, no outside address and no text of another program reaches a document.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageOps, UnidentifiedImageError

from coorace_eval.formatting import format_number
from coorace_eval.language import mark, tr
from coorace_eval.problems import CooraceError, Problem
from coorace_eval.reports import drawings

LOGO_SIDE, PHOTO_SIDE = 800, 1600
HEAVIEST = 64 << 20
MOST_PIXELS = 40_000_000
"""Beyond, a picture is decoded only where it can be made smaller on the way."""
MOST_PIXELS_REDUCED = 170_000_000
_MOST_SCANS = 100
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_QUALITY = 82
_DAMAGED = (OSError, SyntaxError, ValueError, TypeError, struct.error, Image.DecompressionBombError)
LOGO, PHOTO = mark("Logo"), mark("Photo")


def clean_logo(content: bytes) -> bytes:
    """A logo as a small PNG with its transparency, without the empty margin around it.

    Parameters
    ----------
    content
        A PNG, JPEG, WebP, GIF or SVG file, whatever its name says.

    Raises
    ------
    CooraceError
        When it cannot be read, is too large, or asks for what a logo needs not (``RAP-004``).
    """
    _weigh(content, LOGO)
    if drawings.is_drawing(content):
        content = drawings.painted(content, LOGO_SIDE)
    with _decoded(content, LOGO, LOGO_SIDE) as image:
        found = image.convert("RGBA")
        box = found.getchannel("A").getbbox()
        if box is None:
            raise refusal(LOGO, tr("Ce logo est entièrement transparent : on n'y verrait rien."))
        found = found.crop(box)
        found.thumbnail((LOGO_SIDE, LOGO_SIDE), Image.Resampling.LANCZOS)
        return _written(found, "PNG", optimize=True)


def clean_photo(content: bytes) -> bytes:
    """A photo as a small JPEG, the right way up, on white where it was transparent.

    Parameters
    ----------
    content
        A JPEG, PNG, WebP or GIF file, whatever its name says.

    Raises
    ------
    CooraceError
        When it cannot be read or is too large (``RAP-004``).
    """
    _weigh(content, PHOTO)
    if drawings.is_drawing(content):
        raise refusal(PHOTO, tr("Ce fichier est un dessin (SVG), pas une photo."))
    with _decoded(content, PHOTO, PHOTO_SIDE) as image:
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.LANCZOS)
        if upright.has_transparency_data:
            over = upright.convert("RGBA")
            upright = Image.new("RGBA", over.size, "white")
            upright.alpha_composite(over)
        return _written(upright.convert("RGB"), "JPEG", quality=_QUALITY, optimize=True, progressive=False)


def size(content: bytes) -> tuple[int, int]:
    """Width and height of a clean image, in pixels."""
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
        return image.size


def is_light(logo: bytes) -> bool:
    """Whether a clean logo is drawn in light colours, and so is lost on white."""
    with Image.open(io.BytesIO(logo), formats=("PNG",)) as image:
        small = image.convert("RGBA").resize((48, 48), Image.Resampling.BOX)
    alpha = small.getchannel("A")
    weights, shades = alpha.tobytes(), small.convert("L").tobytes()
    inked = sum(weights)
    return bool(inked) and sum(s * w for s, w in zip(shades, weights, strict=True)) / inked > 205


def lightened(picture: bytes) -> bytes:
    """One of our own pictures as a JPEG, some ten times lighter."""
    with Image.open(io.BytesIO(picture), formats=("PNG",)) as image:
        return _written(image.convert("RGB"), "JPEG", quality=_QUALITY)


def refusal(part: str, cause: str, hint: str = "") -> CooraceError:
    """The error of an image that is refused, with why."""
    return CooraceError(tr(part), [Problem("RAP-004", "", cause, hint)])


def _weigh(content: bytes, part: str) -> None:
    if not content:
        raise refusal(part, tr("Ce fichier est vide."))
    if len(content) > HEAVIEST:
        raise refusal(part, tr("Ce fichier pèse plus de {most} Mo.", most=HEAVIEST >> 20))


@contextmanager
def _decoded(content: bytes, part: str, side: int) -> Iterator[Image.Image]:
    """The first picture of a file, not larger than it has to be in memory."""
    try:
        _check_claim(_webp_size(content), MOST_PIXELS, part)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(content), formats=_FORMATS)
        with opened as image:
            _check_scans(image, content, part)
            reducible = image.format == "JPEG" and not image.info.get("progressive")
            _check_claim(image.size, MOST_PIXELS_REDUCED if reducible else MOST_PIXELS, part)
            if image.format == "JPEG":
                image.draft(None, (side, side))
            image.load()
            yield image
    except UnidentifiedImageError as error:
        cause = tr("Ce fichier n'est pas une image que nous savons lire.")
        raise refusal(part, cause) from error
    except Image.DecompressionBombError as error:
        raise refusal(part, tr("Cette image a trop de points pour être ouverte."), _smaller(side)) from error
    except CooraceError:
        raise
    except _DAMAGED as error:
        raise refusal(part, tr("Cette image est abîmée : elle ne s'ouvre pas.")) from error


def _check_claim(claimed: tuple[int, int], most: int, part: str) -> None:
    width, height = claimed
    if width * height > most:
        cause = tr(
            "Cette image compte {width} × {height} points ; nous en lisons {most} millions.",
            width=format_number(width, 0), height=format_number(height, 0), most=most // 1_000_000,
        )  # fmt: skip
        raise refusal(part, cause, _smaller(LOGO_SIDE if part == LOGO else PHOTO_SIDE))


def _smaller(side: int) -> str:
    return tr("Réduisez-la à {side} points de côté, puis renvoyez-la.", side=format_number(side, 0))


def _check_scans(image: Image.Image, content: bytes, part: str) -> None:
    """A progressive JPEG paints the whole picture once a scan: some are made of thousands."""
    if image.format == "JPEG" and content.count(b"\xff\xda") > _MOST_SCANS:
        raise refusal(part, tr("Cette image est écrite d'une façon que nous ne lisons pas."))


def _webp_size(content: bytes) -> tuple[int, int]:
    """The size that a WebP file claims, which its decoder would reserve before telling it."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return 0, 0
    kind, head = content[12:16], content[20:30].ljust(10, b"\0")
    if kind == b"VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF


def _written(image: Image.Image, format: str, **options: object) -> bytes:
    """The pixels alone, in a new file: a copy carries no note of the first one."""
    plain = Image.frombytes(image.mode, image.size, image.tobytes())
    file = io.BytesIO()
    plain.save(file, format, **options)
    return file.getvalue()
