-- Units that came into a wallet by an entry that made more than one lot, or none by itself.
INSERT INTO loyalty_lot (id, shop_id, wallet_id, entry_id, units, remaining, minor, order_id, earned_at, available_at,
                         expires_at)
VALUES (%(id)s::uuid, %(shop_id)s::uuid, %(wallet_id)s::uuid, %(entry_id)s::uuid, %(units)s::bigint, %(units)s::bigint,
        %(minor)s::bigint, %(order_id)s::uuid, %(earned_at)s::timestamptz, %(available_at)s::timestamptz,
        %(expires_at)s::timestamptz)
