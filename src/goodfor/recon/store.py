"""The statements of comparing as functions, in their caller's transaction, on the temporary tables of `begin`."""

import json
from collections.abc import Sequence
from importlib import resources
from typing import Any, Final
from uuid import UUID

from django.db import connection

from goodfor.kernel.money import EXPONENTS
from goodfor.kernel.sql import Row, Statement
from goodfor.recon import states
from goodfor.recon.types import Scope

#: Kinds of rows that each area compares.
KINDS: Final = {
    states.CHANNEL: ("payment", "refund"),
    states.SUPPLIER: ("charge", "credit"),
    states.SPLIT: ("share", "return"),
    states.WALLET: ("payment", "refund"),
}
_WORK: Final = resources.files(__package__ or "goodfor.recon").joinpath("sql/work.sql").read_text(encoding="utf-8")


def _sql(name: str) -> Statement:
    # Sizes differ by a million: each is planned for what is there.
    return Statement(__package__, f"sql/{name}.sql", planned_each_time=True)


_RETIRE_GONE, _RETIRE_CHANGED, _INSERT_ROWS = _sql("retire_gone"), _sql("retire_changed"), _sql("insert_rows")
_PICK_THEIRS, _PICK_OURS, _PICK_BOOKS = _sql("pick_theirs"), _sql("pick_ours"), _sql("pick_books")
_PERSON, _KEY, _OTHER = _sql("pair_person"), _sql("pair_key"), _sql("pair_other")
_AGREEING = (_sql("pair_exact"), _sql("pair_loose"), _sql("pair_alternate"))
_LEFT_THEIRS, _BRING_KNOWN, _BRING_STAGED = _sql("left_theirs"), _sql("bring_known"), _sql("bring_staged")
_JUDGE = {
    states.CHANNEL: _sql("judge_channel"),
    states.SPLIT: _sql("judge_channel"),
    states.WALLET: _sql("judge_channel"),
    states.SUPPLIER: _sql("judge_supplier"),
}
_LEFT = {
    states.CHANNEL: _sql("found_left_channel"),
    states.SPLIT: _sql("found_left_channel"),
    states.WALLET: _sql("found_left_channel"),
    states.SUPPLIER: _sql("found_left_supplier"),
}
_FOUND_PAIRS, _FOUND_FEE, _FOUND_OURS = _sql("found_pairs"), _sql("found_fee"), _sql("found_left_ours")
_GAPS, _GAPS_ELSEWHERE, _FOUND_GAPS = _sql("gaps"), _sql("gaps_elsewhere"), _sql("found_gaps")
_FOUND_WHOLE = _sql("found_whole")
_BOOKS_ONLY, _BOOKS_KNOWN, _FOUND_BOOKS = _sql("books_only"), _sql("books_known"), _sql("found_books")
_MATCHES, _SUMS, _SUGGEST, _FOUND = _sql("write_matches"), _sql("match_sums"), _sql("suggest"), _sql("found")
_POOL_FREE, _POOL_LEAVE, _POOL_ENTER = _sql("pool_free"), _sql("pool_leave"), _sql("pool_enter")
_POOL_BROUGHT = _sql("pool_brought")
_SETTLED_LATER = _sql("settled_later")


def named(scope: Scope, **more: Any) -> dict[str, Any]:
    """The parameters that every statement may use."""
    return {
        "shop_id": scope.shop_id, "area": scope.area, "account": scope.account, "day": scope.day,
        "kinds": list(KINDS[scope.area]), **more,
    }  # fmt: skip


def units(currency: str) -> int:
    """Minor units in a unit of the currency."""
    return int(10 ** EXPONENTS[currency])


def begin() -> None:
    """Make the temporary tables anew; for the rest of the transaction, statements may take long."""
    with connection.cursor() as cursor:
        cursor.execute(_WORK)


def _analyze(*tables: str) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {table}")


def merge(scope: Scope, side: str, *, whole: bool) -> int:
    """Take what is staged into the rows of a side; how many are new. `whole`: all that it says of the day."""
    params = named(scope, side=side)
    if whole:
        _RETIRE_GONE.run(params)
    _RETIRE_CHANGED.run(params)
    return _INSERT_ROWS.run(params)


def pick(scope: Scope) -> None:
    """Put the rows that are to be compared side by side."""
    _PICK_THEIRS.run(named(scope, side=scope.area))
    _PICK_OURS.run(named(scope))
    _PICK_BOOKS.run(named(scope))
    _analyze("recon_t", "recon_o", "recon_b")


def pair_agreeing(scope: Scope) -> None:
    """Passes 0 to 2: a person's word, our number, theirs."""
    _PERSON.run(named(scope))
    for statement in _AGREEING:
        statement.run(named(scope))
        _analyze("recon_pairs")


