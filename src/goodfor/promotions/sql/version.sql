-- promotions: which plan counts now, and in which zone; no row: the shop never had one.
SELECT version, timezone FROM promotions_plan WHERE shop_id = %(shop_id)s
