-- When each code of some holders was first shown.
SELECT code_id, min(at) FROM delivery_reveal
WHERE shop_id = %(shop_id)s AND holder_id = ANY(%(holder_ids)s)
GROUP BY code_id
