-- What an order does with limits and coupons, a phase in one call. Each is idempotent.

-- All that an order holds, or nothing: '' when it holds it, else '<campaign> <why>'. Both lists as JSON; takings are sorted.
CREATE FUNCTION promotions_reserve(
    p_shop uuid, p_order uuid, p_now timestamptz, p_buyer text, p_held jsonb, p_takings jsonb
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_turn int;
    t record;
BEGIN
    IF EXISTS (SELECT 1 FROM promotions_held
               WHERE shop_id = p_shop AND order_id = p_order AND state IN ('reserved', 'used')) THEN
        RETURN '';
    END IF;
    SELECT coalesce(max(turn), 0) + 1 INTO v_turn FROM promotions_held WHERE shop_id = p_shop AND order_id = p_order;
    PERFORM set_config('lock_timeout', '3000ms', true);
    -- A block with a handler is a savepoint: what was taken before the one that is gone is given back by it.
    BEGIN
        FOR t IN SELECT h.c FROM jsonb_to_recordset(p_held) AS h(c uuid, r uuid, live boolean)
                 WHERE h.live AND NOT EXISTS (
                     SELECT 1 FROM promotions_campaign m WHERE m.shop_id = p_shop AND m.id = h.c
                       AND m.revision_id = h.r AND m.state IN ('scheduled', 'running')) LOOP
            RAISE EXCEPTION USING ERRCODE = 'GF409', MESSAGE = t.c || ' changed';
        END LOOP;
        FOR t IN SELECT h.c, q.id::uuid AS id FROM jsonb_to_recordset(p_held) AS h(c uuid, q jsonb),
                        jsonb_array_elements_text(h.q) AS q(id) ORDER BY 2 LOOP
            UPDATE promotions_coupon SET state = 'reserved', order_id = p_order
            WHERE shop_id = p_shop AND id = t.id AND campaign_id = t.c AND NOT public
              AND (state = 'claimed' AND buyer_ref = p_buyer OR state = 'free' AND EXISTS (
                  SELECT 1 FROM promotions_batch b
                  WHERE b.shop_id = p_shop AND b.id = batch_id AND b.state = 'made'))
              AND (gift_hash IS NULL OR gift_until <= p_now) AND (expires_at IS NULL OR expires_at > p_now);
            IF NOT FOUND AND NOT EXISTS (
                SELECT 1 FROM promotions_coupon c
                JOIN promotions_batch b ON b.shop_id = p_shop AND b.id = c.batch_id AND b.state = 'made'
                WHERE c.shop_id = p_shop AND c.id = t.id AND c.campaign_id = t.c AND c.public AND c.state = 'free'
                  AND (c.expires_at IS NULL OR c.expires_at > p_now)) THEN
                RAISE EXCEPTION USING ERRCODE = 'GF409', MESSAGE = t.c || ' coupon';
            END IF;
        END LOOP;
        FOR t IN SELECT x.* FROM ROWS FROM (
                     jsonb_to_recordset(p_takings) AS (c uuid, e text, n text, k text, b text, m bigint, a bigint, s boolean)
                 ) WITH ORDINALITY AS x(c, e, n, k, b, m, a, s, place) ORDER BY place LOOP
            IF NOT promotions_take(p_shop, t.c, t.e, t.n, t.k, t.b, t.m, t.a, t.s) THEN
                RAISE EXCEPTION USING ERRCODE = 'GF409', MESSAGE = t.c || ' ' || t.e || '.' || t.n;
            END IF;
        END LOOP;
        INSERT INTO promotions_held (id, shop_id, order_id, campaign_id, revision_id, turn, buyer_ref, state, uses, wanted_minor,
                                     minor, loss_minor, coupons, back_minor, at)
        SELECT gen_random_uuid(), p_shop, p_order, h.c, h.r, v_turn, p_buyer, 'reserved', h.u, h.w, h.m, h.l,
               ARRAY(SELECT jsonb_array_elements_text(h.q)::uuid), 0, p_now
        FROM jsonb_to_recordset(p_held) AS h(c uuid, r uuid, u int, w bigint, m bigint, l bigint, q jsonb);
        INSERT INTO promotions_taking (shop_id, order_id, campaign_id, turn, entity, counts, key, bucket, shared, most,
                                       amount, policy, back, state)
        SELECT p_shop, p_order, x.c, v_turn, x.e, x.n, x.k, x.b, x.s, x.m, x.a, x.p, 0, 'reserved'
        FROM jsonb_to_recordset(p_takings)
             AS x(c uuid, e text, n text, k text, b text, m bigint, a bigint, s boolean, p text);
    EXCEPTION WHEN SQLSTATE 'GF409' THEN
        RETURN SQLERRM;
    END;
    RETURN '';
END $$;

-- Money arrived: what is reserved is used. How many rows it was.
CREATE FUNCTION promotions_commit(p_shop uuid, p_order uuid, p_now timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_rows int;
BEGIN
    UPDATE promotions_held SET state = 'used', ended_at = p_now
    WHERE shop_id = p_shop AND order_id = p_order AND state = 'reserved';
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    IF v_rows > 0 THEN
        UPDATE promotions_taking SET state = 'used'
        WHERE shop_id = p_shop AND order_id = p_order AND state = 'reserved';
        UPDATE promotions_coupon SET state = 'used', used_at = p_now
        WHERE shop_id = p_shop AND order_id = p_order AND state = 'reserved';
    END IF;
    RETURN v_rows;
END $$;

-- Cancelled or expired: what is reserved is free again. How many rows it was.
CREATE FUNCTION promotions_release(p_shop uuid, p_order uuid, p_now timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_rows int;
    t record;
BEGIN
    UPDATE promotions_held SET state = 'released', ended_at = p_now
    WHERE shop_id = p_shop AND order_id = p_order AND state = 'reserved';
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    IF v_rows = 0 THEN
        RETURN 0;
    END IF;
    PERFORM set_config('lock_timeout', '3000ms', true);
    FOR t IN SELECT id FROM promotions_coupon WHERE shop_id = p_shop AND order_id = p_order AND state = 'reserved'
             ORDER BY id LOOP
        UPDATE promotions_coupon
        SET state = CASE WHEN buyer_ref = '' THEN 'free' ELSE 'claimed' END, order_id = NULL
        WHERE shop_id = p_shop AND id = t.id;
    END LOOP;
    FOR t IN SELECT * FROM promotions_taking WHERE shop_id = p_shop AND order_id = p_order AND state = 'reserved'
             ORDER BY id LOOP
        PERFORM promotions_give(p_shop, t.campaign_id, t.entity, t.counts, t.key, t.bucket, t.amount, t.shared);
    END LOOP;
    UPDATE promotions_taking SET state = 'released'
    WHERE shop_id = p_shop AND order_id = p_order AND state = 'reserved';
    RETURN v_rows;
END $$;

-- Paid after it was released: the same again, as it was, whatever became of the campaigns. Whether all of it was to be had.
CREATE FUNCTION promotions_reserve_again(p_shop uuid, p_order uuid, p_now timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_turn int;
    v_buyer text;
    v_held jsonb;
    v_takings jsonb;
BEGIN
    SELECT turn, buyer_ref INTO v_turn, v_buyer FROM promotions_held
    WHERE shop_id = p_shop AND order_id = p_order ORDER BY turn DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN true;
    END IF;
    SELECT jsonb_agg(jsonb_build_object('c', campaign_id, 'r', revision_id, 'live', false, 'u', uses,
                                        'w', wanted_minor, 'm', minor, 'l', loss_minor, 'q', to_jsonb(coupons)))
    INTO v_held FROM promotions_held WHERE shop_id = p_shop AND order_id = p_order AND turn = v_turn;
    -- Ids of takings ascend in the order in which they are taken.
    SELECT coalesce(jsonb_agg(jsonb_build_object('c', campaign_id, 'e', entity, 'n', counts, 'k', key, 'b', bucket,
                                                 'm', most, 'a', amount, 's', shared, 'p', policy) ORDER BY id), '[]')
    INTO v_takings FROM promotions_taking WHERE shop_id = p_shop AND order_id = p_order AND turn = v_turn;
    RETURN promotions_reserve(p_shop, p_order, p_now, v_buyer, v_held, v_takings) = '';
END $$;

-- Refunded: `p_minor` of the order's discount and `p_units` (JSON, by SKU: pieces back, pieces ordered) went back so far,
-- all refunds together. What comes back of each limit is its own policy; to call it again with the same changes nothing.
-- Of pieces some of which had the activity's price, one that goes back takes its part of them along, and no more.
CREATE FUNCTION promotions_roll_back(
    p_shop uuid, p_order uuid, p_whole boolean, p_minor bigint, p_units jsonb, p_coupons boolean
) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_rows int := 0;
    v_given bigint;
    v_back bigint;
    t record;
BEGIN
    SELECT sum(minor) INTO v_given FROM promotions_held
    WHERE shop_id = p_shop AND order_id = p_order AND state = 'used';
    IF NOT FOUND OR v_given IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM set_config('lock_timeout', '3000ms', true);
    UPDATE promotions_held
    SET back_minor = CASE WHEN p_whole THEN minor ELSE greatest(
        back_minor, least(minor, trunc(minor::numeric * p_minor / greatest(v_given, 1))::bigint)) END
    WHERE shop_id = p_shop AND order_id = p_order AND state = 'used';
    IF p_whole AND p_coupons THEN
        FOR t IN SELECT c.id FROM promotions_coupon c
                 WHERE c.shop_id = p_shop AND c.order_id = p_order AND c.state = 'used' ORDER BY c.id LOOP
            UPDATE promotions_coupon
            SET state = CASE WHEN buyer_ref = '' THEN 'free' ELSE 'claimed' END, order_id = NULL, used_at = NULL
            WHERE shop_id = p_shop AND id = t.id;
        END LOOP;
    END IF;
    FOR t IN SELECT * FROM promotions_taking WHERE shop_id = p_shop AND order_id = p_order AND state = 'used'
             AND policy <> 'never' AND back < amount ORDER BY id LOOP
        v_back := CASE
            WHEN p_whole THEN t.amount
            WHEN t.policy = 'whole' THEN 0
            -- As numeric: the product of two amounts is no bigint.
            WHEN t.counts IN ('minor', 'loss') THEN trunc(t.amount::numeric * least(p_minor, v_given) / greatest(v_given, 1))
            WHEN t.counts = 'units' AND p_units ? right(t.key, 36) THEN least(t.amount, trunc(
                t.amount::numeric * (p_units #>> ARRAY[right(t.key, 36), '0'])::bigint
                / greatest((p_units #>> ARRAY[right(t.key, 36), '1'])::bigint, 1)))
            ELSE 0 END;
        CONTINUE WHEN v_back <= t.back;
        PERFORM promotions_give(
            p_shop, t.campaign_id, t.entity, t.counts, t.key, t.bucket, v_back - t.back, t.shared);
        UPDATE promotions_taking SET back = v_back WHERE shop_id = p_shop AND id = t.id;
        v_rows := v_rows + 1;
    END LOOP;
    RETURN v_rows;
END $$;
