"""Who may do what: one table, read by everything that gives access."""

from __future__ import annotations

from enum import Enum, auto

from coorace_eval.accounts.model import Account, Role, refused


class Right(Enum):
    """What an account may be allowed to do."""

    READ = auto()
    """Read the figures and words of an enterprise."""
    WRITE = auto()
    """Change them."""
    OPEN = auto()
    """Open a campaign for an enterprise."""
    FOUND = auto()
    """Add an enterprise to the store, and become a member of it."""
    PEOPLE = auto()
    """Invite and help the people of an enterprise."""
    ACCOUNTS = auto()
    """Manage every account, whatever its role."""
    NETWORK = auto()
    """See the protected figures of the network."""
    PROGRESS = auto()
    """See how far the campaigns are, without a figure."""
    AUDIT = auto()
    """See who saw and who changed."""


class _Scope(Enum):
    OWN = auto()
    """The enterprises one is a member of."""
    ALL = auto()


_OWN, _ALL = _Scope.OWN, _Scope.ALL

TABLE: dict[Role, dict[Right, _Scope]] = {
    Role.ENTREPRISE: {
        Right.READ: _OWN, Right.WRITE: _OWN, Right.OPEN: _OWN, Right.AUDIT: _OWN,
    },
    Role.REFERENT: {
        Right.READ: _OWN, Right.WRITE: _OWN, Right.OPEN: _OWN, Right.AUDIT: _OWN,
        Right.PEOPLE: _OWN, Right.PROGRESS: _OWN, Right.FOUND: _ALL, Right.NETWORK: _ALL,
    },
    Role.CHERCHEUR: {
        Right.NETWORK: _ALL,
    },
    Role.FEDERATION: {
        Right.ACCOUNTS: _ALL, Right.NETWORK: _ALL, Right.PROGRESS: _ALL, Right.AUDIT: _ALL,
    },
}  # fmt: skip
"""What is not written here is refused: the fédération never reads an enterprise's figures or words."""


def may(account: Account, right: Right, enterprise: str | None = None) -> bool:
    """Whether the account has a right.

    Parameters
    ----------
    enterprise
        For which enterprise; without it, whether the role holds the right at all, such as to show a
        page. An empty text is an enterprise that nobody is a member of.
    """
    scope = TABLE[account.role].get(right)
    if scope is None or not account.active:
        return False
    return enterprise is None or scope is _ALL or enterprise in account.enterprises


def everywhere(account: Account, right: Right) -> bool:
    """Whether the account has a right for every enterprise."""
    return account.active and TABLE[account.role].get(right) is _ALL


def require(account: Account, right: Right, enterprise: str | None = None) -> None:
    """Refuse what the account may not do.

    The words are the same whether the enterprise is someone else's or does not exist.

    Raises
    ------
    AccessError
        ACC-001.
    """
    if not may(account, right, enterprise):
        raise refused("ACC-001", "Votre compte ne donne pas accès à cela.")
