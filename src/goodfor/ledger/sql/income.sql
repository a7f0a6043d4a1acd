-- What accounts of income and expense brought in some days of the books, by one dimension of their postings.
SELECT coalesce(CASE %(by)s::text
         WHEN 'order' THEN p.order_id::text WHEN 'order_line' THEN p.order_line_id::text WHEN 'sku' THEN p.sku_id::text
         WHEN 'supplier' THEN p.supplier_id::text WHEN 'party' THEN p.party_id::text WHEN 'brand' THEN p.brand_id::text
         WHEN 'campaign' THEN p.campaign_id::text WHEN 'channel' THEN p.channel END, '') AS dimension,
       a.code, a.type, a.currency, (-sum(p.amount_minor))::bigint
  FROM ledger_posting p
  JOIN ledger_account a ON a.id = p.account_id AND a.shop_id = p.shop_id AND a.type IN ('income', 'expense')
 WHERE p.shop_id = %(shop_id)s AND p.layer = 0 AND p.effective_date BETWEEN %(first_day)s::date AND %(last_day)s::date
   AND (%(known)s::timestamptz IS NULL
                   OR EXISTS (SELECT FROM ledger_tx t
                               WHERE t.shop_id = p.shop_id AND t.id = p.tx_id AND t.recorded_at < %(known)s::timestamptz))
 GROUP BY 1, a.code, a.type, a.currency
 ORDER BY 1, a.code, a.currency
