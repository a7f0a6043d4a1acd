-- Units come into many wallets that are held: an entry and a lot each. `owed` of them meet debts and are gone at once.
WITH told AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(wallets)s::uuid[], %(units)s::bigint[], %(owed)s::bigint[],
                         %(minors)s::bigint[], %(entry_minors)s::bigint[])
        AS t (id, wallet_id, units, owed, minor, entry_minor)
), entries AS (
    INSERT INTO loyalty_entry (id, shop_id, wallet_id, kind, units, asked, minor, source_kind, source_id, purpose, nature,
                               reason, actor, order_id, at)
    SELECT id, %(shop_id)s::uuid, wallet_id, 'earn', units, units, entry_minor, %(source_kind)s, %(source_id)s, '', 'present',
           '', 'system', NULL, %(now)s::timestamptz
    FROM told
), lots AS (
    INSERT INTO loyalty_lot (id, shop_id, wallet_id, entry_id, units, remaining, minor, order_id, earned_at, available_at,
                             expires_at)
    SELECT id, %(shop_id)s::uuid, wallet_id, id, units, units - owed, minor, NULL, %(now)s::timestamptz,
           %(now)s::timestamptz, %(expires_at)s::timestamptz
    FROM told
), allocated AS (
    INSERT INTO loyalty_allocation (shop_id, entry_id, lot_id, units, back, moved)
    SELECT %(shop_id)s::uuid, id, id, owed, 0, 0 FROM told WHERE owed > 0
)
UPDATE loyalty_wallet w SET balance = w.balance + t.units - t.owed, debt = w.debt - t.owed
FROM told t WHERE w.shop_id = %(shop_id)s AND w.id = t.wallet_id
