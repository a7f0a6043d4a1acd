-- The lines of the audit trail about one thing, oldest first; after an instant where one is given.
SELECT actor, action, data::text, at FROM kernel_audit
WHERE shop_id = %(shop_id)s AND subject_type = %(subject_type)s AND subject_id = %(subject_id)s
  AND (%(since)s::timestamptz IS NULL OR at > %(since)s)
ORDER BY at, id
LIMIT %(limit)s
