-- Keep postings as items; what was kept before stays as it is, so that reading from an earlier place changes nothing.
INSERT INTO settlement_item (shop_id, tx_id, seq, amount_minor, order_id, order_line_id, sku_id, effective_at, recorded_at,
                             currency, account, what, kind, reference)
SELECT %(shop_id)s, r.*
  FROM unnest(%(tx_ids)s::bigint[], %(seqs)s::smallint[], %(amounts)s::bigint[], %(orders)s::uuid[], %(lines)s::uuid[],
              %(skus)s::uuid[], %(effective)s::timestamptz[], %(recorded)s::timestamptz[], %(currencies)s::text[],
              %(accounts)s::text[], %(whats)s::text[], %(kinds)s::text[], %(references)s::text[]) r
ON CONFLICT (shop_id, tx_id, seq) DO NOTHING
