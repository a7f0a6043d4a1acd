-- finance: shares of lines.
INSERT INTO finance_share (id, shop_id, order_id, order_line_id, sku_id, agreement_id, agreement_code, version, party_id,
       account, base_minor, amount_minor, reversed_minor, volume_before, currency, rank, explained, booked_at)
SELECT r.id, %(shop_id)s, r.order_id, r.line, r.sku, r.agreement, r.code, r.version, r.party, r.account, r.base, r.amount,
       r.reversed, r.volume, r.currency, r.rank, r.explained, %(now)s
  FROM jsonb_to_recordset(%(rows)s::text::jsonb) AS r(id uuid, order_id uuid, line uuid, sku uuid, agreement uuid, code text,
       version int, party uuid, account text, base bigint, amount bigint, reversed bigint, volume bigint, currency text,
       rank smallint, explained jsonb)
