"""Who may come in, and what each may do; knows no store and no screen."""

from __future__ import annotations

from coorace_eval.accounts.model import (
    AccessError,
    Account,
    Link,
    LinkPurpose,
    Role,
    Session,
    new_key,
    normalised,
    refused,
)
from coorace_eval.accounts.passwords import check_password, hash_password, needs_rehash, verify_password
from coorace_eval.accounts.rights import Right, may, require
from coorace_eval.accounts.tokens import digest, new_token

__all__ = [
    "AccessError",
    "Account",
    "Link",
    "LinkPurpose",
    "Right",
    "Role",
    "Session",
    "check_password",
    "digest",
    "hash_password",
    "may",
    "needs_rehash",
    "new_key",
    "new_token",
    "normalised",
    "refused",
    "require",
    "verify_password",
]
