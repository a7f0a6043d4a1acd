-- Postings whose account is missing, of another shop or currency, or whose date or transaction id is not the header's.
SELECT p.shop_id || '/tx/' || p.tx_id || '/' || p.seq,
       CASE WHEN a.id IS NULL THEN 'no account ' || p.account_id
            WHEN a.shop_id <> p.shop_id THEN 'account of another shop'
            WHEN a.currency <> t.currency THEN 'account in ' || a.currency || ', transaction in ' || t.currency
            WHEN p.xid <> t.xid THEN 'grown after its transaction'
            ELSE 'dated ' || p.effective_date END
  FROM ledger_posting p
  JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
  LEFT JOIN ledger_account a ON a.id = p.account_id
 WHERE a.id IS NULL OR a.shop_id <> p.shop_id OR a.currency <> t.currency OR p.xid <> t.xid
    OR p.effective_date <> ledger_business_date(t.effective_at)
