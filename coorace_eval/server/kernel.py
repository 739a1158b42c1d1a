"""Start the Python process behind one open page: ``python -P -m coorace_eval.server.kernel -f FILE``."""

from __future__ import annotations

import os
import sys

ABSENT = ("rfc3987_syntax", "debugpy", "jedi")


def forgo() -> None:
    """Declare absent what nobody here asks for, before anything is imported.

    ``import altair`` loads ``jsonschema``, which loads ``rfc3987_syntax`` when it is there; that package
    spends more than a second building a grammar of web addresses. A page is neither debugged nor
    completed: ``debugpy`` and ``jedi`` would only take time and memory.
    """
    for name in ABSENT:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


def main(arguments: list[str] | None = None) -> None:
    """Run one kernel until it is asked to stop; what it writes is for this account only."""
    forgo()
    os.umask(0o077)

    from coorace_eval.server.kernel_app import PageApp

    PageApp.launch_instance(arguments)
    # What a page holds is in the store already. Otherwise its threads may wait for one another, and Python
    # would read its whole memory again to free it.
    os._exit(0)


if __name__ == "__main__":
    main()
