"""Truths about mandates and what is charged by them. Part of `invariants`."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.payments import states

MANDATES = [
    Invariant(
        name="charges_end_as_their_payments",
        room="payments",
        why="a charge by a mandate says that it succeeded where its payment does, and nowhere else",
        sql="""
        SELECT c.id::text, 'charge ' || c.state || ', payment ' || p.state
        FROM payments_mandate_charge c JOIN payments_payment p ON p.shop_id = c.shop_id AND p.id = c.payment_id
        WHERE (c.state IN ('succeeded', 'late')) <> (p.state = 'succeeded')
           OR ROW(c.amount_minor, c.currency, c.source_type, c.source_id)
              IS DISTINCT FROM ROW(p.amount_minor, p.currency, p.source_type, p.source_id)
           OR p.method <> 'mandate'
        UNION ALL
        SELECT p.id::text, 'charged by no mandate'
        FROM payments_payment p
        WHERE p.method = 'mandate'
          AND NOT EXISTS (SELECT FROM payments_mandate_charge c WHERE c.shop_id = p.shop_id AND c.payment_id = p.id)
        """,
    ),
    Invariant(
        name="charges_within_their_mandates",
        room="payments",
        why="nobody is charged more than he signed for, before he signed, or after his mandate ended",
        sql="""
        SELECT c.id::text, c.amount_minor || ' ' || c.currency || ' by ' || m.number
        FROM payments_mandate_charge c
        LEFT JOIN payments_mandate m ON m.shop_id = c.shop_id AND m.id = c.mandate_id
        WHERE m.id IS NULL OR c.amount_minor > m.most_minor OR c.currency <> m.currency
           OR m.active_at IS NULL OR c.created_at < m.active_at OR c.created_at > m.ended_at
        """,
    ),
    Invariant(
        name="charges_not_forgotten",
        room="payments",
        why="a charge whose end is not known is asked about",
        sql="""
        SELECT c.id::text, c.state || ', and nobody asks' FROM payments_mandate_charge c
        JOIN payments_payment p ON p.shop_id = c.shop_id AND p.id = c.payment_id
        WHERE c.state IN ('created', 'announced', 'requested') AND p.state IN ('created', 'pending')
          AND (p.next_poll_at IS NULL OR p.next_poll_at < %(now)s - interval '1 day')
          AND NOT EXISTS (SELECT FROM payments_fact f WHERE f.shop_id = p.shop_id AND f.payment_id = p.id)
        """,
    ),
    history_invariant(
        states.MANDATE, table="payments_mandate", room="payments", name="mandate_history_leads_to_its_state"
    ),
    history_invariant(
        states.CHARGE, table="payments_mandate_charge", room="payments", name="charge_history_leads_to_its_state"
    ),
]
