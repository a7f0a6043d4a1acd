"""What must hold of rules, lists and reviews."""

from typing import Final

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.risk import rule_states as states
from goodfor.risk.model.states import TRAINING

RULE_INVARIANTS: Final = [
    Invariant(
        name="risk_rules_count_by_approval",
        room="risk",
        why="a rule that counts was approved, exactly so, by somebody who neither asked for it nor wrote it",
        sql="""
        SELECT r.id::text, r.code || ' ' || r.state FROM risk_rule r
        LEFT JOIN risk_rule_version v ON v.id = r.version_id AND v.shop_id = r.shop_id
        LEFT JOIN risk_proposal p ON p.id = r.proposal_id AND p.shop_id = r.shop_id AND p.subject_id = r.id
        WHERE r.state IN ('percent', 'live')
          AND (v.approved_at IS NULL OR v.approved_by = v.made_by AND NOT v.alone
               OR p.state IS DISTINCT FROM 'approved' OR p.decided_by = p.asked_by AND NOT p.alone
               OR p.wanted ->> 'state' <> r.state OR (p.wanted ->> 'percent')::int <> r.percent
               OR (p.wanted ->> 'version')::uuid <> r.version_id)
        """,
    ),
    Invariant(
        name="risk_rules_have_their_versions",
        room="risk",
        why="every version of a rule up to its newest is on record",
        sql="""
        SELECT r.id::text, r.code FROM risk_rule r
        LEFT JOIN (SELECT shop_id, rule_id, count(*) AS many, max(number) AS newest FROM risk_rule_version
                   GROUP BY shop_id, rule_id) v ON v.rule_id = r.id AND v.shop_id = r.shop_id
        WHERE v.many IS DISTINCT FROM r.latest OR v.newest IS DISTINCT FROM r.latest
        """,
    ),
    Invariant(
        name="risk_hard_blocks_by_approval",
        room="risk",
        why="nobody is blocked for good, or let out of a block, on the word of one person",
        sql="""
        SELECT e.id::text, e.kind || ' ' || e.state FROM risk_list_entry e
        LEFT JOIN risk_proposal a ON a.id = e.proposal_id AND a.shop_id = e.shop_id
        LEFT JOIN risk_proposal g ON g.id = e.removal_id AND g.shop_id = e.shop_id
        WHERE e.kind = 'block_hard' AND e.state IN ('active', 'removed') AND a.state IS DISTINCT FROM 'approved'
           OR e.kind = 'block_hard' AND e.state = 'removed'
           OR e.kind = 'block' AND e.state = 'removed' AND g.state IS DISTINCT FROM 'approved'
              AND NOT coalesce(e.expires_at <= e.removed_at, false)
        """,
    ),
    Invariant(
        name="risk_reviews_end_in_time",
        room="risk",
        why="a buyer waits for a review no longer than the scene allows",
        sql="""
        SELECT id::text, scene || ', due ' || due_at FROM risk_review
        WHERE state <> 'done' AND due_at < %(now)s - interval '5 minutes'
        """,
    ),
    history_invariant(states.RULE, table="risk_rule", room="risk", name="risk_rules_moved_as_allowed"),
    history_invariant(states.BACKTEST, table="risk_backtest", room="risk", name="risk_backtests_moved_as_allowed"),
    history_invariant(TRAINING, table="risk_training", room="risk", name="risk_trainings_moved_as_allowed"),
    history_invariant(states.REVIEW, table="risk_review", room="risk", name="risk_reviews_moved_as_allowed"),
]
