"""What a browser or a letter carries, and the trace of it that the store keeps."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """A secret that nobody guesses: 32 random bytes, fit for an address or a cookie."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """The trace of a token that may be stored: whoever reads the store cannot come in with it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
