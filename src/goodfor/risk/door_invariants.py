"""Truths about doors and planted codes."""

from goodfor.kernel.invariants import Invariant


def _planted(what: str) -> str:
    return f"""
        SELECT p.id::text, '{what} without a line of who '
               || CASE WHEN planted.id IS NULL THEN 'planted' ELSE 'retired' END
        FROM risk_{what} p
        LEFT JOIN kernel_audit planted ON planted.shop_id = p.shop_id AND planted.subject_type = '{what}'
            AND planted.subject_id = p.id::text AND planted.action = 'risk.{what}_planted'
        LEFT JOIN kernel_audit retired ON retired.shop_id = p.shop_id AND retired.subject_type = '{what}'
            AND retired.subject_id = p.id::text AND retired.action = 'risk.{what}_retired'
        WHERE planted.id IS NULL OR p.retired_at IS NOT NULL AND retired.id IS NULL
    """  # noqa: S608


DOORS = [
    Invariant(
        name="risk_attacks_on_doors_are_told",
        room="risk",
        why="a door that asks everybody for a challenge has told the shop so, when it began",
        sql="""
        SELECT b.shop_id::text || '/' || b.door, b.why || ' since ' || b.opened_at FROM risk_door_breaker b
        WHERE b.opened_at > %(now)s - interval '80 days' AND NOT EXISTS (
            SELECT FROM kernel_event e WHERE e.shop_id = b.shop_id AND e.name = 'risk.door_under_attack'
            AND e.occurred_at = b.opened_at)
        """,
    ),
    Invariant(
        name="risk_doors_forget",
        room="risk",
        why="what is kept of wrong passwords and guesses is gone after little more than an hour",
        sql="""
        SELECT a.id::text, 'since ' || a.at FROM risk_door_answer a WHERE a.at < %(now)s - interval '2 hours'
        """,
    ),
    Invariant(
        name="risk_locked_keys_open_again",
        room="risk",
        why="no lock-out is longer than the longest of the table: nobody is kept out by an error of ours",
        sql="""
        SELECT shop_id::text || '/' || door || '/' || kind, 'until ' || open_at FROM risk_door_key
        WHERE open_at > greatest(last_at, %(now)s) + interval '25 hours'
        """,
    ),
    Invariant(
        name="risk_planted_codes_are_told",
        room="risk",
        why="a planted code that was met has raised an alarm",
        sql="""
        SELECT p.id::text, p.event || ', met ' || p.met_at FROM (
            SELECT id, shop_id, met_at, 'risk.honeypot_touched' AS event, 'risk.honeypot' AS cause FROM risk_honeypot
            UNION ALL SELECT id, shop_id, met_at, 'risk.canary_seen', 'risk.canary' FROM risk_canary) p
        WHERE p.met_at > %(now)s - interval '80 days' AND NOT EXISTS (
            SELECT FROM kernel_event e WHERE e.shop_id = p.shop_id AND e.name = p.event
            AND e.cause_type = p.cause AND e.cause_id = p.id)
        """,
    ),
    Invariant(
        name="risk_honeypots_are_accounted_for",
        room="risk",
        why="who planted a honeypot, and who retired it, is in the audit trail",
        sql=_planted("honeypot"),
    ),
    Invariant(
        name="risk_canaries_are_accounted_for",
        room="risk",
        why="who planted a canary, and who retired it, is in the audit trail",
        sql=_planted("canary"),
    ),
]
