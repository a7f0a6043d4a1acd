"""What must hold in the ledger, as SQL over all shops; each returns (subject, detail) of what violates it."""

from importlib import resources

from goodfor.kernel.invariants import Invariant

ROOM = "ledger"


def _sql(name: str) -> str:
    return resources.files("goodfor.ledger").joinpath(f"sql/invariants/{name}.sql").read_text(encoding="utf-8")


BALANCED = Invariant(
    "ledger.balanced",
    ROOM,
    "postings of each transaction, currency and layer sum to zero, at least two of them",
    _sql("balanced"),
)
FITTING = Invariant(
    "ledger.postings_fit", ROOM, "postings fit their transaction and account, in the same shop", _sql("postings_fit")
)
GUARDED = Invariant(
    "ledger.guarded_balances", ROOM, "guarded balances equal their postings and keep their floor", _sql("guarded")
)
ROLLUP = Invariant("ledger.rollup", ROOM, "rollup and tail add up to the postings", _sql("rollup"))
DAILY = Invariant("ledger.daily", ROOM, "daily balances equal the postings below their watermark", _sql("daily"))
SEAL_UNBROKEN = Invariant("ledger.seal", ROOM, "the hash chain over recorded transactions is unbroken", _sql("seal"))
CHART = Invariant("ledger.chart", ROOM, "each account is in the chart, with its type and side", _sql("chart"))
UNDONE_ONCE = Invariant(
    "ledger.undone_once", ROOM, "a transaction is reversed or settled once, and exactly", _sql("undone_once")
)
HOLDS = Invariant("ledger.holds", ROOM, "no hold is older than a day", _sql("holds"))
PERIODS = Invariant(
    "ledger.periods",
    ROOM,
    "nothing was posted into a closed month, only adjustments into a soft-closed one",
    _sql("periods"),
)
XIDS = Invariant("ledger.transaction_ids", ROOM, "no stored transaction id lies in the future", _sql("transaction_ids"))

INVARIANTS: list[Invariant] = [
    BALANCED,
    FITTING,
    GUARDED,
    ROLLUP,
    DAILY,
    SEAL_UNBROKEN,
    CHART,
    UNDONE_ONCE,
    HOLDS,
    PERIODS,
    XIDS,
]
