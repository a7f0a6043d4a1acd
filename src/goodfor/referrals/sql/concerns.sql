-- Whether anything about invitations hangs on an order or its buyer.
SELECT EXISTS (SELECT FROM referrals_attribution WHERE shop_id = %(shop_id)s AND order_id = %(order_id)s)
    OR EXISTS (SELECT FROM referrals_binding WHERE shop_id = %(shop_id)s AND friend = %(buyer)s::uuid AND ended_at IS NULL)
    OR EXISTS (SELECT FROM referrals_code WHERE shop_id = %(shop_id)s AND owner = %(buyer)s::uuid)
