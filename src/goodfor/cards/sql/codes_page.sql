-- cards: sealed codes of a batch, page by page.
SELECT serial, id, code_key_id, code_blob FROM cards_card
 WHERE shop_id = %(shop_id)s AND serial BETWEEN %(after)s + 1 AND %(last)s ORDER BY serial LIMIT %(most)s
