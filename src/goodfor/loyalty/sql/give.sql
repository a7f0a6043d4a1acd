-- Units come into a wallet whose row is held: entry, lot, balance. `owed` of them meet its debt and are gone at once.
WITH entry AS (
    INSERT INTO loyalty_entry (id, shop_id, wallet_id, kind, units, asked, minor, source_kind, source_id, purpose, nature,
                               reason, actor, order_id, at)
    VALUES (%(id)s::uuid, %(shop_id)s::uuid, %(wallet_id)s::uuid, %(kind)s, %(units)s::bigint, %(units)s::bigint,
            %(entry_minor)s::bigint, %(source_kind)s, %(source_id)s, %(purpose)s, %(nature)s, %(reason)s, %(actor)s,
            %(order_id)s::uuid, %(now)s::timestamptz)
), lot AS (
    INSERT INTO loyalty_lot (id, shop_id, wallet_id, entry_id, units, remaining, minor, order_id, earned_at, available_at,
                             expires_at)
    VALUES (%(id)s::uuid, %(shop_id)s::uuid, %(wallet_id)s::uuid, %(id)s::uuid, %(units)s::bigint,
            %(units)s::bigint - %(owed)s::bigint, %(minor)s::bigint, %(order_id)s::uuid, %(now)s::timestamptz,
            %(available_at)s::timestamptz, %(expires_at)s::timestamptz)
), owed AS (
    INSERT INTO loyalty_allocation (shop_id, entry_id, lot_id, units, back, moved)
    SELECT %(shop_id)s::uuid, %(id)s::uuid, %(id)s::uuid, %(owed)s::bigint, 0, 0 WHERE %(owed)s::bigint > 0
)
UPDATE loyalty_wallet SET balance = balance + %(units)s::bigint - %(owed)s::bigint, debt = debt - %(owed)s::bigint
WHERE shop_id = %(shop_id)s AND id = %(wallet_id)s
