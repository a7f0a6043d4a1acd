-- promotions: revisions by id.
SELECT id, spec::text FROM promotions_revision WHERE shop_id = %(shop_id)s AND id = ANY(%(ids)s)
