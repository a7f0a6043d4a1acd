-- A movement by itself; its lots are told by other statements.
INSERT INTO loyalty_entry (id, shop_id, wallet_id, kind, units, asked, minor, source_kind, source_id, purpose, nature,
                           reason, actor, order_id, at)
VALUES (%(id)s::uuid, %(shop_id)s::uuid, %(wallet_id)s::uuid, %(kind)s, %(units)s::bigint, %(asked)s::bigint,
        %(minor)s::bigint, %(source_kind)s, %(source_id)s, %(purpose)s, %(nature)s, %(reason)s, %(actor)s,
        %(order_id)s::uuid, %(now)s::timestamptz)
