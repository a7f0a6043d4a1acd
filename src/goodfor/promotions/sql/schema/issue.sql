-- Coupons of a batch for many buyers at once, each once for a period, in their order as far as there are any. Who got one.
CREATE FUNCTION promotions_issue(
    p_shop uuid, p_batch uuid, p_period text, p_buyers text[], p_now timestamptz
) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    b promotions_batch;
    v_ends timestamptz;
    v_quota uuid;
    v_fresh text[];
    v_free bigint;
BEGIN
    SELECT * INTO b FROM promotions_batch
    WHERE shop_id = p_shop AND id = p_batch AND kind = 'claim' AND state = 'made';
    IF NOT FOUND OR b.claim_until <= p_now OR b.claim_from > p_now THEN
        RETURN '{}';
    END IF;
    SELECT ends_at INTO v_ends FROM promotions_campaign
    WHERE shop_id = p_shop AND id = b.campaign_id AND state IN ('scheduled', 'running') AND ends_at > p_now;
    IF NOT FOUND THEN
        RETURN '{}';
    END IF;
    v_quota := promotions_quota_of(p_shop, b.campaign_id, 'campaign', 'claims', p_batch::text, '', b.wanted);
    SELECT sum(free) INTO v_free FROM promotions_shard WHERE shop_id = p_shop AND quota_id = v_quota;
    SELECT array_agg(t.buyer ORDER BY t.n) INTO v_fresh
    FROM (SELECT buyer, n FROM unnest(p_buyers) WITH ORDINALITY AS u (buyer, n)
          WHERE NOT EXISTS (SELECT FROM promotions_issued i WHERE i.shop_id = p_shop AND i.batch_id = p_batch
                            AND i.period = p_period AND i.buyer_ref = u.buyer)
          ORDER BY n LIMIT coalesce(v_free, 0)) t;
    -- Others may have taken the last ones meanwhile: then it is for the next time.
    IF v_fresh IS NULL OR NOT promotions_take_quota(p_shop, v_quota, cardinality(v_fresh)) THEN
        RETURN '{}';
    END IF;
    INSERT INTO promotions_issued (shop_id, batch_id, period, buyer_ref, at)
    SELECT p_shop, p_batch, p_period, buyer, p_now FROM unnest(v_fresh) AS u (buyer);
    INSERT INTO promotions_coupon (id, shop_id, campaign_id, batch_id, state, public, buyer_ref, claimed_at, expires_at,
                                   given_by)
    SELECT gen_random_uuid(), p_shop, b.campaign_id, p_batch, 'claimed', false, buyer, p_now,
           CASE WHEN b.days IS NULL THEN v_ends ELSE least(v_ends, p_now + make_interval(days => b.days)) END, ''
    FROM unnest(v_fresh) AS u (buyer);
    RETURN v_fresh;
END $$;
