-- Limits. All functions here lock in one order: coupons by id, then takings as their caller sorted them (counters before
-- quotas), so that no two orders ever wait for each other in a ring. A quota is taken from a shard that nobody is at.

-- Make a quota and its shards, where there is none. Its id, or the id of the one that was there.
CREATE FUNCTION promotions_quota_of(
    p_shop uuid, p_campaign uuid, p_entity text, p_counts text, p_key text, p_bucket text, p_most bigint
) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid;
    v_shards int := greatest(1, least(16, p_most));
BEGIN
    LOOP
        SELECT id INTO v_id FROM promotions_quota
        WHERE shop_id = p_shop AND campaign_id = p_campaign AND entity = p_entity AND counts = p_counts
          AND key = p_key AND bucket = p_bucket;
        IF FOUND THEN
            RETURN v_id;
        END IF;
        INSERT INTO promotions_quota (id, shop_id, campaign_id, entity, counts, key, bucket, total)
        VALUES (gen_random_uuid(), p_shop, p_campaign, p_entity, p_counts, p_key, p_bucket, p_most)
        ON CONFLICT (shop_id, campaign_id, entity, counts, key, bucket) DO NOTHING RETURNING id INTO v_id;
        IF FOUND THEN
            INSERT INTO promotions_shard (shop_id, quota_id, shard, free)
            SELECT p_shop, v_id, n, p_most / v_shards + (n < p_most % v_shards)::int
            FROM generate_series(0, v_shards - 1) AS n;
            RETURN v_id;
        END IF;
    END LOOP;
END $$;

