-- What people may read of these keys: masked where it is about a person.
SELECT kind, key, label FROM risk_entity
WHERE shop_id = %(shop_id)s AND key = ANY(%(keys)s::bigint[])
