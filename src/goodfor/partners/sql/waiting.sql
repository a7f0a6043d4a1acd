-- partners: words that a shop's partners have not heard, and that are not said any more.
SELECT count(*) FROM partners_word WHERE shop_id = %(shop_id)s AND state = 'given_up'
