-- Finish closing, once every transaction that may have seen the month open has ended.
UPDATE ledger_period SET state = 'closed', changed_at = %(now)s
 WHERE shop_id = %(shop_id)s AND month = %(month)s AND state = 'closing'
   AND closing_xid < pg_snapshot_xmin(pg_current_snapshot())
