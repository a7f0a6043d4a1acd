"""Truths of risk control. Of decisions and events the last weeks are looked at: they never change afterwards."""

from typing import Final

from goodfor.kernel.invariants import Invariant
from goodfor.risk.door_invariants import DOORS
from goodfor.risk.rule_invariants import RULE_INVARIANTS

_LOOKED_AT: Final = "%(now)s - interval '35 days'"

INVARIANTS = [
    Invariant(
        name="risk_decisions_have_their_event",
        room="risk",
        why="what is judged is written down first, once, and both name each other",
        sql=f"""
        SELECT d.id::text, CASE WHEN e.id IS NULL THEN 'without its event' ELSE 'its event is of another' END
        FROM risk_decision d
        LEFT JOIN risk_event e ON e.shop_id = d.shop_id AND e.at = d.at AND e.id = d.event_id
        WHERE d.at > {_LOOKED_AT}
          AND (e.id IS NULL OR e.result <> 0 OR e.scene <> d.scene OR e.decision_id IS DISTINCT FROM d.id)
        """,  # noqa: S608
    ),
    Invariant(
        name="risk_attempts_name_their_decision",
        room="risk",
        why="an attempt is written to be judged: without the decision's id nobody finds what was decided",
        sql=f"""
        SELECT id::text, 'scene ' || scene FROM risk_event
        WHERE at > {_LOOKED_AT} AND result = 0 AND decision_id IS NULL
        """,  # noqa: S608
    ),
    Invariant(
        name="risk_one_decision_an_attempt",
        room="risk",
        why="one act is judged once: a second attempt with the same decision would count twice",
        sql=f"""
        SELECT decision_id::text, count(*) || ' attempts' FROM risk_event
        WHERE at > {_LOOKED_AT} AND result = 0 AND decision_id IS NOT NULL
        GROUP BY shop_id, decision_id HAVING count(*) > 1
        """,  # noqa: S608
    ),
    Invariant(
        name="risk_failing_allows_nobody",
        room="risk",
        why="a part that did not answer leads to its scene's policy, never to a silent allow",
        sql=f"""
        SELECT id::text, array_to_string(failed, ', ') FROM risk_decision
        WHERE at > {_LOOKED_AT} AND cardinality(failed) > 0 AND outcome = 'allow'
        """,  # noqa: S608
    ),
    *RULE_INVARIANTS,
    *DOORS,
]
