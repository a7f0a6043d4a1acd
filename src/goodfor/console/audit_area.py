"""A part of the words of the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass

from goodfor.console.columns import Text


@dataclass(frozen=True, slots=True)
class Area:
    """Actions that belong together. `prefix`: how all of them, and no others, begin; empty where nothing does."""

    title: Text
    actions: Mapping[str, Text]
    prefix: str = ""
