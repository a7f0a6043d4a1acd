"""Truths about cards."""

from goodfor.cards import states
from goodfor.kernel.invariants import Invariant, history_invariant

#: What is still owed for a card: `worth.worth` in SQL.
_WORTH = """CASE WHEN c.state NOT IN ('active', 'expired') THEN 0 WHEN c.basis_minor = 0 THEN c.price_minor
            ELSE c.price_minor * c.remaining_minor / c.basis_minor END"""

INVARIANTS = [
    Invariant(
        name="cards_are_owed",
        room="cards",
        why="what the books owe for a program is what was paid for the part of its cards that is not used; refunds"
        " count once their card has them back",
        sql=f"""
        SELECT coalesce(c.program_id, b.program_id)::text,
               'cards ' || coalesce(c.owed, 0) || ', books ' || coalesce(b.owed, 0)
        FROM (SELECT program_id, sum(worth) AS owed FROM (
                  SELECT c.program_id, {_WORTH} AS worth FROM cards_card c
                  UNION ALL
                  SELECT c.program_id, -k.minor FROM cards_back k JOIN cards_use u ON u.id = k.use_id
                  JOIN cards_card c ON c.id = u.card_id) w GROUP BY program_id) c
        FULL JOIN (SELECT split_part(a.code, ':', 3)::uuid AS program_id, -sum(p.amount_minor) AS owed
                   FROM ledger_account a
                   JOIN ledger_posting p ON p.account_id = a.id AND p.shop_id = a.shop_id AND p.layer = 0
                   JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
                   WHERE a.code LIKE '2203:card:%%' AND t.kind <> 'refund_paid' GROUP BY a.code) b USING (program_id)
        WHERE coalesce(c.owed, 0) <> coalesce(b.owed, 0)
        """,  # noqa: S608
    ),
    Invariant(
        name="cards_hold_what_is_left",
        room="cards",
        why="what of a card is gone is what orders took, less what came back of them",
        sql="""
        SELECT c.id::text, 'gone ' || c.basis_minor - c.remaining_minor || ', used ' || coalesce(u.minor, 0)
        FROM cards_card c
        LEFT JOIN (SELECT shop_id, card_id, sum(minor - back_minor) AS minor FROM cards_use GROUP BY 1, 2) u
             ON u.shop_id = c.shop_id AND u.card_id = c.id
        WHERE c.state <> 'revoked' AND c.basis_minor - c.remaining_minor <> coalesce(u.minor, 0)
        UNION ALL
        SELECT u.id::text, 'back ' || u.back_minor || ', noted ' || coalesce(k.minor, 0)
        FROM cards_use u
        LEFT JOIN (SELECT shop_id, use_id, sum(minor) AS minor FROM cards_back GROUP BY 1, 2) k
             ON k.shop_id = u.shop_id AND k.use_id = u.id
        WHERE u.back_minor <> coalesce(k.minor, 0)
        """,
    ),
    Invariant(
        name="cards_pay_orders",
        room="cards",
        why="each order that was paid out of a program's account was paid by one of its cards, as much as it cost",
        sql="""
        SELECT coalesce(u.id, p.id)::text, 'card ' || coalesce(u.minor, 0) || ', paid ' || coalesce(p.amount_minor, 0)
        FROM (SELECT u.*, '2203:card:' || c.program_id AS account FROM cards_use u
              JOIN cards_card c ON c.shop_id = u.shop_id AND c.id = u.card_id) u
        FULL JOIN (SELECT * FROM payments_payment WHERE wallet_account LIKE '2203:card:%%') p
             ON p.shop_id = u.shop_id AND p.id = u.payment_id
        WHERE u.minor IS DISTINCT FROM p.amount_minor OR u.account IS DISTINCT FROM p.wallet_account
           OR u.order_id IS DISTINCT FROM p.source_id
        """,
    ),
    Invariant(
        name="card_batches_are_whole",
        room="cards",
        why="a batch has as many cards as it says, numbered without a gap, and no two batches share a number",
        sql="""
        SELECT b.id::text, 'made ' || b.made || ', there ' || coalesce(c.n, 0)
        FROM cards_batch b
        LEFT JOIN (SELECT shop_id, batch_id, count(*) AS n, min(serial) AS least, max(serial) AS most,
                          count(DISTINCT program_id) AS programs FROM cards_card GROUP BY 1, 2) c
             ON c.shop_id = b.shop_id AND c.batch_id = b.id
        WHERE b.made <> coalesce(c.n, 0)
           OR b.made > 0 AND (c.least <> b.first_serial OR c.most <> b.first_serial + b.made - 1 OR c.programs <> 1)
        UNION ALL
        SELECT a.id::text, 'shares numbers with ' || b.id FROM cards_batch a
        JOIN cards_batch b ON b.shop_id = a.shop_id AND b.id <> a.id
             AND b.first_serial BETWEEN a.first_serial AND a.first_serial + a.size - 1
        """,
    ),
    history_invariant(states.PROGRAM, table="cards_program", room="cards", name="card_programs_moved_as_allowed"),
    history_invariant(states.BATCH, table="cards_batch", room="cards", name="card_batches_moved_as_allowed"),
    history_invariant(states.WALK, table="cards_walk", room="cards", name="card_walks_moved_as_allowed"),
    history_invariant(states.USE, table="cards_use", room="cards", name="card_uses_moved_as_allowed"),
]
