"""Truths about cases, their decisions and clocks; with those about money and about batches."""

from goodfor.aftersales import states
from goodfor.aftersales.batch_invariants import BATCHES
from goodfor.aftersales.money_invariants import MONEY
from goodfor.kernel.invariants import Invariant, history_invariant

INVARIANTS = [
    *MONEY,
    *BATCHES,
    Invariant(
        name="aftersales_cases_agree_with_claims",
        room="aftersales",
        why="a live case has a live claim and the other way round; what was decided is what the claim got",
        sql="""
        SELECT k.id::text, k.state || ' ' || k.action || ', claim ' || coalesce(c.state, 'gone')
        FROM aftersales_case k LEFT JOIN orders_claim c ON c.id = k.id AND c.shop_id = k.shop_id
        WHERE c.id IS NULL OR c.order_id <> k.order_id OR c.line_id <> k.line_id
           -- Closed elsewhere: told by an event, a moment after.
           OR k.state <> 'closed' AND c.state NOT IN ('open', 'replacing')
              AND c.closed_at < %(now)s - interval '5 minutes'
           OR k.state = 'closed' AND c.state <> CASE k.action
                  WHEN 'refund' THEN 'refunded' WHEN 'void_refund' THEN 'refunded' WHEN 'replace' THEN 'replaced'
                  WHEN 'reject' THEN 'rejected' ELSE 'withdrawn' END
        """,
    ),
    Invariant(
        name="aftersales_decisions_are_written",
        room="aftersales",
        why="whatever was decided can be read with its words, and nothing is closed without a decision or its buyer",
        sql="""
        SELECT k.id::text, k.state || ' by ' || k.by || ', ' || k.action || ' ' || k.why FROM aftersales_case k
        WHERE k.action <> '' AND (k.why = '' OR NOT EXISTS (
                  SELECT 1 FROM aftersales_decision d WHERE d.shop_id = k.shop_id AND d.case_id = k.id
                     AND (d.action = k.action OR k.action = 'void_refund' AND d.action = 'refund')))
           OR k.state = 'closed' AND (k.decided_at IS NULL OR k.answered_at IS NULL
                                      OR k.action = '' AND k.by <> 'buyer')
        """,
    ),
    Invariant(
        name="aftersales_one_remedy_a_case",
        room="aftersales",
        why="money and a new code are never both given: after a refund nothing is decided that gives more",
        sql="""
        SELECT d.case_id::text, count(*) || ' refunds, replacements after one: ' || count(*) FILTER (
                   WHERE EXISTS (SELECT 1 FROM aftersales_decision a WHERE a.shop_id = d.shop_id
                                 AND a.case_id = d.case_id AND a.action = 'replace' AND a.id > d.id))
        FROM aftersales_decision d WHERE d.action = 'refund'
        GROUP BY d.shop_id, d.case_id
        HAVING count(*) > 1 OR bool_or(EXISTS (SELECT 1 FROM aftersales_decision a WHERE a.shop_id = d.shop_id
                                               AND a.case_id = d.case_id AND a.action = 'replace' AND a.id > d.id))
        """,
    ),
    Invariant(
        name="aftersales_clocks_are_watched",
        room="aftersales",
        why="a promised time that passed without an answer or a decision is written down in seconds, with its price",
        sql="""
        SELECT id::text, state || ', answer by ' || answer_by || ', decision by ' || decide_by FROM aftersales_case
        WHERE paused_at IS NULL AND state <> 'closed'
          AND (answered_at IS NULL AND answer_missed_at IS NULL AND answer_by < %(now)s - interval '2 minutes'
               OR decided_at IS NULL AND decision_missed_at IS NULL AND decide_by < %(now)s - interval '2 minutes')
           OR answered_at > answer_by AND answer_missed_at IS NULL AND by <> 'buyer' AND by <> 'order'
              AND answered_at > answer_by + interval '1 minute'
        """,
    ),
    Invariant(
        name="aftersales_steps_are_taken",
        room="aftersales",
        why="no case is forgotten: what the table has in hand has a next step that is not long past",
        sql="""
        SELECT id::text, state || ', next ' || coalesce(next_at::text, 'never') FROM aftersales_case
        WHERE state IN ('checking', 'asking', 'carrying')
          AND (next_at IS NULL OR next_at < %(now)s - interval '5 minutes')
        """,
    ),
    history_invariant(
        states.CASE, table="aftersales_case", room="aftersales", name="aftersales_cases_moved_as_allowed"
    ),
]
