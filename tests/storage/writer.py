"""Write answers one by one and say each one kept; run as a process by the tests of faults."""

from __future__ import annotations

import sys

from coorace_eval.campaigns import Answer
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import ValueStatus


def write(url: str, enterprise: str, prefix: str, many: int) -> None:
    for number in range(many):
        with open_store(url) as store:
            store.record(enterprise, 2025, Answer(f"{prefix}_{number}", number, ValueStatus.RENSEIGNE))
        print(number, flush=True)


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
