-- promotions: a coupon out of a batch that is to be claimed (sql/schema/coupons.sql).
SELECT promotions_claim(%(shop_id)s, %(batch_id)s, %(coupon_id)s, %(buyer)s, %(keys)s::text[], %(now)s)
