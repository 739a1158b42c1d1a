"""The public files of the page: read once, compressed once, kept by browsers while they stay the same."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from tornado import web

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
SERVED = {*TYPES, ".woff", ".ttf", ".png"}
COMPRESSED = {".css", ".js", ".json", ".svg"}
FOREVER = "public, max-age=31536000, immutable"
VERSION = r"(?:v-(?P<version>[0-9a-f]{12})/)?(?P<path>.*)"


@dataclass(frozen=True)
class File:
    """One file as it is sent."""

    stamp: tuple[int, int]
    type: str
    content: bytes
    compressed: bytes | None
    mark: str

    @classmethod
    def of(cls, name: str, content: bytes, stamp: tuple[int, int] = (0, 0)) -> File:
        """A content of this name, compressed where that pays."""
        suffix = PurePosixPath(name).suffix
        smaller = gzip.compress(content, 9, mtime=0) if suffix in COMPRESSED else None
        type = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        return cls(stamp, type, content, smaller, hashlib.sha256(content).hexdigest()[:20])


class Library:
    """Some folders whose files anyone may read.

    Parameters
    ----------
    folders
        Where to look, in this order.
    made
        Texts that no file holds, by their names: they stand beside the files of the first folder.
    """

    def __init__(self, folders: Iterable[str | Path], made: Mapping[str, str] | None = None) -> None:
        self.folders = [Path(folder).resolve() for folder in folders]
        self.made = {name: File.of(name, text.encode()) for name, text in (made or {}).items()}
        self._read: dict[Path, File] = {}

    @cached_property
    def version(self) -> str:
        """What changes as soon as one of the files does; part of their addresses."""
        digest = hashlib.sha256()
        for name, file in sorted(self.made.items()):
            digest.update(name.encode() + b"\0" + file.content)
        for folder in self.folders:
            for path in sorted(folder.rglob("*")):
                if path.suffix in SERVED and path.is_file():
                    digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()[:12]

    def locate(self, path: str) -> Path | None:
        """Where a file stands; nothing outside of the folders, hidden, or of a kind that no page needs."""
        parts = PurePosixPath(path).parts
        if not parts or "\0" in path or "\\" in path or any(part.startswith((".", "/")) for part in parts):
            return None
        for folder in self.folders:
            found = folder.joinpath(*parts)
            if found.suffix in SERVED and found.is_file() and found.resolve().is_relative_to(folder):
                return found
        return None

    async def file(self, path: str) -> File | None:
        """What stands at a path, from memory unless the file has changed; nothing where no page needs any."""
        if path in self.made:
            return self.made[path]
        place = self.locate(path)
        if place is None:
            return None
        found = place.stat()
        stamp = (found.st_mtime_ns, found.st_size)
        known = self._read.get(place)
        if known is None or known.stamp != stamp:
            content = await asyncio.to_thread(place.read_bytes)
            known = self._read[place] = await asyncio.to_thread(File.of, place.name, content, stamp)
        return known


class Files(web.RequestHandler):
    """Gives the files of a library; no session is read for them."""

    route = "/fichiers"

    def initialize(self, library: Library) -> None:
        """Know which library."""
        self.library = library

    async def get(self, path: str, version: str | None = None) -> None:
        """Give one file, compressed where the browser takes it so."""
        file = await self.library.file(path)
        if file is None:
            raise web.HTTPError(404)
        packed = file.compressed is not None and "gzip" in self.request.headers.get("Accept-Encoding", "")
        lasting = version == self.library.version
        self.set_header("Content-Type", file.type)
        self.set_header("Cache-Control", FOREVER if lasting else "no-cache")
        self.set_header("Etag", f'"{file.mark}{"-gz" if packed else ""}"')
        if self.check_etag_header():
            self.set_status(304)
            return
        if packed:
            self.set_header("Content-Encoding", "gzip")
        self.finish(file.compressed if packed else file.content)

    head = get

    def write_error(self, status_code: int, **_: object) -> None:
        """Two words: no person reads this answer."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("Fichier introuvable.")
