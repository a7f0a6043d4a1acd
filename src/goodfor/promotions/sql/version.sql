-- promotions: which plan counts now, in which zone and above which floor; no row: the shop never had one.
SELECT version, timezone, floor_minor FROM promotions_plan WHERE shop_id = %(shop_id)s
