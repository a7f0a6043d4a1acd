"""How the engine does, for Prometheus."""

from typing import Final

from prometheus_client import Counter, Histogram

DECISIONS: Final = Counter("goodfor_risk_decisions", "Decisions by scene and outcome", ["scene", "outcome"])
FAILED: Final = Counter("goodfor_risk_part_failed", "Parts of the engine that did not answer in time", ["part", "how"])
SECONDS: Final = Histogram(
    "goodfor_risk_decision_seconds",
    "From the act to its stored decision",
    buckets=(0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0),
)
