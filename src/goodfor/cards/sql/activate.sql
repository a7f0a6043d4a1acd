-- cards: those of a range that were never good become so.
WITH moved AS (
    UPDATE cards_card
       SET state = 'active', activated_at = %(now)s::timestamptz, expires_at = %(expires_at)s::timestamptz
     WHERE shop_id = %(shop_id)s AND serial BETWEEN %(first)s AND %(last)s AND state = 'made'
    RETURNING id
), told AS (
    INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)
    SELECT %(shop_id)s::uuid, 'cards.card', id, 1, 'made', 'active', %(actor)s, %(cause)s, %(now)s::timestamptz FROM moved
)
SELECT count(*) FROM moved
