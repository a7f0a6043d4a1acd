"""What is known of an act beyond what was counted: its address, mail, telephone, device, journey and hour."""

from goodfor.risk.enrichment.addresses import states
from goodfor.risk.enrichment.enriching import enrich, trouble, warm
from goodfor.risk.enrichment.features import FEATURES
from goodfor.risk.enrichment.types import LastSeen, TableState

__all__ = ["FEATURES", "LastSeen", "TableState", "enrich", "states", "trouble", "warm"]
