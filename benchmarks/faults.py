"""What is kept when all breaks: people enter figures while processes, server and network fail at random.

Run ``python benchmarks/faults.py --minutes 10``, with the extra ``test`` installed, or ``make faults``.
Two of the people have a real browser; every other one speaks to the server as the page does.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from apps.browser import ARGUMENTS, chromium_path  # noqa: E402
from server.faults import run  # noqa: E402


def main() -> int:
    """Run, print the table, and fail when something acknowledged is lost or not shown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=12)
    chosen = parser.parse_args()
    path = chromium_path()
    if path is None:
        sys.exit("Il manque Chromium. Sur Debian : sudo apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        report = run(
            Path(folder),
            browser,
            seconds=60 * chosen.minutes,
            seed=chosen.seed,
            writers=chosen.people - 2,
            every=(3, 10),
        )
        browser.close()
    print(report.table())
    for line in (*report.lost, *report.unseen):
        print("!", line)
    return 1 if report.lost or report.unseen else 0


if __name__ == "__main__":
    sys.exit(main())
