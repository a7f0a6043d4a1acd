"""Following the postings, once each and without gaps, however transactions commit: by the database's transaction ids.

Only transactions below the oldest running one are handed out, so a position that was reached never gets anything before
it. After a logical restore all ids are 0 (`after_restore`): whoever keeps a position begins anew then.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.sql import Statement
from goodfor.ledger.types import Position, PostingRow

OF = Statement(__package__, "sql/postings_of.sql", planned_each_time=True)
ALL = Statement(__package__, "sql/postings_all.sql", planned_each_time=True)
HORIZON = Statement(__package__, "sql/horizon.sql")

PAGE = 10_000
START: Position = (0, 0, 0)
END = str(2**63 - 1)


def horizon() -> int:
    """The transaction id below which everything is decided, now: `upto_xid` for a stream that shall end."""
    row = HORIZON.row({})
    assert row is not None
    return int(row[0])


def postings(
    shop_id: UUID,
    *,
    codes: Sequence[str] = (),
    prefixes: Sequence[str] = (),
    after: Position | None = None,
    upto_xid: int | None = None,
    limit: int = 1_000,
) -> list[PostingRow]:
    """A page of posted lines by (xid, tx_id, seq), after a position; fewer than `limit` rows: that was all for now.

    Of the accounts with these codes or beginnings, or of all when neither is given; `upto_xid`: only below it.
    Raises InvalidInput (limit over 10,000).
    """
    if not 1 <= limit <= PAGE:
        raise InvalidInput("limit out of range", limit=PAGE)
    xid, tx_id, seq = after or START
    upto = END if upto_xid is None else str(upto_xid)
    params = {"shop_id": shop_id, "xid": str(xid), "tx_id": tx_id, "seq": seq, "upto": upto, "limit": limit}
    if codes or prefixes:
        rows = OF.rows({**params, "codes": list(codes), "prefixes": list(prefixes)})
    else:
        rows = ALL.rows(params)
    return [PostingRow(*(*row[:15], int(row[15]), *row[16:])) for row in rows]


def all_postings(
    shop_id: UUID,
    *,
    codes: Sequence[str] = (),
    prefixes: Sequence[str] = (),
    after: Position | None = None,
    upto_xid: int | None = None,
) -> Iterator[PostingRow]:
    """All of them, read page by page, up to what is decided when it begins."""
    upto = horizon() if upto_xid is None else upto_xid
    while True:
        page = postings(shop_id, codes=codes, prefixes=prefixes, after=after, upto_xid=upto, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].position
