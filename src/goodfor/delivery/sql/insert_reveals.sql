-- Write down which codes are shown now.
INSERT INTO delivery_reveal (id, shop_id, holder_id, code_id, actor, ip_hash, at)
SELECT r.id, %(shop_id)s, r.holder_id, r.code_id, %(actor)s, %(ip_hash)s, %(now)s
FROM unnest(%(ids)s::uuid[], %(holder_ids)s::uuid[], %(code_ids)s::uuid[]) AS r (id, holder_id, code_id)