def pair_differing(scope: Scope) -> None:
    """What has a number in common, whatever else differs."""
    _KEY.run(named(scope))
    _OTHER.run(named(scope))
    _analyze("recon_pairs")


def left_theirs() -> list[tuple[str, str]]:
    """(our number, theirs) of rows of theirs without a twin."""
    return [(row[0], row[1]) for row in _LEFT_THEIRS.rows({})]


def bring_known(scope: Scope) -> int:
    """Fetch rows of ours of other days that bear a number which is left; how many."""
    return _BRING_KNOWN.run(named(scope))


def bring_staged(scope: Scope) -> int:
    """Fetch rows of ours that were just taken in; how many."""
    return _BRING_STAGED.run(named(scope))


def judge(scope: Scope) -> None:
    """Say what each pair means."""
    _JUDGE[scope.area].run(named(scope))
    _analyze("recon_judged")


def find(scope: Scope, *, ours_only: str, pool_days: int, tolerance: str, units: int) -> None:
    """Write down what differs between ours and theirs. `units`: minor units in a unit of the currency."""
    _FOUND_PAIRS.run(named(scope))
    if scope.area == states.CHANNEL:
        _FOUND_FEE.run(named(scope, tolerance=tolerance, units=units))
    _LEFT[scope.area].run(named(scope))
    _FOUND_OURS.run(named(scope, category=ours_only, pool_days=pool_days))


def gaps(scope: Scope) -> list[str]:
    """References that matched rows should have in the books and have nowhere yet."""
    _GAPS.run(named(scope))
    return gaps_left(scope)


def gaps_left(scope: Scope) -> list[str]:
    """Those of them that no row of the books has filled meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE recon_gap")
        _GAPS_ELSEWHERE.run(named(scope))
        cursor.execute("SELECT DISTINCT post_ref FROM recon_gap")
        return [row[0] for row in cursor.fetchall()]


def books_only(scope: Scope) -> dict[str, int]:
    """Reference -> what the books moved under it, where nothing of ours that was compared has it."""
    return {row[0]: row[1] for row in _BOOKS_ONLY.rows(named(scope))}


def books_known(scope: Scope, refs: Sequence[str]) -> dict[str, int]:
    """Which of these references a row of ours that was just taken in has, and with what amount."""
    return {row[0]: row[1] for row in _BOOKS_KNOWN.rows(named(scope, refs=list(refs)))}


def found_gaps(scope: Scope, only: dict[str, int]) -> None:
    """Write down what the books lack, and what they alone have."""
    _FOUND_GAPS.run(named(scope))
    if only:
        _FOUND_BOOKS.run(named(scope, refs=list(only), amounts=list(only.values())))


def note_whole(scope: Scope, wrong: Sequence[tuple[str, str, int, dict[str, Any]]]) -> None:
    """Write down what is wrong with the day as a whole: (category, what, risk, detail)."""
    for category, what, risk, detail in wrong:
        params = {"category": category, "what": what, "risk": risk, "detail": json.dumps({"what": what, **detail})}
        _FOUND_WHOLE.run(named(scope, **params))


def write_matches(scope: Scope, run_id: UUID) -> None:
    """Keep the run's matches."""
    _MATCHES.run(named(scope, run_id=run_id))


def sums() -> Row:
    """(matches, their amount, ours, theirs, books, the books' movement, theirs)."""
    row = _SUMS.row({})
    assert row is not None
    return row


def suggestions(near_seconds: int) -> dict[int, tuple[int, str, int]]:
    """Row of theirs -> (row of ours, its source, seconds between) that a person may say belong together."""
    return {row[0]: (row[1], row[2], row[3]) for row in _SUGGEST.rows({"near": f"{near_seconds} seconds"})}


def found() -> list[Row]:
    """(category, business key, ours, theirs, risk, detail, row of ours, row of theirs), in a fixed order."""
    return [
        (*row[:5], *(json.loads(word) if isinstance(word, str) else word for word in row[5:]))
        for row in _FOUND.rows({})
    ]


def pool_free(scope: Scope, runs: Sequence[UUID]) -> None:
    """Take back what replaced runs did to the pool."""
    _POOL_FREE.run(named(scope, runs=list(runs)))


def pool_settle(scope: Scope, run_id: UUID, pool_days: int) -> int:
    """Let rows leave and enter the pool; how many entered."""
    _POOL_LEAVE.run(named(scope, run_id=run_id))
    _POOL_BROUGHT.run(named(scope, run_id=run_id))
    return _POOL_ENTER.run(named(scope, run_id=run_id, pool_days=pool_days))


def settled_later(scope: Scope) -> list[UUID]:
    """Live cases of rows whose twin this run has found after all."""
    return [row[0] for row in _SETTLED_LATER.rows(named(scope))]
