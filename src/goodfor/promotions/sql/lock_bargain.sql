-- One bargain, locked: helps come one after the other.
SELECT id, campaign_id, state, owner_ref, price_minor, cuts, helped, help_most, expires_at, order_id
FROM promotions_bargain WHERE shop_id = %(shop_id)s AND id = %(bargain_id)s FOR UPDATE
