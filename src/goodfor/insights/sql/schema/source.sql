-- What insights read of the ledger, in one place: nothing else of this room names the ledger's tables. Three shapes of the
-- same rows, since the planner needs to be led: `by_tx` from headers to postings, `by_order` from an order's postings to
-- their headers, `all` for whole books.

-- Which column of the cube a posting adds to; null: to none. Everything of the income statement adds to some, so that the
-- cube's profit is the statement's. Refunds are told from what else takes from the sales by the transaction's kind.
CREATE FUNCTION insights_measure(code text, kind text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE left(code, 4)
    WHEN '2203' THEN CASE WHEN code <> '2203:order' OR split_part(kind, '.', 1) = 'delivery' THEN NULL
                          WHEN split_part(kind, '.', 1) = 'refund' THEN 'paid_back' ELSE 'paid' END
    WHEN '5001' THEN CASE WHEN code NOT LIKE '5001:sales:%' THEN 'other_income'
                          WHEN split_part(kind, '.', 1) = 'delivery' THEN 'sales'
                          WHEN split_part(kind, '.', 1) = 'refund' THEN 'sales_back' ELSE 'adjusted' END
    WHEN '5002' THEN 'discount'
    WHEN '5401' THEN 'cost'
    WHEN '6603' THEN 'fee'
    WHEN '6601' THEN CASE WHEN code = '6601:commission' THEN 'commission' ELSE 'marketing' END
    WHEN '6711' THEN CASE WHEN code = '6711:recovery' THEN 'recovery' ELSE 'compensation' END
    ELSE CASE WHEN code ~ '^[56]' THEN 'difference' END
  END
$$;

-- The sign with which it is added: a credit is positive where it is income, a debit where it takes from it.
CREATE FUNCTION insights_sign(measure text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN measure IN ('paid', 'sales', 'adjusted', 'other_income', 'recovery') THEN -1 ELSE 1 END
$$;

CREATE VIEW insights_posting_by_tx AS
SELECT t.shop_id, t.xid, t.id AS tx_id, p.seq, t.kind, t.currency, p.effective_date AS day, p.order_id, p.order_line_id,
       p.sku_id, p.supplier_id, p.campaign_id, m.measure,
       insights_sign(m.measure) * p.amount_minor AS value
  FROM ledger_tx t
 CROSS JOIN LATERAL (SELECT x.seq, x.effective_date, x.order_id, x.order_line_id, x.sku_id, x.supplier_id, x.campaign_id,
                              x.amount_minor, x.account_id
                       FROM ledger_posting x WHERE x.shop_id = t.shop_id AND x.tx_id = t.id AND x.layer = 0 OFFSET 0) p
  JOIN ledger_account a ON a.id = p.account_id AND a.shop_id = t.shop_id
 CROSS JOIN LATERAL (SELECT insights_measure(a.code, t.kind) AS measure) m
 WHERE m.measure IS NOT NULL;

CREATE VIEW insights_posting_by_order AS
SELECT t.shop_id, t.xid, t.id AS tx_id, p.seq, t.kind, t.currency, p.effective_date AS day, p.order_id, p.order_line_id,
       p.sku_id, p.supplier_id, p.campaign_id, m.measure,
       insights_sign(m.measure) * p.amount_minor AS value
  FROM ledger_posting p
 CROSS JOIN LATERAL (SELECT x.shop_id, x.xid, x.id, x.kind, x.currency FROM ledger_tx x
                      WHERE x.id = p.tx_id AND x.shop_id = p.shop_id OFFSET 0) t
 CROSS JOIN LATERAL (SELECT x.code FROM ledger_account x WHERE x.id = p.account_id AND x.shop_id = p.shop_id OFFSET 0) a
 CROSS JOIN LATERAL (SELECT insights_measure(a.code, t.kind) AS measure) m
 WHERE m.measure IS NOT NULL AND p.layer = 0;

CREATE VIEW insights_posting_all AS
SELECT t.shop_id, t.xid, t.id AS tx_id, p.seq, t.kind, t.currency, p.effective_date AS day, p.order_id, p.order_line_id,
       p.sku_id, p.supplier_id, p.campaign_id, m.measure,
       insights_sign(m.measure) * p.amount_minor AS value
  FROM ledger_posting p
  JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
  JOIN ledger_account a ON a.id = p.account_id AND a.shop_id = p.shop_id
 CROSS JOIN LATERAL (SELECT insights_measure(a.code, t.kind) AS measure) m
 WHERE m.measure IS NOT NULL AND p.layer = 0;
