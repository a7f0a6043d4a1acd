"""What the month came to: figures, and the bars of the issue, from the tables, the ledger and the stand-ins' books."""

import statistics
from collections import Counter
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import translation
from rich.console import Console

from goodfor.aftersales import states, wording
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.month.acts import DISHONEST, HONEST, People
from goodfor.cli.month.day import Month
from goodfor.cli.month.world import PACK, World
from goodfor.cli.soak.sql import rows
from goodfor.kernel import invariants
from goodfor.kernel.loops import REGISTRY
from goodfor.kernel.tenancy import platform_job

#: A promise is kept by its second, or what is owed for it is there within the next.
SECOND: Final = timedelta(seconds=1)
_CASES: Final = """
SELECT c.id, c.state, c.action, c.rule, c.why, c.by, c.proven, c.opened_at, c.answer_by, c.decide_by, c.answered_at,
       c.decided_at, c.answer_missed_at, c.decision_missed_at, k.state, c.batch_id, c.paused_at
FROM aftersales_case c JOIN orders_claim k ON k.id = c.id AND k.shop_id = c.shop_id WHERE c.shop_id = %s
"""
#: Money that went back for an order, less than or as much as was paid, and never beside a code in its place.
_TOO_MUCH: Final = """
SELECT o.id FROM orders_order o JOIN payments_payment p ON p.id = o.payment_id AND p.shop_id = o.shop_id
JOIN payments_refund r ON r.payment_id = p.id AND r.shop_id = p.shop_id AND r.state <> 'failed'
WHERE o.shop_id = %s GROUP BY o.id, o.total_minor HAVING sum(r.amount_minor) > o.total_minor
"""
_BOTH: Final = """
SELECT code_id FROM orders_claim_unit WHERE shop_id = %s AND state IN ('refunded', 'replaced')
GROUP BY line_id, code_id HAVING count(*) > 1
"""
#: Who still holds a code of the batch and has heard nothing.
_ALONE: Final = """
SELECT count(*) FROM vault_code c JOIN vault_lot l ON l.id = c.lot_id AND l.shop_id = c.shop_id
WHERE c.shop_id = %s AND l.batch_id = %s AND c.state = 2
  AND NOT EXISTS (SELECT 1 FROM aftersales_recall_item i WHERE i.shop_id = c.shop_id AND i.line_id = c.holder_id)
  AND NOT EXISTS (SELECT 1 FROM aftersales_case k WHERE k.shop_id = c.shop_id AND k.line_id = c.holder_id)
"""


def result(world: World, month: Month, crew: People, console: Console, seconds: float) -> BenchResult:
    """All of it."""
    with platform_job("month"):
        found = {row[0]: row for row in rows(_CASES, world.shop_id)}
        late = _broken_promises(world, found)
        refused = _refused(crew, found)
        bad = _bad_batch(world, crew, found)
        money = _money(world)
        wrong = _truths(world)
        twice, both = len(rows(_TOO_MUCH, world.shop_id)), len(rows(_BOTH, world.shop_id))
    decided = [row for row in found.values() if row[11] is not None]
    alone = sum(1 for row in decided if row[5] == "system") / max(1, len(decided))
    unexplained = _unexplained(found)
    for text in [*month.errors[:8], *late[:8], *wrong[:8]]:
        console.print(text, markup=False)
    figures: dict[str, Any] = {
        "orders": crew.bought, "out_of_stock": crew.out_of_stock, "claims": len(found), "seconds": round(seconds),
        "done": month.done, "errors": len(month.errors),
        "actions": dict(Counter(row[2] or row[1] for row in found.values())),
        "rules": dict(Counter(row[3] for row in found.values()).most_common(24)), **refused[0], **bad[0], **money[0],
        "decided_alone": round(alone, 4), "median_answer_s": _median(found),
    }  # fmt: skip
    bars = [
        Bar("promises broken, or owed a second later", len(late), "0", not late),
        Bar("orders given more back than was paid", twice, "0", twice == 0),
        Bar("codes with a refund and a replacement", both, "0", both == 0),
        *refused[1],
        Bar("decided with nobody touching it", round(alone, 4), ">= 0.9", alone >= 0.9),
        Bar("decisions without words for the buyer", unexplained, "0", unexplained == 0),
        *bad[1],
        *money[1],
        Bar("truths broken", len(wrong), "0", not wrong),
        Bar("acts that failed", len(month.errors), "0", not month.errors),
    ]
    return BenchResult("month", figures, bars)


