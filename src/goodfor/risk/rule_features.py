"""Everything that a rule may ask about: what is counted, what is known of where an act comes from, what callers say."""

from collections.abc import Mapping
from typing import Final

from goodfor.risk.enrichment.features import FEATURES as ENRICHED
from goodfor.risk.facts import FACTS
from goodfor.risk.features import Feature, catalogue
from goodfor.risk.velocities import FEATURES as COUNTED

CATALOGUE: Final[Mapping[str, Feature]] = catalogue(COUNTED, ENRICHED, FACTS)
