"""Truths about showing codes."""

from goodfor.kernel.invariants import Invariant

INVARIANTS = [
    Invariant(
        name="revealed_codes_are_sold",
        room="delivery",
        why="only a sold code is ever shown, and only to the line that holds it",
        sql="""
        SELECT r.code_id::text, 'shown to ' || r.holder_id
        FROM delivery_reveal r LEFT JOIN vault_code c ON c.shop_id = r.shop_id AND c.id = r.code_id
        WHERE c.id IS NULL OR c.holder_id IS DISTINCT FROM r.holder_id OR c.state IN (0, 1)
        """,
    ),
]
