-- All that some people hold of a kind leaves their wallets, which are held: one entry a wallet. Units and their worth.
WITH lots AS (
    SELECT l.id, l.wallet_id, l.remaining, l.minor * l.remaining / l.units AS worth
    FROM loyalty_lot l
    WHERE l.shop_id = %(shop_id)s AND l.wallet_id = ANY(%(wallets)s::uuid[]) AND l.remaining > 0
), gone AS (
    SELECT wallet_id, sum(remaining)::bigint AS units, sum(worth)::bigint AS worth, gen_random_uuid() AS entry_id
    FROM lots GROUP BY wallet_id
), entries AS (
    INSERT INTO loyalty_entry (id, shop_id, wallet_id, kind, units, asked, minor, source_kind, source_id, purpose, nature,
                               reason, actor, order_id, at)
    SELECT entry_id, %(shop_id)s::uuid, wallet_id, 'clawback', -units, units, -worth, %(source_kind)s, %(source_id)s, '',
           'present', '', %(actor)s, NULL, %(now)s::timestamptz
    FROM gone
), moved AS (
    UPDATE loyalty_lot l SET remaining = 0 FROM lots t WHERE l.shop_id = %(shop_id)s AND l.id = t.id
), allocated AS (
    INSERT INTO loyalty_allocation (shop_id, entry_id, lot_id, units, back, moved)
    SELECT %(shop_id)s::uuid, g.entry_id, t.id, t.remaining, 0, 0 FROM lots t JOIN gone g USING (wallet_id)
), wallets AS (
    UPDATE loyalty_wallet w SET balance = w.balance - g.units FROM gone g
    WHERE w.shop_id = %(shop_id)s AND w.id = g.wallet_id
)
SELECT coalesce(sum(units), 0)::bigint, coalesce(sum(worth), 0)::bigint FROM gone
