-- Post several transactions in one round trip; see sql/schema/post.sql.
SELECT ledger_post(%(shop_id)s, %(currency)s, %(now)s, %(actor)s,
  %(reference)s::text[], %(kind)s::text[], %(hash)s::bytea[], %(effective)s::timestamptz[],
  %(cause_type)s::text[], %(cause_id)s::uuid[], %(metadata)s::jsonb, %(reverses)s::bigint[], %(settles)s::bigint[],
  %(entry)s::smallint[], %(account)s::text[], %(amount)s::bigint[], %(layer)s::smallint[],
  %(order_id)s::uuid[], %(order_line_id)s::uuid[], %(sku_id)s::uuid[],
  %(rule)s::smallint[], %(adjustment)s::boolean[],
  %(supplier_id)s::uuid[], %(party_id)s::uuid[], %(brand_id)s::uuid[], %(campaign_id)s::uuid[], %(channel)s::text[])
