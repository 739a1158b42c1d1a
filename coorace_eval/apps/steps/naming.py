"""From the words of people to an identifier."""

from __future__ import annotations

import re
import unicodedata


def slug(label: str, taken: set[str], otherwise: str = "indicateur") -> str:
    """An identifier made from a label, different from those taken.

    >>> slug("Repas servis à l'année", set())
    'repas_servis_a_l_annee'
    """
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60] or otherwise
    base = base if base[0].isalpha() else f"i_{base}"
    name, rank = base, 2
    while name in taken:
        name, rank = f"{base}_{rank}", rank + 1
    return name
