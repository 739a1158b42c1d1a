"""What the pages beside the campaigns share."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from coorace_eval.access import Access
from coorace_eval.accounts import Account, Right, require
from coorace_eval.apps.steps.base import Page


class OutsidePage(Page):
    """A page that belongs to no campaign.

    Parameters
    ----------
    access
        Who opens which store; what they may see is asked anew at each opening.
    """

    name: ClassVar[str]
    """How an address and the menu name the page."""
    right: ClassVar[Right]
    """What an account must be allowed to do, to be on this page."""

    def __init__(self, access: Access) -> None:
        super().__init__()
        self.access = access
        self.going: tuple[str, int] | None = None
        """The campaign that a button leads to."""
        self.entering: tuple[str, str] | None = None
        """The room of that campaign, and what its address adds, where it leads there."""

    @property
    def route(self) -> str:
        """The address of the page."""
        return self.name

    @abstractmethod
    def reload(self) -> None:
        """Read again what the page shows."""

    def admit(self, account: Account | None) -> None:
        """Refuse an account that may not be on this page, or not any more."""
        if account is not None:
            require(account, self.right)

    def _forget_actions(self, field: str = "") -> None:
        """Keep saying what is wrong in a form while its fields are mended one after the other."""
        faults = (
            {} if not field else {name: f for name, f in self.faults.items() if name != field and f.field}
        )
        self.faults = faults
