-- What is owed on accounts that no statement lists yet.
SELECT count(*)::integer, coalesce(sum(i.amount_minor), 0)::bigint, min(i.effective_at)
  FROM settlement_item i
 WHERE i.shop_id = %(shop_id)s AND i.account = ANY (%(accounts)s::text[]) AND i.currency = %(currency)s
   AND i.statement_id IS NULL
