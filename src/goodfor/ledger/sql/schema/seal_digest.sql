-- What a seal covers of one transaction, anew: what came later is added only where it says something, so that the hash of
-- older transactions stays what it was. The lengths of the arrays tell the two apart.
CREATE OR REPLACE FUNCTION ledger_tx_digest(p_tx bigint) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to((jsonb_build_array(
           t.id, t.shop_id, t.reference, encode(t.payload_hash, 'hex'), t.kind, t.currency,
           (extract(epoch FROM t.effective_at) * 1000000)::bigint, (extract(epoch FROM t.recorded_at) * 1000000)::bigint,
           t.cause_type, t.cause_id, t.actor, t.reverses_tx, t.settles_tx, t.metadata,
           (SELECT jsonb_agg(jsonb_build_array(p.seq, p.account_id, a.code, a.currency, a.type, a.normal_side, p.amount_minor,
                     p.layer, p.effective_date - date '2000-01-01', p.order_id, p.order_line_id, p.sku_id)
                     || CASE WHEN num_nonnulls(p.supplier_id, p.party_id, p.brand_id, p.campaign_id, p.channel) > 0
                             THEN jsonb_build_array(p.supplier_id, p.party_id, p.brand_id, p.campaign_id, p.channel)
                             ELSE '[]' END ORDER BY p.seq)
              FROM ledger_posting p LEFT JOIN ledger_account a ON a.id = p.account_id
             WHERE p.shop_id = t.shop_id AND p.tx_id = t.id))
           || CASE WHEN t.rule_version <> 1 OR t.adjustment THEN jsonb_build_array(t.rule_version, t.adjustment)
                   ELSE '[]' END)::text, 'UTF8'))
    FROM ledger_tx t WHERE t.id = p_tx
$$;
