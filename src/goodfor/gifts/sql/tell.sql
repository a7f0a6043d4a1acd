-- gifts: write down who is told what; those that were not told of it before.
INSERT INTO gifts_told (shop_id, subject_id, holder_ref, what, at)
SELECT t.shop_id, t.subject_id, t.holder_ref, %(what)s, %(now)s
  FROM unnest(%(shops)s::uuid[], %(subjects)s::uuid[], %(holders)s::text[]) AS t (shop_id, subject_id, holder_ref)
ON CONFLICT DO NOTHING RETURNING subject_id, holder_ref