def _median(found: dict[UUID, tuple[Any, ...]]) -> float:
    waited = [(row[10] - row[7]).total_seconds() for row in found.values() if row[10] is not None]
    return round(statistics.median(waited), 1) if waited else 0.0


def _broken_promises(world: World, found: dict[UUID, tuple[Any, ...]]) -> list[str]:
    """Neither kept in time nor paid for at once."""
    paid = {(row[0], row[1]): row[2] for row in rows(
        "SELECT case_id, kind, made_at FROM aftersales_grant WHERE shop_id = %s AND case_id IS NOT NULL", world.shop_id
    )}  # fmt: skip
    wrong, now = [], world.told.at
    for case_id, row in found.items():
        if row[16] is not None:
            continue
        for due, done, missed, kind in (
            (row[8], row[10], row[12], states.GOODWILL_ANSWER), (row[9], row[11], row[13], states.GOODWILL_DECISION),
        ):  # fmt: skip
            kept = done is not None and done <= due
            if (kept and missed is None) or due > now:
                continue
            granted = paid.get((case_id, kind))
            if missed is None or missed > due + SECOND or granted is None or granted > due + SECOND:
                wrong.append(f"{case_id}: {kind} due {due}, done {done}, missed {missed}, owed since {granted}")
    return wrong


def _refused(crew: People, found: dict[UUID, tuple[Any, ...]]) -> tuple[dict[str, Any], list[Bar]]:
    """How many of the dishonest, and of the honest with a good reason, ended with a refusal; and, beside them, of those
    who were out to cheat and got a code that is bad indeed: where its supplier tells nothing, nobody can know."""
    made: Counter[str] = Counter()
    no: Counter[str] = Counter()
    for case_id, told in crew.claims.items():
        kind = told.kind if told.kind != HONEST or told.truth or told.unseen else "mind_seen"
        made[kind] += 1
        no[kind] += found[case_id][14] == "rejected"
    cheats, honest = no[DISHONEST] / max(1, made[DISHONEST]), no[HONEST] / max(1, made[HONEST])
    why = Counter(
        f"{found[case_id][3] or found[case_id][4]} by {found[case_id][5]}"
        for case_id, told in crew.claims.items()
        if told.kind == HONEST and (told.truth or told.unseen) and found[case_id][14] == "rejected"
    )
    figures = {
        "honest_refused_by": dict(why),
        "claims_made": dict(made), "claims_refused": dict(no), "dishonest_refused": round(cheats, 4),
        "honest_refused": round(honest, 5),
    }  # fmt: skip
    return figures, [
        Bar("dishonest claims refused", round(cheats, 4), ">= 0.8", cheats >= 0.8),
        Bar("honest claims refused", round(honest, 5), "<= 0.005", honest <= 0.005),
    ]


def _bad_batch(world: World, crew: People, found: dict[UUID, tuple[Any, ...]]) -> tuple[dict[str, Any], list[Bar]]:
    """When the bad batch was pulled, and whether all who held it were told or made whole."""
    batches = Counter(
        row[15] for case_id, row in found.items()
        if case_id in crew.claims and crew.claims[case_id].bad and row[15] is not None
    )  # fmt: skip
    pulled = rows("SELECT batch_id, pulled_at FROM aftersales_batch_watch WHERE shop_id = %s AND pulled_at IS NOT NULL",
                  world.shop_id)  # fmt: skip
    batch = max(batches, key=lambda one: batches[one]) if batches else None
    at = dict(pulled).get(batch)
    # Those of buyers: the recall, which is begun in the same second, opens its own for whoever has not looked.
    before = sum(1 for case_id in crew.claims if found[case_id][15] == batch and at and found[case_id][7] <= at)
    alone = rows(_ALONE, world.shop_id, batch)[0][0]
    told = rows("SELECT count(*) FROM aftersales_recall_item i JOIN aftersales_recall r"
                " ON r.id = i.recall_id AND r.shop_id = i.shop_id WHERE i.shop_id = %s AND r.batch_id = %s",
                world.shop_id, batch)[0][0]  # fmt: skip
    figures = {"bad_pack": PACK, "pulled_after_claims": before, "bad_told": told, "bad_left_alone": alone,
               "batches_pulled": len(pulled)}  # fmt: skip
    return figures, [
        Bar(
            "claims until the bad batch was off sale",
            before if at else "never",
            "<= 10",
            at is not None and before <= 10,
        ),
        Bar("its holders neither told nor made whole", alone, "0", at is not None and alone == 0),
        Bar("good batches pulled", max(0, len(pulled) - 1), "0", len(pulled) <= 1),
    ]


