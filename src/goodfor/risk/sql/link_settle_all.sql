-- Before a shop's groups are made anew from all links: whatever comes after this line is looked at again.
UPDATE risk_link SET settled = true WHERE shop_id = %(shop_id)s AND NOT settled
