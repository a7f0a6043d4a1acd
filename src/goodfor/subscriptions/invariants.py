"""Truths about subscriptions."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.subscriptions import states

#: What of a period is owed in time.
_OWED = "p.price_minor - p.recognised_minor - p.credited_minor - p.back_deferred_minor"

INVARIANTS = [
    Invariant(
        name="subscriptions_are_owed",
        room="subscriptions",
        why="what the books owe in time is what was paid for periods and is neither income nor given back, and what of"
        " it paid for picks; refunds of picks count once they are noted",
        sql=f"""
        SELECT coalesce(s.shop_id, b.shop_id)::text || ' ' || coalesce(s.currency, b.currency),
               'periods ' || coalesce(s.owed, 0) || ', books ' || coalesce(b.owed, 0)
        FROM (SELECT shop_id, currency, sum(owed) AS owed FROM (
                  SELECT p.shop_id, p.currency, {_OWED} AS owed
                    FROM subscriptions_period p WHERE p.state IN ('paid', 'closed', 'refunded')
                  UNION ALL
                  SELECT k.shop_id, d.currency, -k.minor FROM subscriptions_pick_back k
                    JOIN subscriptions_pick c ON c.shop_id = k.shop_id AND c.id = k.pick_id
                    JOIN subscriptions_period d ON d.shop_id = c.shop_id AND d.id = c.period_id) w
              GROUP BY shop_id, currency) s
        FULL JOIN (SELECT p.shop_id, a.currency, -sum(p.amount_minor) AS owed
                     FROM ledger_account a
                     JOIN ledger_posting p ON p.account_id = a.id AND p.shop_id = a.shop_id AND p.layer = 0
                     JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
                    WHERE a.code = '2203:subscription' AND t.kind <> 'refund_paid' GROUP BY 1, 2) b
               USING (shop_id, currency)
        WHERE coalesce(s.owed, 0) <> coalesce(b.owed, 0)
        """,  # noqa: S608
    ),
    Invariant(
        name="subscription_income_is_of_periods",
        room="subscriptions",
        why="subscription income of the books is what periods say was recognised, less what was given back of it",
        sql="""
        SELECT coalesce(s.shop_id, b.shop_id)::text,
               'periods ' || coalesce(s.minor, 0) || ', books ' || coalesce(b.minor, 0)
        FROM (SELECT shop_id, currency, sum(recognised_minor - back_income_minor) AS minor
                FROM subscriptions_period GROUP BY 1, 2) s
        FULL JOIN (SELECT p.shop_id, a.currency, -sum(p.amount_minor) AS minor
                     FROM ledger_account a
                     JOIN ledger_posting p ON p.account_id = a.id AND p.shop_id = a.shop_id AND p.layer = 0
                    WHERE a.code = '5001:sub' GROUP BY 1, 2) b USING (shop_id, currency)
        WHERE coalesce(s.minor, 0) <> coalesce(b.minor, 0)
        """,
    ),
    Invariant(
        name="subscription_periods_paid_once",
        room="subscriptions",
        why="a period is paid by one charge of its amount, and what else came for it goes back",
        sql="""
        SELECT p.id::text, p.state || ', payment ' || coalesce(y.state, 'none') || ' of ' || coalesce(y.amount_minor, 0)
        FROM subscriptions_period p
        LEFT JOIN payments_payment y ON y.shop_id = p.shop_id AND y.id = p.payment_id
        WHERE p.payment_id IS NOT NULL
          AND (y.id IS NULL OR y.state <> 'succeeded' OR NOT y.settles OR y.source_type <> 'subscription_period'
               OR y.source_id <> p.id OR y.amount_minor <> p.price_minor - p.credit_minor)
        UNION ALL
        SELECT y.id::text, 'kept ' || y.captured_minor - y.refunded_minor || ' for no period'
        FROM payments_payment y
        LEFT JOIN subscriptions_period p ON p.shop_id = y.shop_id AND p.payment_id = y.id
        WHERE y.source_type = 'subscription_period' AND y.state = 'succeeded'
          AND y.captured_minor - y.refunded_minor
              > CASE WHEN p.id IS NULL THEN 0 ELSE p.price_minor - p.credit_minor END
        """,
    ),
    Invariant(
        name="subscription_refunds_are_noted",
        room="subscriptions",
        why="what a period says was given back is what refunds of it say",
        sql="""
        SELECT p.id::text,
               'period ' || p.back_deferred_minor + p.back_income_minor || ', refunds ' || coalesce(r.minor, 0)
        FROM subscriptions_period p
        LEFT JOIN (SELECT n.shop_id, n.period_id, sum(f.amount_minor) AS minor
                     FROM subscriptions_refund n
                     JOIN payments_refund f ON f.shop_id = n.shop_id AND f.id = n.refund_id
                      AND f.amount_minor = n.deferred_minor + n.income_minor GROUP BY 1, 2) r
               ON r.shop_id = p.shop_id AND r.period_id = p.id
        WHERE p.back_deferred_minor + p.back_income_minor <> coalesce(r.minor, 0)
        UNION ALL
        SELECT n.refund_id::text, 'noted, and not asked for' FROM subscriptions_refund n
        LEFT JOIN payments_refund f ON f.shop_id = n.shop_id AND f.id = n.refund_id
        WHERE f.amount_minor IS DISTINCT FROM n.deferred_minor + n.income_minor
        """,
    ),
    Invariant(
        name="subscription_credits_move_on",
        room="subscriptions",
        why="what an upgrade was credited is what the period that it ended was still worth",
        sql="""
        SELECT n.id::text, 'credit ' || n.credit_minor || ', of the old one ' || coalesce(o.credited_minor, 0)
        FROM subscriptions_period n
        LEFT JOIN subscriptions_period o ON o.shop_id = n.shop_id AND o.id = n.replaces
        WHERE n.state IN ('paid', 'closed', 'refunded') AND n.credit_minor <> coalesce(o.credited_minor, 0)
        UNION ALL
        SELECT o.id::text, 'credited ' || o.credited_minor || ' to nothing'
        FROM subscriptions_period o
        WHERE o.credited_minor > 0 AND NOT EXISTS (
            SELECT FROM subscriptions_period n WHERE n.shop_id = o.shop_id AND n.replaces = o.id
               AND n.state IN ('paid', 'closed', 'refunded'))
        """,
    ),
    Invariant(
        name="subscription_periods_do_not_overlap",
        room="subscriptions",
        why="of a subscription one paid period follows the other",
        sql="""
        SELECT p.id::text, 'begins before ' || p.before FROM (
            SELECT id, starts_at, max(ends_at) OVER (PARTITION BY shop_id, subscription_id ORDER BY number
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
              FROM subscriptions_period WHERE state IN ('paid', 'closed')) p
        WHERE p.starts_at < p.before
        """,
    ),
    Invariant(
        name="picks_within_their_periods",
        room="subscriptions",
        why="a period has as many picks as it says, none beyond its quota, each an order that it paid",
        sql="""
        SELECT p.id::text, 'says ' || p.picked || ', there ' || coalesce(k.n, 0) || ' of ' || p.picks + p.carried
        FROM subscriptions_period p
        LEFT JOIN (SELECT shop_id, period_id, count(*) AS n FROM subscriptions_pick WHERE state = 'taken'
                    GROUP BY 1, 2) k
               ON k.shop_id = p.shop_id AND k.period_id = p.id
        WHERE p.picked <> coalesce(k.n, 0) OR p.picked + p.given + p.carried_out > p.picks + p.carried
        UNION ALL
        SELECT coalesce(k.id, y.id)::text, 'pick ' || coalesce(k.minor, 0) || ', paid ' || coalesce(y.amount_minor, 0)
        FROM subscriptions_pick k
        FULL JOIN (SELECT * FROM payments_payment WHERE wallet_account = '2203:subscription') y
               ON y.shop_id = k.shop_id AND y.id = k.payment_id
        WHERE k.minor IS DISTINCT FROM y.amount_minor OR k.order_id IS DISTINCT FROM y.source_id
        UNION ALL
        SELECT k.id::text, 'back ' || k.back_minor || ', noted ' || coalesce(b.minor, 0)
        FROM subscriptions_pick k
        LEFT JOIN (SELECT shop_id, pick_id, sum(minor) AS minor FROM subscriptions_pick_back GROUP BY 1, 2) b
               ON b.shop_id = k.shop_id AND b.pick_id = k.id
        WHERE k.back_minor <> coalesce(b.minor, 0)
        """,
    ),
    Invariant(
        name="subscriptions_end_their_mandates",
        room="subscriptions",
        why="whoever's subscription is over is charged by nothing of it",
        sql="""
        SELECT s.id::text, 'ended, mandate ' || m.state FROM subscriptions_subscription s
        JOIN payments_mandate m ON m.shop_id = s.shop_id AND m.id IN (s.mandate_id, s.signing_id)
        WHERE s.state = 'ended' AND m.state = 'active'
        UNION ALL
        SELECT p.id::text, 'unpaid, of one that ended' FROM subscriptions_period p
        JOIN subscriptions_subscription s ON s.shop_id = p.shop_id AND s.id = p.subscription_id
        WHERE p.state IN ('due', 'charging') AND s.state = 'ended'
        """,
    ),
    *(
        history_invariant(
            machine, table=f"subscriptions_{name}", room="subscriptions", name=f"subscription_{name}s_moved_as_allowed"
        )
        for machine, name in (
            (states.PLAN, "plan"), (states.SUBSCRIPTION, "subscription"), (states.PERIOD, "period"),
            (states.PICK, "pick"),
        )
    ),
]  # fmt: skip
