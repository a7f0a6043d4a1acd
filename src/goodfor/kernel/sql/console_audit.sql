-- A page of a shop's audit trail, newest first. Planned with its values every time: a thing has its own index.
SELECT id, actor, action, subject_type, subject_id, data::text, at FROM kernel_audit
 WHERE shop_id = %(shop_id)s
   AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)
   AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
   AND (%(after_at)s::timestamptz IS NULL OR (at, id) < (%(after_at)s, %(after_id)s::bigint))
   AND (%(actor)s::text IS NULL OR actor = %(actor)s)
   AND (%(action)s::text IS NULL OR starts_with(action, %(action)s))
   AND (%(subject_type)s::text IS NULL OR subject_type = %(subject_type)s)
   AND (%(subject_id)s::text IS NULL OR subject_id = %(subject_id)s)
   AND (%(hide)s::text IS NULL OR action <> %(hide)s)
 ORDER BY at DESC, id DESC
OFFSET %(offset)s LIMIT %(limit)s
