"""Start the Python process behind one open page: ``python -P -m coorace_eval.server.kernel -f FILE``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run one kernel, without a grammar that nobody here asks for.

    ``import altair`` loads ``jsonschema``, which loads ``rfc3987_syntax`` when it is there; that package
    spends more than a second building a grammar of web addresses. jsonschema does without it, so it is
    declared absent before anything is imported.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


if __name__ == "__main__":
    main()
