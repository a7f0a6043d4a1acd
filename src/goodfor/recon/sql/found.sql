-- recon: everything that was found, with both rows as they are.
SELECT DISTINCT ON (f.category, f.business_key) f.category, f.business_key, f.ours_id, f.theirs_id, f.risk_minor, f.detail,
       CASE WHEN o.id IS NOT NULL THEN jsonb_build_object('kind', o.kind, 'source', o.source, 'day', o.day, 'at', o.at,
           'amount_minor', o.amount_minor, 'currency', o.currency, 'key', o.key, 'alt_key', o.alt_key, 'state', o.state,
           'account', o.account, 'post_ref', o.post_ref) ELSE '{}'::jsonb END,
       CASE WHEN t.id IS NOT NULL THEN jsonb_build_object('kind', t.kind, 'source', t.source, 'day', t.day, 'at', t.at,
           'amount_minor', t.amount_minor, 'currency', t.currency, 'key', t.key, 'alt_key', t.alt_key, 'state', t.state,
           'account', t.account, 'fee', t.fee::text) ELSE '{}'::jsonb END
FROM recon_found f LEFT JOIN recon_o o ON o.id = f.ours_id LEFT JOIN recon_t t ON t.id = f.theirs_id
ORDER BY f.category, f.business_key, f.theirs_id, f.ours_id
