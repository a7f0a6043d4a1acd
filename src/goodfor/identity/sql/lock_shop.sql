-- Lock one shop, so that two changes of its settings follow one another; what belongs to it is not held up.
SELECT id FROM identity_shop WHERE id = %(shop_id)s FOR NO KEY UPDATE
