"""Use cases of risk control."""

from goodfor.risk.limits import take
from goodfor.risk.operations.assess import assess
from goodfor.risk.operations.note import note

__all__ = ["assess", "note", "take"]
