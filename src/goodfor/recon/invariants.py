"""Truths about comparing: nothing is matched twice, every difference has its case, no case ends without a reason."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.recon import states

INVARIANTS = [
    Invariant(
        name="recon_rows_have_one_twin",
        room="recon",
        why="no row is matched by two runs that are both in force, however days and pools overlap",
        sql="""
        SELECT m.shop_id::text || ':' || m.row_id, count(*) || ' live matches'
        FROM (SELECT shop_id, run_id, ours_id AS row_id FROM recon_match
              UNION ALL SELECT shop_id, run_id, theirs_id FROM recon_match) m
        JOIN recon_run u ON u.id = m.run_id AND u.shop_id = m.shop_id AND u.live
        JOIN recon_row r ON r.id = m.row_id AND r.shop_id = m.shop_id AND r.live
        GROUP BY m.shop_id, m.row_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        name="recon_matches_agree",
        room="recon",
        why="what is matched is of one kind, amount, currency and account, and happened on both sides",
        sql="""
        SELECT m.run_id::text || ':' || m.ours_id, o.amount_minor || ' against ' || t.amount_minor
        FROM recon_match m
        JOIN recon_run u ON u.id = m.run_id AND u.shop_id = m.shop_id
        LEFT JOIN recon_row o ON o.id = m.ours_id AND o.shop_id = m.shop_id
        LEFT JOIN recon_row t ON t.id = m.theirs_id AND t.shop_id = m.shop_id
        WHERE o.id IS NULL OR t.id IS NULL OR o.side <> 'ours' OR t.side <> u.area OR o.kind <> t.kind
           OR t.state = 'done' AND (o.amount_minor, o.amount_rest, o.currency)
              IS DISTINCT FROM (t.amount_minor, t.amount_rest, t.currency)
        """,
    ),
    Invariant(
        name="recon_runs_count_their_matches",
        room="recon",
        why="a run's figures are its rows: what it says it matched and found is there",
        sql="""
        SELECT u.id::text, 'says ' || u.matched || ', has ' || coalesce(m.n, 0)
        FROM recon_run u
        LEFT JOIN (SELECT shop_id, run_id, count(*) AS n FROM recon_match GROUP BY shop_id, run_id) m
               ON m.run_id = u.id AND m.shop_id = u.shop_id
        WHERE u.matched <> coalesce(m.n, 0)
        """,
    ),
    Invariant(
        name="recon_differences_have_their_case",
        room="recon",
        why="no difference that somebody has to end is told without a case",
        sql="""
        SELECT b.id::text, b.category || ' ' || b.business_key
        FROM recon_break b LEFT JOIN recon_case c ON c.id = b.case_id AND c.shop_id = b.shop_id
        WHERE b.category <> 'C7' AND (c.id IS NULL OR c.category <> b.category)
        """,
    ),
    Invariant(
        name="recon_actions_are_carried_out",
        room="recon",
        why="what a machine can do about a difference is tried within the hour",
        sql="""
        SELECT id::text, action || ' due ' || next_act_at FROM recon_case
        WHERE next_act_at < %(now)s - interval '1 hour'
        """,
    ),
    Invariant(
        name="recon_closed_days_stand",
        room="recon",
        why="nothing of a day is compared anew once it was closed",
        sql="""
        SELECT u.id::text, u.day || ' was closed before' FROM recon_run u
        JOIN recon_day d ON d.shop_id = u.shop_id AND d.day = u.day
        WHERE u.made_at > d.closed_at
        """,
    ),
    history_invariant(states.CASE, table="recon_case", room="recon", name="recon_cases_moved_as_allowed"),
]
