-- Give so much back to a quota; nothing where it is of a period that is long over and was purged.
CREATE OR REPLACE FUNCTION promotions_give_quota(
    p_shop uuid, p_campaign uuid, p_entity text, p_counts text, p_key text, p_bucket text, p_amount bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid;
    v_shard smallint;
BEGIN
    SELECT id INTO v_id FROM promotions_quota
    WHERE shop_id = p_shop AND campaign_id = p_campaign AND entity = p_entity AND counts = p_counts
      AND key = p_key AND bucket = p_bucket;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT shard INTO v_shard FROM promotions_shard WHERE shop_id = p_shop AND quota_id = v_id
    ORDER BY free LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        SELECT shard INTO v_shard FROM promotions_shard WHERE shop_id = p_shop AND quota_id = v_id
        ORDER BY random() LIMIT 1 FOR NO KEY UPDATE;
    END IF;
    UPDATE promotions_shard SET free = free + p_amount WHERE shop_id = p_shop AND quota_id = v_id AND shard = v_shard;
END $$;
