-- Begin to close a month, soft-closed or open; nothing when it has begun.
INSERT INTO ledger_period AS d (shop_id, month, state, changed_at) VALUES (%(shop_id)s, %(month)s, 'closing', %(now)s)
ON CONFLICT (shop_id, month) DO UPDATE
   SET state = 'closing', closing_xid = pg_current_xact_id(), changed_at = excluded.changed_at
 WHERE d.state = 'soft'
