"""What a refused act leaves behind on purpose: that it was tried, how it was judged, and how doors count it."""

_KEPT = (
    "risk_event", "risk_decision", "risk_entity", "risk_take", "risk_door_", "risk_used_challenge", "risk_link",
    "risk_quarantine",
)  # fmt: skip


def is_trace(table: str) -> bool:
    """Whether rows of this table, or of one of its months, may come with a refusal."""
    return table.startswith(_KEPT)
