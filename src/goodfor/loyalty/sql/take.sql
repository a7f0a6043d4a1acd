-- Units leave a wallet whose row is held, lot by lot: of `first`'s order, then by the earliest end, then by age.
-- `any`: also what may not be spent yet. `partly`: as many as there are; else all or nothing. `owe`: what is short is owed.
WITH lots AS (
    SELECT l.id, l.units, l.remaining, l.minor,
           (sum(l.remaining) OVER (ORDER BY l.order_id IS NOT DISTINCT FROM %(first)s::uuid AND l.order_id IS NOT NULL DESC,
                                            l.expires_at NULLS LAST, l.earned_at, l.id) - l.remaining)::bigint AS before
    FROM loyalty_lot l
    WHERE l.shop_id = %(shop_id)s AND l.wallet_id = %(wallet_id)s AND l.remaining > 0
      AND (%(any)s::boolean OR l.available_at <= %(now)s) AND (l.expires_at IS NULL OR l.expires_at > %(now)s)
), taken AS (
    SELECT id, units, remaining, minor, least(remaining, %(units)s::bigint - before) AS take
    FROM lots WHERE before < %(units)s::bigint
), told AS (
    SELECT coalesce(sum(take), 0)::bigint AS got,
           coalesce(sum(minor * remaining / units - minor * (remaining - take) / units), 0)::bigint AS worth
    FROM taken
), done AS (
    SELECT got, worth FROM told WHERE got = %(units)s::bigint OR %(partly)s::boolean
), entry AS (
    INSERT INTO loyalty_entry (id, shop_id, wallet_id, kind, units, asked, minor, source_kind, source_id, purpose, nature,
                               reason, actor, order_id, at)
    SELECT %(id)s::uuid, %(shop_id)s::uuid, %(wallet_id)s::uuid, %(kind)s,
           -got - CASE WHEN %(owe)s::boolean THEN %(units)s::bigint - got ELSE 0 END, %(units)s::bigint, -worth,
           %(source_kind)s, %(source_id)s, %(purpose)s, %(nature)s, %(reason)s, %(actor)s, %(order_id)s::uuid,
           %(now)s::timestamptz
    FROM done
), moved AS (
    UPDATE loyalty_lot l SET remaining = l.remaining - t.take FROM taken t, done
    WHERE l.shop_id = %(shop_id)s AND l.id = t.id
), allocated AS (
    INSERT INTO loyalty_allocation (shop_id, entry_id, lot_id, units, back, moved)
    SELECT %(shop_id)s::uuid, %(id)s::uuid, t.id, t.take, 0, 0 FROM taken t, done
), wallet AS (
    UPDATE loyalty_wallet w SET balance = w.balance - done.got,
           debt = w.debt + CASE WHEN %(owe)s::boolean THEN %(units)s::bigint - done.got ELSE 0 END
    FROM done WHERE w.shop_id = %(shop_id)s AND w.id = %(wallet_id)s
)
SELECT got, worth FROM done
