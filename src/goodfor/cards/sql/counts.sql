-- cards: how many of a range are in each state.
SELECT state, count(*) FROM cards_card
 WHERE shop_id = %(shop_id)s AND serial BETWEEN %(first)s AND %(last)s GROUP BY state
