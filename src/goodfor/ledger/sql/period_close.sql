-- Begin to close a month; nothing when it has begun.
INSERT INTO ledger_period (shop_id, month, state, changed_at) VALUES (%(shop_id)s, %(month)s, 'closing', %(now)s)
ON CONFLICT (shop_id, month) DO NOTHING
