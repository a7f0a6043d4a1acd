"""Truths about buying."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.supply import states

INVARIANTS = [
    Invariant(
        name="supply_wants_equal_attempts",
        room="supply",
        why="what is under way and there is what the purchases say: never more than was ordered",
        sql="""
        SELECT w.id::text, 'under way ' || w.in_flight || ' of ' || coalesce(a.way, 0) || ', there ' || w.delivered
               || ' of ' || coalesce(a.there, 0)
        FROM supply_want w
        LEFT JOIN (SELECT want_id, sum(supply_under_way(state, quantity)) AS way, sum(supply_there(state, got)) AS there
                   FROM supply_attempt GROUP BY want_id) a ON a.want_id = w.id
        WHERE w.in_flight <> coalesce(a.way, 0) OR w.delivered <> coalesce(a.there, 0)
           OR w.in_flight + w.delivered > w.quantity
        """,
    ),
    Invariant(
        name="supply_one_in_flight",
        room="supply",
        why="the next supplier is asked only when the one before certainly delivers nothing",
        sql="""
        SELECT want_id::text, count(*) || ' purchases under way' FROM supply_attempt
        WHERE state IN ('sending', 'accepted', 'unknown', 'manual') GROUP BY want_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        name="supply_wants_in_time",
        room="supply",
        why="a want past its deadline is closed, so that the buyer has goods or the money back",
        sql="""
        SELECT id::text, 'open since ' || deadline_at FROM supply_want
        WHERE state = 'open' AND deadline_at < %(now)s - interval '5 minutes'
        """,
    ),
    Invariant(
        name="supply_purchases_are_asked_about",
        room="supply",
        why="a purchase of unknown end is on the schedule or on a person's desk",
        sql="""
        SELECT id::text, state || ' and nobody asks' FROM supply_attempt
        WHERE state IN ('sending', 'accepted', 'unknown')
          AND (next_at IS NULL OR next_at < %(now)s - interval '10 minutes')
        """,
    ),
    Invariant(
        name="supply_codes_counted",
        room="supply",
        why="each code a supplier delivered is marked for one purchase, and no purchase counts more than came",
        sql="""
        SELECT a.id::text, 'got ' || a.got || ', marks ' || count(m.mark)
        FROM supply_attempt a JOIN supply_want w ON w.id = a.want_id AND w.kind = 'code'
        LEFT JOIN supply_mark m ON m.shop_id = a.shop_id AND m.attempt_id = a.id
        WHERE a.got > 0
        GROUP BY a.id, a.got HAVING a.got > count(m.mark)
        """,
    ),
    Invariant(
        name="supply_holds_end_with_purchases",
        room="supply",
        why="money is set aside only while a purchase is under way",
        sql="""
        SELECT id::text, state || ' with a hold' FROM supply_attempt
        WHERE hold_tx IS NOT NULL AND state NOT IN ('sending', 'accepted', 'unknown', 'manual')
        """,
    ),
    Invariant(
        name="supply_refunds_are_found",
        room="supply",
        why="money that a supplier gave back after the end of a purchase is written down for what it is, each time",
        sql="""
        SELECT a.id::text, 'came back ' || a.refunded || ', found ' || coalesce(sum(f.amount), 0)
        FROM supply_attempt a
        LEFT JOIN supply_finding f
          ON f.shop_id = a.shop_id AND f.attempt_id = a.id AND f.kind IN ('refund', 'claim')
        WHERE a.refunded > 0
        GROUP BY a.id, a.refunded HAVING a.refunded <> coalesce(sum(f.amount), 0)
        """,
    ),
    Invariant(
        name="supply_surprises_add_up",
        room="supply",
        why="what a supplier's days count for prices that rose after the question is what its purchases have of it",
        sql="""
        SELECT s.id::text, 'counted ' || coalesce(d.used, 0) || ', of purchases ' || coalesce(a.exposed, 0)
        FROM supply_supplier s
        LEFT JOIN (SELECT shop_id, key, sum(used) AS used FROM supply_day GROUP BY shop_id, key) d
          ON d.shop_id = s.shop_id AND d.key = s.id
        LEFT JOIN (SELECT supplier_id, sum(exposed_minor) AS exposed FROM supply_attempt WHERE exposed_minor <> 0
                   GROUP BY supplier_id) a ON a.supplier_id = s.id
        WHERE coalesce(d.used, 0) <> coalesce(a.exposed, 0)
        """,
    ),
    Invariant(
        name="supply_balance_days_follow",
        room="supply",
        why="a day's balance opens with what was expected at the end of the day before, and nothing is left out",
        sql="""
        SELECT supplier_id::text, day || ' opens with ' || opening || ' after ' || before
        FROM (SELECT supplier_id, day, opening,
                     lag(expected) OVER (PARTITION BY supplier_id ORDER BY day) AS before
              FROM supply_balance_day) d
        WHERE opening <> before
        """,
    ),
    Invariant(
        name="supply_inquiries_answered",
        room="supply",
        why="what was asked of a supplier has an end with a word, or is on the schedule",
        sql="""
        SELECT id::text, kind || ' ' || state || ' without a word' FROM supply_inquiry
        WHERE state IN ('done', 'failed') AND (said = '' OR next_at IS NOT NULL)
        UNION ALL
        SELECT id::text, kind || ' ' || state || ' and nobody asks' FROM supply_inquiry
        WHERE state IN ('due', 'sent') AND (next_at IS NULL OR next_at < %(now)s - interval '10 minutes')
        """,
    ),
    Invariant(
        name="supply_codes_voided_once",
        room="supply",
        why="a code is taken back at its supplier once, by the purchase that it came from",
        sql="""
        SELECT i.code_id::text, count(*) || ' times taken back' FROM supply_inquiry i
        WHERE i.kind = 'void' AND i.said = 'voided' GROUP BY i.shop_id, i.code_id HAVING count(*) > 1
        UNION ALL
        SELECT i.code_id::text, 'asked of another purchase than it came from' FROM supply_inquiry i
        LEFT JOIN supply_code c ON c.shop_id = i.shop_id AND c.code_id = i.code_id
        WHERE i.code_id IS NOT NULL AND (c.attempt_id IS DISTINCT FROM i.attempt_id)
        """,
    ),
    Invariant(
        name="supply_complaints_within_prices",
        room="supply",
        why="for complaints no more came back than the purchase had come to",
        sql="""
        SELECT a.id::text, 'for complaints ' || sum(i.amount) || ' of ' || a.refunded
        FROM supply_inquiry i JOIN supply_attempt a ON a.shop_id = i.shop_id AND a.id = i.attempt_id
        WHERE i.kind = 'complain' AND i.amount IS NOT NULL
        GROUP BY a.id, a.refunded HAVING sum(i.amount) > a.refunded
        """,
    ),
    history_invariant(states.INQUIRY, table="supply_inquiry", room="supply", name="supply_inquiries_as_allowed"),
    history_invariant(states.WANT, table="supply_want", room="supply", name="supply_wants_moved_as_allowed"),
    history_invariant(states.ATTEMPT, table="supply_attempt", room="supply", name="supply_purchases_moved_as_allowed"),
    history_invariant(states.MOVE, table="supply_price_move", room="supply", name="supply_price_moves_as_allowed"),
    history_invariant(states.TRIAL, table="supply_trial", room="supply", name="supply_trials_moved_as_allowed"),
]
