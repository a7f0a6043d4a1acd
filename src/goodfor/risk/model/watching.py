"""How far the acts of late differ from those that a shop's champion learned from."""

from datetime import datetime
from functools import partial
from uuid import UUID

from goodfor.risk.model import boosting, scoring
from goodfor.risk.model.drift import Drift, drift
from goodfor.risk.model.registry import model_report
from goodfor.risk.model.source import newest


def champion_drift(shop_id: UUID, group: str, since: datetime, until: datetime, limit: int = 5000) -> Drift | None:
    """Of the newest decisions in [since, until), `limit` at most; None where no champion scores."""
    champion = scoring.serving(shop_id, group).champion
    if champion is None:
        return None
    report = model_report(shop_id, champion.id)[1]
    snapshots = newest(shop_id, group, since, until, limit)
    return drift(report, champion.encoding, snapshots, partial(boosting.raw_scores, champion.booster))
