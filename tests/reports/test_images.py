"""Images that people send: what is kept of them, what is refused, and how little they cost."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pytest
from lxml import etree
from PIL import Image

from coorace_eval.problems import CooraceError
from coorace_eval.reports.drawings import cleaned
from coorace_eval.reports.images import LOGO_SIDE, clean_logo, clean_photo, is_light

TEAL = (0, 128, 128)
HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 100"'
DISC = '<circle cx="50" cy="50" r="40" fill="#008080"/>'


def svg(inside: str) -> bytes:
    return f"<svg {HEAD}>{inside}</svg>".encode()


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def refused(clean, content: bytes) -> str:
    with pytest.raises(CooraceError) as caught:
        clean(content)
    (problem,) = caught.value.problems
    assert problem.code == "RAP-004"
    return f"{problem.cause} {problem.hint}"


def bomb(side: int) -> bytes:
    """A PNG of ``side`` pixels a side in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer, row = zlib.compressobj(9), bytes(side // 8 + 1)
    packed = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_of_each_usual_format_becomes_a_logo_and_a_photo(format):
    sent = saved(Image.new("RGB", (1000, 500), TEAL), format)
    logo, photo = opened(clean_logo(sent)), opened(clean_photo(sent))
    assert (logo.format, logo.mode, logo.size) == ("PNG", "RGBA", (800, 400))
    assert (photo.format, photo.mode, photo.size) == ("JPEG", "RGB", (1000, 500))
    assert all(abs(a - b) < 6 for a, b in zip(photo.getpixel((9, 9)), TEAL, strict=True))


def test_a_photo_is_put_upright_and_leaves_its_notes_behind():
    notes = Image.Exif()
    notes[0x0112], notes[0x010F] = 6, "Appareil secret"
    sent = saved(Image.new("RGB", (2400, 1200), TEAL), "JPEG", exif=notes, comment=b"chez moi")
    photo = opened(clean_photo(sent))
    assert photo.size == (800, 1600) and not photo.getexif()
    assert b"secret" in sent and b"secret" not in clean_photo(sent) and b"chez moi" not in clean_photo(sent)


def test_the_empty_margin_of_a_logo_goes_and_its_transparency_stays():
    sent = Image.new("RGBA", (600, 600))
    sent.paste((*TEAL, 255), (200, 250, 400, 350))
    sent.putpixel((200, 250), (0, 0, 0, 0))
    logo = opened(clean_logo(saved(sent, "PNG")))
    assert logo.size == (200, 100) and logo.getpixel((0, 0))[3] == 0
    assert "transparent" in refused(clean_logo, saved(Image.new("RGBA", (9, 9)), "PNG"))


def test_a_transparent_photo_lies_on_white():
    assert opened(clean_photo(saved(Image.new("RGBA", (9, 9)), "PNG"))).getpixel((4, 4)) == (255, 255, 255)


def test_a_photo_of_fifty_megabytes_gives_a_small_one():
    noise = Image.frombytes("RGB", (4096, 4096), random.Random(4).randbytes(3 << 24))
    sent = saved(noise, "PNG", compress_level=0)
    assert len(sent) > 50_000_000
    assert len(clean_photo(sent)) < 2_500_000


def test_a_picture_that_unfolds_is_refused_by_its_claim():
    assert "trop de points" in (said := refused(clean_photo, bomb(30_000))) and "1\u202f600" in said
    assert "40 millions" in refused(clean_logo, bomb(12_000))
    vast = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xfe\x3f\0" * 2
    assert "16\u202f383" in refused(clean_photo, vast)


def test_a_large_plain_jpeg_is_read_smaller_and_a_progressive_one_is_refused():
    vast = Image.new("L", (7000, 7000), 90)
    assert opened(clean_photo(saved(vast, "JPEG"))).size == (1600, 1600)
    assert "40 millions" in refused(clean_photo, saved(vast, "JPEG", progressive=True))


def test_a_jpeg_of_a_thousand_passes_is_refused():
    sent = saved(Image.new("L", (80, 80), 90), "JPEG", progressive=True)
    scan = sent[sent.rindex(b"\xff\xda") : -2]
    assert "façon" in refused(clean_photo, sent[:-2] + scan * 1000 + sent[-2:])


@pytest.mark.parametrize(
    "content", [b"", b"bonjour", b"%PDF-1.7", b"MZ\x90", b"\x89PNG\r\n\x1a\n", b"GIF89a"]
)
def test_what_is_not_a_picture_is_refused(content):
    assert refused(clean_photo, content) and refused(clean_logo, content)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_broken_picture_is_refused_or_read_as_far_as_it_goes(format):
    sent = saved(Image.effect_noise((300, 300), 90), format)
    for cut in range(1, len(sent), len(sent) // 25):
        try:
            opened(clean_photo(sent[:cut] + bytes(40) + sent[cut + 40 : -30]))
        except CooraceError as error:
            assert error.problems[0].code == "RAP-004"


def test_a_drawing_is_painted():
    logo = opened(clean_logo(svg(DISC)))
    assert logo.format == "PNG" and max(logo.size) <= LOGO_SIDE and abs(logo.width - logo.height) <= 1
    assert logo.getpixel((logo.width // 2, logo.height // 2)) == (*TEAL, 255)


def test_a_style_sheet_a_gradient_and_a_clip_are_kept():
    sent = svg(
        "<style>/* note */ .a, #b { fill: url(#g) } .c{clip-path:url(#k)}</style>"
        '<linearGradient id="g"><stop stop-color="#f00"/></linearGradient>'
        '<clipPath id="k"><rect width="10" height="10"/></clipPath>'
        '<g class="c"><rect class="a" width="200" height="100"/></g>'
    )
    logo = opened(clean_logo(sent))
    assert logo.getpixel((5, 5)) == (255, 0, 0, 255) and logo.size == (40, 40)


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<script>alert(1)</script>", "un script"),
        ('<rect width="9" height="9" onload="alert(1)"/>', "un script"),
        ("<foreignObject><p>x</p></foreignObject>", "foreignObject"),
        ('<image href="file:///etc/passwd"/>', "une photo"),
        ('<image xlink:href="data:image/png;base64,AAAA"/>', "une photo"),
        ('<use xlink:href="http://example.org/a.svg#b"/>', "une adresse extérieure (href)"),
        ('<rect fill="url(http://example.org)"/>', "une adresse extérieure (url)"),
        ('<rect style="fill:url( &quot;//example.org/x&quot; )"/>', "une adresse extérieure (url)"),
        ("<style>@import 'http://example.org'</style>", "une feuille de style"),
        ('<animate attributeName="x"/>', "une animation"),
        ('<rect><set attributeName="href" to="javascript:x"/></rect>', "une animation"),
        ('<g id="a"><use href="#a"/></g>', "lui-même"),
        ("<g>" * 100 + "</g>" * 100, "trop de groupes"),
        ('<rect width="1" height="1"/>' * 21_000, "trop de formes"),
        ("<g", "abîmé"),
    ],
)
def test_what_acts_or_calls_outside_is_refused_by_name(inside, said):
    assert said in refused(clean_logo, svg(DISC + inside))


def test_every_fault_is_said_at_once():
    told = refused(clean_logo, svg("<script/><animate/>"))
    assert "un script, une animation" in told and "PNG" in told


@pytest.mark.parametrize(
    "call", ['<use href="#x{}"/>', '<rect clip-path="url(#x{})"/>', '<rect class="c{}"/>']
)
def test_a_drawing_that_unfolds_by_its_references_is_refused(call):
    styles = "".join(f".c{i}{{clip-path:url(#x{i})}}" for i in range(9))
    parts = "".join(
        f'<clipPath id="x{i}">{call.format(i - 1) * 10 if i else "<rect/>"}</clipPath>' for i in range(9)
    )
    assert "se déplie" in refused(clean_logo, svg(f"<style>{styles}</style>{parts}"))


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "ENTITY"),
        ('<?xml version="1.0"?><!DOCTYPE svg SYSTEM "file:///etc/passwd" [ ]><svg/>', "ENTITY"),
        ("<!DOCTYPE html><html></html>", "n'est pas un dessin SVG"),
        ("<svg xmlns='http://www.w3.org/2000/svg'><rect/></svg>", "taille"),
        ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 nan 9'/>", "taille"),
        ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 90000 9'/>", "étroit"),
        ("<svg xmlns='http://www.w3.org/2000/svg'>" + " " * (1 << 20) + "</svg>", "pèse"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_plain_drawing_is_refused(whole, said):
    assert said in refused(clean_logo, whole.encode())


def test_what_a_drawing_program_adds_is_left_out():
    sent = (
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">'
        f'<svg {HEAD} xmlns:i="http://ns.example/i" i:note="C:\\logo" width="1e9" filter="url(#f)">'
        '<metadata><i:page href="http://example.org"/></metadata><filter id="f"/>'
        f'<switch><foreignObject/><g i:x="1">{DISC}</g></switch><a href="http://example.org">{DISC}</a></svg>'
    )
    told, *_ = cleaned(sent.encode())
    kept = etree.tostring(told, encoding="unicode")
    assert "example" not in kept and "filter" not in kept and "foreignObject" not in kept
    assert opened(clean_logo(sent.encode())).size[0] > 100


def test_a_photo_is_not_a_drawing():
    assert "SVG" in refused(clean_photo, svg(DISC))


def test_a_light_logo_is_known_by_its_own_points():
    pale, dark = Image.new("RGBA", (90, 90)), Image.new("RGBA", (90, 90))
    pale.paste((255, 255, 240, 255), (20, 20, 70, 70))
    dark.paste((*TEAL, 255), (20, 20, 70, 70))
    assert is_light(clean_logo(saved(pale, "PNG"))) and not is_light(clean_logo(saved(dark, "PNG")))
