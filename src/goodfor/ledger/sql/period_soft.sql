-- Close a month softly; nothing when it, or a later month for it, is closed already.
INSERT INTO ledger_period (shop_id, month, state, soft_xid, changed_at)
SELECT %(shop_id)s, %(month)s, 'soft', pg_current_xact_id(), %(now)s
 WHERE NOT EXISTS (SELECT FROM ledger_period d
                    WHERE d.shop_id = %(shop_id)s AND d.month >= %(month)s AND d.state <> 'soft')
ON CONFLICT (shop_id, month) DO NOTHING