-- Take so much of a quota, all or nothing. False only where what is committed is not enough: whoever holds the last of it
-- without having committed is waited for, one holder at a time, and each waiter at a shard of his own where there is one.
CREATE FUNCTION promotions_take_quota(p_shop uuid, p_quota uuid, p_amount bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_shard smallint;
    v_sum bigint;
    v_best bigint;
    v_shards int;
BEGIN
    LOOP
        SELECT shard INTO v_shard FROM promotions_shard
        WHERE shop_id = p_shop AND quota_id = p_quota AND free >= p_amount
        ORDER BY random() LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
        IF FOUND THEN
            UPDATE promotions_shard SET free = free - p_amount
            WHERE shop_id = p_shop AND quota_id = p_quota AND shard = v_shard;
            RETURN true;
        END IF;
        SELECT sum(free), max(free) INTO v_sum, v_best FROM promotions_shard
        WHERE shop_id = p_shop AND quota_id = p_quota;
        IF coalesce(v_sum, 0) < p_amount THEN
            RETURN false;
        END IF;
        EXIT WHEN v_best < p_amount;
        -- A row that was waited for stays locked even where too little is left in it. Two who held such rows and went on to
        -- each other's would wait in a ring: so this is a savepoint, and its end lets go.
        BEGIN
            SELECT shard INTO v_shard FROM promotions_shard
            WHERE shop_id = p_shop AND quota_id = p_quota AND free >= p_amount ORDER BY random() LIMIT 1;
            UPDATE promotions_shard SET free = free - p_amount
            WHERE shop_id = p_shop AND quota_id = p_quota AND shard = v_shard AND free >= p_amount;
            IF NOT FOUND THEN
                RAISE EXCEPTION USING ERRCODE = 'GF410';
            END IF;
            RETURN true;
        EXCEPTION WHEN SQLSTATE 'GF410' THEN
            CONTINUE;
        END;
    END LOOP;
    -- No shard alone has enough: together they may. What is left is spread anew.
    PERFORM 1 FROM promotions_shard WHERE shop_id = p_shop AND quota_id = p_quota ORDER BY shard FOR NO KEY UPDATE;
    SELECT sum(free), count(*) INTO v_sum, v_shards FROM promotions_shard WHERE shop_id = p_shop AND quota_id = p_quota;
    IF v_sum < p_amount THEN
        RETURN false;
    END IF;
    v_sum := v_sum - p_amount;
    UPDATE promotions_shard SET free = v_sum / v_shards + (shard < v_sum % v_shards)::int
    WHERE shop_id = p_shop AND quota_id = p_quota;
    RETURN true;
END $$;

-- Give so much back to a quota.
CREATE FUNCTION promotions_give_quota(
    p_shop uuid, p_campaign uuid, p_entity text, p_counts text, p_key text, p_bucket text, p_amount bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid;
    v_shard smallint;
BEGIN
    SELECT id INTO STRICT v_id FROM promotions_quota
    WHERE shop_id = p_shop AND campaign_id = p_campaign AND entity = p_entity AND counts = p_counts
      AND key = p_key AND bucket = p_bucket;
    SELECT shard INTO v_shard FROM promotions_shard WHERE shop_id = p_shop AND quota_id = v_id
    ORDER BY free LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        SELECT shard INTO v_shard FROM promotions_shard WHERE shop_id = p_shop AND quota_id = v_id
        ORDER BY random() LIMIT 1 FOR NO KEY UPDATE;
    END IF;
    UPDATE promotions_shard SET free = free + p_amount WHERE shop_id = p_shop AND quota_id = v_id AND shard = v_shard;
END $$;

-- A quota's total becomes another one; never below what was taken.
CREATE FUNCTION promotions_fit_quota(
    p_shop uuid, p_campaign uuid, p_entity text, p_counts text, p_key text, p_bucket text, p_most bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid := promotions_quota_of(p_shop, p_campaign, p_entity, p_counts, p_key, p_bucket, p_most);
    v_total bigint;
    v_free bigint;
    v_shards int;
BEGIN
    SELECT total INTO v_total FROM promotions_quota WHERE shop_id = p_shop AND id = v_id;
    IF v_total = p_most THEN
        RETURN;
    END IF;
    PERFORM 1 FROM promotions_shard WHERE shop_id = p_shop AND quota_id = v_id ORDER BY shard FOR NO KEY UPDATE;
    SELECT sum(free), count(*) INTO v_free, v_shards FROM promotions_shard WHERE shop_id = p_shop AND quota_id = v_id;
    SELECT total INTO v_total FROM promotions_quota WHERE shop_id = p_shop AND id = v_id;
    v_free := greatest(0, v_free + p_most - v_total);
    UPDATE promotions_quota
    SET total = v_free + v_total - (SELECT sum(free) FROM promotions_shard WHERE shop_id = p_shop AND quota_id = v_id)
    WHERE shop_id = p_shop AND id = v_id;
    UPDATE promotions_shard SET free = v_free / v_shards + (shard < v_free % v_shards)::int
    WHERE shop_id = p_shop AND quota_id = v_id;
    IF v_shards < least(16, v_free) THEN
        INSERT INTO promotions_shard (shop_id, quota_id, shard, free)
        SELECT p_shop, v_id, n, 0 FROM generate_series(v_shards, least(16, v_free) - 1) AS n;
        v_shards := least(16, v_free);
        UPDATE promotions_shard SET free = v_free / v_shards + (shard < v_free % v_shards)::int
        WHERE shop_id = p_shop AND quota_id = v_id;
    END IF;
END $$;

-- Add to what a name has had, if it stays within the limit.
CREATE FUNCTION promotions_count(
    p_shop uuid, p_campaign uuid, p_entity text, p_counts text, p_key text, p_bucket text, p_most bigint,
    p_amount bigint
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF p_amount > p_most THEN
        RETURN false;
    END IF;
    INSERT INTO promotions_counter AS c (shop_id, key, campaign_id, entity, counts, bucket, used)
    VALUES (p_shop, p_key, p_campaign, p_entity, p_counts, p_bucket, p_amount)
    ON CONFLICT (shop_id, key, campaign_id, entity, counts, bucket)
    DO UPDATE SET used = c.used + EXCLUDED.used WHERE c.used + EXCLUDED.used <= p_most;
    RETURN FOUND;
END $$;

-- One taking of an order, from a quota or onto a counter.
CREATE FUNCTION promotions_take(
    p_shop uuid, p_campaign uuid, p_entity text, p_counts text, p_key text, p_bucket text, p_most bigint,
    p_amount bigint, p_shared boolean
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF NOT p_shared THEN
        RETURN promotions_count(p_shop, p_campaign, p_entity, p_counts, p_key, p_bucket, p_most, p_amount);
    END IF;
    RETURN promotions_take_quota(
        p_shop, promotions_quota_of(p_shop, p_campaign, p_entity, p_counts, p_key, p_bucket, p_most), p_amount);
END $$;

-- Give a part of a taking back.
CREATE FUNCTION promotions_give(
    p_shop uuid, p_campaign uuid, p_entity text, p_counts text, p_key text, p_bucket text, p_amount bigint,
    p_shared boolean
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_shared THEN
        PERFORM promotions_give_quota(p_shop, p_campaign, p_entity, p_counts, p_key, p_bucket, p_amount);
    ELSE
        UPDATE promotions_counter SET used = used - p_amount
        WHERE shop_id = p_shop AND key = p_key AND campaign_id = p_campaign AND entity = p_entity
          AND counts = p_counts AND bucket = p_bucket;
    END IF;
END $$;
