DELETE FROM risk_link WHERE shop_id = %(shop_id)s AND last_at < %(before)s
