"""Whether a file that someone sent is a plain Word document, before anything opens it.

A Word document is a zip of XML parts. What is refused here is whatever could bring something from
elsewhere or run something: macros, embedded objects, links to files, XML entities, bombs.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from lxml import etree

from coorace_eval.formatting import format_size
from coorace_eval.language import mark, tr
from coorace_eval.problems import Problem

CODE = "RAP-003"
MOST_BYTES = 4 << 20
MOST_UNPACKED = 40 << 20
MOST_TEXT = 1 << 20
"""Bytes of a part that is filled in: a hundred pages of text."""
MOST_PARTS = 500
DOCUMENT = "word/document.xml"

_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TEMPLATE = "wordprocessingml.template.main+xml"
_FILLED = re.compile(r"word/(document|header|footer|footnotes|endnotes|comments)\d*\.xml\Z")
_LINKS = ("http://", "https://", "mailto:")

_HINT = mark("Ouvrez-le dans votre traitement de texte et enregistrez-le à nouveau au format .docx.")
_BROUGHT = {
    "attachedTemplate": mark("Le modèle dépend d'un autre modèle (Développeur, Modèle de document)."),
    "image": mark("Une image est liée au lieu d'être insérée dans le document."),
    "subDocument": mark("Le document contient un sous-document lié."),
    "aFChunk": mark("Le document contient un morceau d'un autre format."),
    "oleObject": mark("Le document contient un objet d'un autre logiciel."),
    "package": mark("Le document contient un fichier incorporé."),
    "control": mark("Le document contient un contrôle ActiveX."),
    "vbaProject": mark("Le document contient des macros."),
    "frame": mark("Le document contient un cadre lié."),
    "mailMergeSource": mark("Le document est lié à une source de publipostage."),
    "mailMergeHeaderSource": mark("Le document est lié à une source de publipostage."),
}
"""Relations that bring in what is not text; the last word of each one's address."""


def check_package(content: bytes) -> list[Problem]:
    """What is wrong with the file itself; nothing where it may be opened."""
    if len(content) > MOST_BYTES:
        most = format_size(MOST_BYTES)
        cause = tr("Le fichier pèse {size}\u00a0; la limite est de {most}.",
                   size=format_size(len(content)), most=most)  # fmt: skip
        return [_problem("", cause, tr("Réduisez les images du modèle, puis renvoyez-le."))]
    if content.startswith(_OLD_WORD):
        cause = tr("Le fichier est protégé par un mot de passe, ou date d'un ancien Word (.doc).")
        return [_problem("", cause, tr(_HINT))]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return list(_check_zip(package)) or list(_check_parts(package))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, RuntimeError, NotImplementedError,
            EOFError, KeyError):  # fmt: skip
        return [_problem("", tr("Ce fichier n'est pas un document Word, ou il est abîmé."), tr(_HINT))]


def read_part(package: zipfile.ZipFile, name: str) -> etree._Element:
    """One XML part, read without entities and without the network."""
    return etree.fromstring(package.read(name), _parser())


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _check_zip(package: zipfile.ZipFile) -> Iterator[Problem]:
    """The table of contents of the zip: names, sizes, methods."""
    parts = package.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        yield _problem("", tr("Une fois ouvert, le fichier est démesuré."), tr(_HINT))
    if any(part.flag_bits & 0x1 for part in parts):
        yield _problem("", tr("Le fichier est chiffré."), tr("Retirez le mot de passe, puis renvoyez-le."))
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        yield _problem("", tr("Le fichier est compressé d'une façon que Word n'emploie pas."), tr(_HINT))
    odd = [name for name in names if _odd(name)]
    if odd or len({name.lower() for name in names}) < len(names):
        yield _problem(
            odd[0][:80] if odd else "", tr("Le fichier contient des noms de parties trompeurs."), tr(_HINT)
        )
    if "[Content_Types].xml" not in names or DOCUMENT not in names:
        yield _problem("", tr("Ce fichier n'est pas un document Word (.docx)."), tr(_HINT))


def _odd(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        path.is_absolute() or ".." in path.parts or any(c in name for c in "\\:\0") or not name.isprintable()
    )


def _check_parts(package: zipfile.ZipFile) -> Iterator[Problem]:
    for name in package.namelist():
        if name.lower().endswith(("vbaproject.bin", "vbadata.xml")):
            yield _problem(name, tr(_BROUGHT["vbaProject"]), tr(_HINT))
        if not name.lower().endswith((".xml", ".rels", ".svg", ".vml")):
            continue
        if package.getinfo(name).file_size > (MOST_TEXT if _FILLED.match(name) else MOST_BYTES):
            yield _problem(name, tr("Cette partie du document est trop longue."), tr(_HINT))
            continue
        try:
            root = read_part(package, name)
        except etree.XMLSyntaxError:
            yield _problem(name, tr("Cette partie du document est illisible."), tr(_HINT))
            continue
        if root.getroottree().docinfo.internalDTD is not None:
            yield _problem(name, tr("Cette partie déclare des entités XML."), tr(_HINT))
        elif name.endswith(".rels"):
            yield from _check_relations(name, root)
        elif name == "[Content_Types].xml":
            yield from _check_types(root)


def _check_types(root: etree._Element) -> Iterator[Problem]:
    types = [node.get("ContentType", "") for node in root]
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in types):
        hint = tr("Enregistrez-le au format .docx, sans macro.")
        yield _problem("", tr("Le document contient des macros (.docm)."), hint)
    elif any(kind.endswith(_TEMPLATE) for kind in types):
        cause = tr("C'est un modèle au format .dotx.")
        yield _problem("", cause, tr("Enregistrez-le au format .docx, puis renvoyez-le."))
    elif _MAIN not in types:
        yield _problem("", tr("Ce fichier n'est pas un document Word (.docx)."), tr(_HINT))


def _check_relations(name: str, root: etree._Element) -> Iterator[Problem]:
    for node in root:
        kind, target = node.get("Type", "").rpartition("/")[2], node.get("Target", "")
        outside = node.get("TargetMode", "").lower() == "external"
        if kind in _BROUGHT and (outside or kind != "image"):
            hint = tr("Retirez-le du modèle, ou insérez-le pour de bon.")
            yield _problem(target[:80], tr(_BROUGHT[kind]), hint)
        elif outside and not (kind == "hyperlink" and target.lower().startswith(_LINKS)):
            cause = tr("Le document renvoie à un fichier qui n'est pas dedans.")
            yield _problem(target[:80], cause, tr("Retirez ce lien du modèle."))
        elif not outside and ".." in PurePosixPath(target).parts and not _stays(name, target):
            yield _problem(target[:80], tr("Le fichier contient des noms de parties trompeurs."), tr(_HINT))


def _stays(rels: str, target: str) -> bool:
    """Whether a relative target stays inside the package."""
    depth = len(PurePosixPath(rels).parent.parent.parts)
    for step in PurePosixPath(target).parts:
        depth += -1 if step == ".." else 1
        if depth < 0:
            return False
    return True


def _problem(where: str, cause: str, hint: str) -> Problem:
    return Problem(CODE, where, cause, hint)
