-- What a seal covers of one transaction: every column of the header and its lines except xid, which a restore resets;
-- account codes instead of ids alone, so that a renamed account shows too.
CREATE FUNCTION ledger_tx_digest(p_tx bigint) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(
           t.id, t.shop_id, t.reference, encode(t.payload_hash, 'hex'), t.kind, t.currency,
           (extract(epoch FROM t.effective_at) * 1000000)::bigint, (extract(epoch FROM t.recorded_at) * 1000000)::bigint,
           t.cause_type, t.cause_id, t.actor, t.reverses_tx, t.settles_tx, t.metadata,
           (SELECT jsonb_agg(jsonb_build_array(p.seq, p.account_id, a.code, a.currency, a.type, a.normal_side, p.amount_minor,
                     p.layer, p.effective_date - date '2000-01-01', p.order_id, p.order_line_id, p.sku_id) ORDER BY p.seq)
              FROM ledger_posting p LEFT JOIN ledger_account a ON a.id = p.account_id
             WHERE p.shop_id = t.shop_id AND p.tx_id = t.id))::text, 'UTF8'))
    FROM ledger_tx t WHERE t.id = p_tx
$$;

CREATE FUNCTION ledger_seal_hash(p_prev bytea, p_content bytea, p_shop uuid, p_number integer, p_generation integer,
                                 p_from xid8, p_upto xid8, p_count bigint, p_at timestamptz) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT sha256(p_prev || p_content || convert_to(concat_ws('|', p_shop, p_number, p_generation, p_from, p_upto, p_count,
                (extract(epoch FROM p_at) * 1000000)::bigint), 'UTF8'))
$$;
