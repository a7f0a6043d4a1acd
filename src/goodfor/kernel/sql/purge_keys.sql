-- Request keys past their age, of all shop_ids.
DELETE FROM kernel_idempotency
WHERE ctid = ANY (ARRAY(SELECT ctid FROM kernel_idempotency WHERE created_at < %(before)s LIMIT %(limit)s))
  AND created_at < %(before)s
