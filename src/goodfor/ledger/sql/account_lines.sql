-- Posted lines of an account that are dated to some days of the books, newest first, after the cursor (tx_id, seq); of
-- one SKU, supplier or channel where they are named. The lines are picked first: the small index over dates finds them.
WITH line AS MATERIALIZED (
  SELECT p.tx_id, p.seq, p.amount_minor, p.layer, p.order_id
    FROM ledger_posting p
   WHERE p.shop_id = %(shop_id)s AND p.layer = 0
     AND p.effective_date BETWEEN %(first_day)s::date AND %(last_day)s::date
     AND p.account_id = (SELECT a.id FROM ledger_account a
                          WHERE a.shop_id = %(shop_id)s AND a.code = %(code)s AND a.currency = %(currency)s)
     AND (%(sku_id)s::uuid IS NULL OR p.sku_id = %(sku_id)s::uuid)
     AND (%(supplier_id)s::uuid IS NULL OR p.supplier_id = %(supplier_id)s::uuid)
     AND (%(channel)s::text IS NULL OR p.channel = %(channel)s::text)
     AND (p.tx_id, p.seq) < (%(tx_id)s::bigint, %(seq)s::smallint)
), page AS (
  SELECT * FROM line ORDER BY tx_id DESC, seq DESC LIMIT %(limit)s
)
SELECT page.tx_id, page.seq, t.reference, t.kind, (page.amount_minor * a.normal_side)::bigint, page.layer, t.effective_at,
       t.recorded_at, page.order_id
  FROM page
  JOIN ledger_tx t ON t.id = page.tx_id AND t.shop_id = %(shop_id)s
  JOIN ledger_account a ON a.shop_id = %(shop_id)s AND a.code = %(code)s AND a.currency = %(currency)s
 ORDER BY page.tx_id DESC, page.seq DESC
