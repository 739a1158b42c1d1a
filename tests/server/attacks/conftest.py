"""A federation served with accounts, and what must still be true of it after each attack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from server.attacks.town import Town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One server for the attacks of a module; at their end someone new comes in and is served."""
    town = Town(tmp_path_factory.mktemp("attaque"))
    try:
        yield town.start()
        town.check_serving()
    finally:
        town.stop()


@pytest.fixture(autouse=True)
def unharmed(town: Town) -> Iterator[None]:
    """After each attack, nothing was written that nobody wrote, and the server answers."""
    before = town.written()
    yield
    assert town.written() == before
    assert town.visitor().get("sante").json()["etat"] == "pret"
