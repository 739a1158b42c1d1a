"""Auto-évaluation accompagnée de l'utilité sociale territoriale."""

from __future__ import annotations

__version__ = "0.1.0"