def _money(world: World) -> tuple[dict[str, Any], list[Bar]]:
    """Reserve, claims on suppliers and the profit of orders, each from two sides."""
    shop = world.shop_id

    def balance(pattern: str) -> int:
        return int(rows(
            "SELECT coalesce(sum(p.amount_minor), 0) FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
            " WHERE a.shop_id = %s AND p.shop_id = %s AND a.code LIKE %s", shop, shop, pattern)[0][0])  # fmt: skip

    grants = rows("SELECT state, sum(amount_minor) FROM aftersales_grant WHERE shop_id = %s GROUP BY 1", shop)
    owed, paid = (int(dict(grants).get(state, 0)) for state in (states.OWED, states.PAID))
    due = int(rows("SELECT coalesce(sum(amount_minor - settled_minor), 0) FROM aftersales_recovery WHERE shop_id = %s"
                   " AND state IN ('due', 'sent')", shop)[0][0])  # fmt: skip
    profit = int(rows(
        "SELECT coalesce(sum(p.amount_minor), 0) FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
        " WHERE a.shop_id = %s AND p.shop_id = %s AND left(a.code, 1) IN ('5', '6') AND p.order_id IS NOT NULL",
        shop, shop)[0][0])  # fmt: skip
    total = balance("5%") + balance("6%")
    shared = int(rows(
        "SELECT coalesce(sum(p.amount_minor), 0) FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
        " WHERE a.shop_id = %s AND p.shop_id = %s AND left(a.code, 1) IN ('5', '6') AND p.order_id IS NULL",
        shop, shop)[0][0])  # fmt: skip
    figures = {
        "granted_owed_minor": owed, "granted_paid_minor": paid, "reserve_minor": -balance("2801:reserve:%"),
        "claims_on_suppliers_minor": balance("1221:supplier:%"), "recoveries_open_minor": due,
        "profit_of_orders_minor": -profit, "profit_shared_minor": -shared,
    }  # fmt: skip
    return figures, [
        Bar("owed compensation: books and grants", f"{-balance('2205:compensation')} and {owed}", "equal",
            -balance("2205:compensation") == owed),
        Bar("reserve", figures["reserve_minor"], ">= 0", figures["reserve_minor"] >= 0),
        Bar("profit: of orders and shared, and the books", f"{-profit - shared} and {-total}", "equal",
            profit + shared == total),
        Bar("books sum to zero", balance("%"), "0", balance("%") == 0),
    ]  # fmt: skip


def _unexplained(found: dict[UUID, tuple[Any, ...]]) -> int:
    """Decisions whose words are missing in one of the languages."""
    missing = 0
    for why in {row[4] for row in found.values() if row[11] is not None}:
        for language in ("zh-hans", "en"):
            with translation.override(language):
                if not str(wording.WHY.get(why, "")).strip():
                    missing += 1
    return missing


def _truths(world: World) -> list[str]:
    while REGISTRY["kernel.seal_audit"].fn(world.told.at):
        pass
    with transaction.atomic():
        results = [invariants.run(one, world.told.at) for one in invariants.REGISTRY]
    return [f"{one.invariant.name}: {one.violations[:2]}" for one in results if not one.ok]
