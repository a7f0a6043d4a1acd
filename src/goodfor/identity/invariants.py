"""Truths of identity."""

from goodfor.kernel.invariants import Invariant

INVARIANTS: list[Invariant] = [
    Invariant(
        name="identity.signin_link_used_by_its_shop",
        room="identity",
        why="a sign-in link lets in somebody of its own shop only",
        sql="""
            SELECT l.id::text, 'link of shop ' || l.shop_id || ' for staff of shop ' || s.shop_id
              FROM identity_signin_link l JOIN identity_staff s ON s.id = l.staff_id
             WHERE s.shop_id <> l.shop_id
        """,
    ),
    Invariant(
        name="identity.shop_keeps_an_owner",
        room="identity",
        why="a shop that has staff has an active owner, or nobody could ever manage it",
        sql="""
            SELECT s.id::text, 'no active owner among ' || count(*) || ' staff'
              FROM identity_shop s JOIN identity_staff t ON t.shop_id = s.id
             GROUP BY s.id
            HAVING NOT bool_or(t.role = 'owner' AND t.active)
        """,
    ),
]
