"""Truths about demo data."""

from goodfor.demo.states import MACHINE
from goodfor.kernel.invariants import Invariant, history_invariant

INVARIANTS = [
    history_invariant(MACHINE, table="demo_run", room="demo", name="demo_run_history_leads_to_its_state"),
    Invariant(
        name="demo_codes_are_of_their_shop",
        room="demo",
        why="only batches of the shop itself are marked as demo: emptying voids the codes of what is marked",
        sql="""
        SELECT m.id::text, m.key || ' marks a batch of another shop, or none'
        FROM demo_mark m LEFT JOIN vault_batch b ON b.id = m.subject_id AND b.shop_id = m.shop_id
        WHERE m.key LIKE 'codes:%%' AND m.subject_id IS NOT NULL AND b.id IS NULL
        """,
    ),
]
