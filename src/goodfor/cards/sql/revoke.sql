-- cards: those of a range that are not used up are good no more; how many, and what of their price was still owed.
WITH picked AS (
    SELECT id, state, CASE WHEN state = 'made' THEN 0 WHEN basis_minor = 0 THEN price_minor
                           ELSE price_minor * remaining_minor / basis_minor END AS worth
      FROM cards_card
     WHERE shop_id = %(shop_id)s AND serial BETWEEN %(first)s AND %(last)s AND state IN ('made', 'active', 'expired')
     ORDER BY serial FOR NO KEY UPDATE
), moved AS (
    UPDATE cards_card c SET state = 'revoked' FROM picked p WHERE c.shop_id = %(shop_id)s AND c.id = p.id
), told AS (
    INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)
    SELECT %(shop_id)s::uuid, 'cards.card', id, 1, state, 'revoked', %(actor)s, %(cause)s, %(now)s::timestamptz FROM picked
)
SELECT count(*), coalesce(sum(worth), 0)::bigint FROM picked
