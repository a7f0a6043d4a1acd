"""What can go wrong with the office, by call."""

from goodfor.sandbox.fault_board import COMMON, FaultBoard, Kinds

CALLS = ("issue", "ask")
#: `slow`: taken on, and written after so many questions.
KINDS: Kinds = {**COMMON, "bad_signature": {}, "refuse": {"code": "refused"}, "slow": {"asks": 2}}


def board() -> FaultBoard:
    """An empty one; wishes say `on`."""
    return FaultBoard(KINDS, "on", CALLS)
