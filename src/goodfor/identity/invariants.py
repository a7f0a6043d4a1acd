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
    Invariant(
        name="identity.erased_buyer_leaves_nothing",
        room="identity",
        why="whoever was erased can neither be reached nor signed in as",
        sql="""
            SELECT b.id::text, left_over.what
              FROM identity_buyer b
              JOIN (SELECT shop_id, buyer_id, 'contact' AS what FROM identity_buyer_contact
                    UNION ALL SELECT shop_id, buyer_id, 'session' FROM identity_buyer_session
                    UNION ALL SELECT shop_id, buyer_id, 'device' FROM identity_buyer_device
                    UNION ALL SELECT shop_id, buyer_id, 'passkey' FROM identity_buyer_passkey
                    UNION ALL SELECT shop_id, buyer_id, 'link' FROM identity_buyer_link
                    UNION ALL SELECT shop_id, buyer_id, 'saved account' FROM identity_saved_account
                    UNION ALL SELECT shop_id, buyer_id, 'notice' FROM identity_buyer_notice
                    UNION ALL SELECT shop_id, buyer_id, 'sign-in' FROM identity_buyer_signin
                    UNION ALL SELECT shop_id, buyer_id, 'code' FROM identity_code WHERE buyer_id IS NOT NULL
                   ) left_over ON left_over.shop_id = b.shop_id AND left_over.buyer_id = b.id
             WHERE b.state = 'erased'
        """,
    ),
    Invariant(
        name="identity.buyer_erased_in_time",
        room="identity",
        why="a wish to be forgotten is met within a day of its date",
        sql="""
            SELECT id::text, 'to be erased at ' || erase_at
              FROM identity_buyer WHERE state = 'closing' AND erase_at < %(now)s::timestamptz - interval '1 day'
        """,
    ),
    Invariant(
        name="identity.ways_in_belong_to_a_buyer_of_the_shop",
        room="identity",
        why="a contact, passkey or link opens an account of its own shop",
        sql="""
            SELECT way.id::text, way.what || ' of buyer ' || way.buyer_id || ' in shop ' || way.shop_id
              FROM (SELECT id, shop_id, buyer_id, 'contact' AS what FROM identity_buyer_contact
                    UNION ALL SELECT id, shop_id, buyer_id, 'passkey' FROM identity_buyer_passkey
                    UNION ALL SELECT id, shop_id, buyer_id, 'link' FROM identity_buyer_link
                    UNION ALL SELECT id, shop_id, buyer_id, 'session' FROM identity_buyer_session) way
             WHERE NOT EXISTS (SELECT 1 FROM identity_buyer b WHERE b.shop_id = way.shop_id AND b.id = way.buyer_id)
        """,
    ),
]
