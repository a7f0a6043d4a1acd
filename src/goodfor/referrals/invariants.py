"""Truths about invitations."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.referrals import states

INVARIANTS = [
    Invariant(
        name="referral_rewards_are_booked",
        room="referrals",
        why="what is still to be paid is what the books owe, and what each reward cost is what is left of it",
        sql="""
        SELECT concat_ws(' ', shop_id, currency), 'owed ' || coalesce(r.owed, 0) || ', books ' || coalesce(b.owed, 0)
        FROM (SELECT shop_id, currency, sum(amount_minor - taken_minor) AS owed FROM referrals_reward
              WHERE state IN ('approved', 'payable') GROUP BY shop_id, currency) r
        FULL JOIN (SELECT a.shop_id, a.currency, -sum(p.amount_minor) AS owed
                   FROM ledger_account a
                   JOIN ledger_posting p ON p.account_id = a.id AND p.shop_id = a.shop_id AND p.layer = 0
                   WHERE a.code = '2205:referral' GROUP BY a.shop_id, a.currency) b USING (shop_id, currency)
        WHERE coalesce(r.owed, 0) <> coalesce(b.owed, 0)
        UNION ALL
        SELECT coalesce(r.id, b.id)::text, 'cost ' || coalesce(r.cost, 0) || ', books ' || coalesce(b.cost, 0)
        FROM (SELECT shop_id, id, CASE WHEN state IN ('approved', 'payable', 'paid') THEN amount_minor - taken_minor
                                       ELSE 0 END AS cost FROM referrals_reward) r
        FULL JOIN (SELECT t.shop_id, t.cause_id AS id, sum(p.amount_minor) AS cost
                   FROM ledger_tx t
                   JOIN ledger_posting p ON p.tx_id = t.id AND p.shop_id = t.shop_id AND p.layer = 0
                   JOIN ledger_account a ON a.id = p.account_id AND a.shop_id = p.shop_id AND a.code = '6601:marketing'
                   WHERE t.cause_type = 'referrals.reward' GROUP BY t.shop_id, t.cause_id) b USING (shop_id, id)
        WHERE coalesce(r.cost, 0) <> coalesce(b.cost, 0)
        """,
    ),
    Invariant(
        name="referral_debts_are_booked",
        room="referrals",
        why="what buyers owe from rewards that were taken back is what the books claim of them",
        sql="""
        SELECT coalesce(d.buyer, b.buyer)::text, 'owes ' || coalesce(d.minor, 0) || ', books ' || coalesce(b.minor, 0)
        FROM (SELECT shop_id, buyer, currency, minor FROM referrals_debt WHERE minor > 0) d
        FULL JOIN (SELECT a.shop_id, split_part(a.code, ':', 3)::uuid AS buyer, a.currency, sum(p.amount_minor) AS minor
                   FROM ledger_account a
                   JOIN ledger_posting p ON p.account_id = a.id AND p.shop_id = a.shop_id AND p.layer = 0
                   WHERE a.code LIKE '1221:buyer:%%' GROUP BY a.shop_id, a.code, a.currency) b
             USING (shop_id, buyer, currency)
        WHERE coalesce(d.minor, 0) <> coalesce(b.minor, 0)
        """,
    ),
    Invariant(
        name="referral_orders_earn_for_their_own_friend",
        room="referrals",
        why="an order earns for one friend, once a level, never more than the line brought",
        sql="""
        SELECT order_id::text, 'rewards of ' || count(DISTINCT friend) || ' friends, ' || count(DISTINCT beneficiary)
               FILTER (WHERE level = 1) || ' inviters'
        FROM referrals_reward GROUP BY shop_id, order_id
        HAVING count(DISTINCT friend) <> 1 OR count(DISTINCT beneficiary) FILTER (WHERE level = 1) > 1
            OR count(DISTINCT beneficiary) FILTER (WHERE level = 2) > 1
        UNION ALL
        SELECT r.id::text, 'more than the line brought'
        FROM (SELECT shop_id, order_id, line_id, min(id::text) AS id, max(base_minor) AS base,
                     sum(amount_minor) AS minor
              FROM referrals_reward GROUP BY shop_id, order_id, line_id) r WHERE r.minor > r.base
        """,
    ),
    Invariant(
        name="referral_months_keep_their_cap",
        room="referrals",
        why="what an inviter was promised in a month is what was counted, and never more than the cap",
        sql="""
        SELECT concat_ws(' ', p.beneficiary, p.period), 'counted ' || p.used || ', promised ' || coalesce(r.minor, 0)
        FROM referrals_period p
        JOIN (SELECT s.id, s.timezone FROM identity_shop s) z ON z.id = p.shop_id
        LEFT JOIN LATERAL (
            SELECT sum(amount_minor) AS minor FROM referrals_reward w
            WHERE w.shop_id = p.shop_id AND w.beneficiary = p.beneficiary AND w.level > 0
              AND to_char(w.earned_at AT TIME ZONE z.timezone, 'YYYY-MM') = p.period) r ON true
        WHERE length(p.period) = 7 AND (p.used < coalesce(r.minor, 0) OR p.used > p.most)
        """,
    ),
    Invariant(
        name="referral_reviews_take_two",
        room="referrals",
        why="more than one person may let through was let through by two, or by who is alone in the shop",
        sql="""
        SELECT id::text, amount_minor || ' by ' || by FROM referrals_review
        WHERE state = 'done' AND verdict = 'approve' AND amount_minor > alone_minor AND NOT alone AND second_by = ''
        UNION ALL
        SELECT r.id::text, 'waits, and nobody is asked' FROM referrals_reward r
        WHERE r.held AND NOT EXISTS (SELECT FROM referrals_review v WHERE v.shop_id = r.shop_id AND v.id = r.order_id
                                     AND v.state <> 'done')
        """,
    ),
    history_invariant(
        states.REWARD, table="referrals_reward", room="referrals", name="referral_rewards_moved_as_allowed"
    ),
    history_invariant(
        states.REVIEW, table="referrals_review", room="referrals", name="referral_reviews_moved_as_allowed"
    ),
]
