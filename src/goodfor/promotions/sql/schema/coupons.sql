-- A coupon out of a batch that is to be claimed: '' when the buyer has it, else closed, early, late, had or gone.
CREATE FUNCTION promotions_claim(
    p_shop uuid, p_batch uuid, p_coupon uuid, p_buyer text, p_keys text[], p_now timestamptz
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    b promotions_batch;
    v_ends timestamptz;
    v_key text;
BEGIN
    SELECT * INTO b FROM promotions_batch
    WHERE shop_id = p_shop AND id = p_batch AND kind = 'claim' AND state = 'made';
    IF NOT FOUND THEN
        RETURN 'closed';
    END IF;
    SELECT ends_at INTO v_ends FROM promotions_campaign
    WHERE shop_id = p_shop AND id = b.campaign_id AND state IN ('scheduled', 'running');
    IF NOT FOUND OR v_ends <= p_now OR b.claim_until <= p_now THEN
        RETURN 'late';
    END IF;
    IF b.claim_from > p_now THEN
        RETURN 'early';
    END IF;
    PERFORM set_config('lock_timeout', '3000ms', true);
    BEGIN
        FOR v_key IN SELECT k FROM unnest(p_keys) AS k ORDER BY k LOOP
            IF NOT promotions_count(
                p_shop, b.campaign_id, 'buyer', 'claims', v_key || '/' || p_batch, '', b.each, 1) THEN
                RAISE EXCEPTION USING ERRCODE = 'GF409', MESSAGE = 'had';
            END IF;
        END LOOP;
        IF NOT promotions_take_quota(
            p_shop,
            promotions_quota_of(p_shop, b.campaign_id, 'campaign', 'claims', p_batch::text, '', b.wanted), 1) THEN
            RAISE EXCEPTION USING ERRCODE = 'GF409', MESSAGE = 'gone';
        END IF;
        INSERT INTO promotions_coupon (id, shop_id, campaign_id, batch_id, state, public, buyer_ref, claimed_at,
                                       expires_at, given_by)
        VALUES (p_coupon, p_shop, b.campaign_id, p_batch, 'claimed', false, p_buyer, p_now,
                CASE WHEN b.days IS NULL THEN v_ends ELSE least(v_ends, p_now + make_interval(days => b.days)) END, '');
    EXCEPTION WHEN SQLSTATE 'GF409' THEN
        RETURN SQLERRM;
    END;
    RETURN '';
END $$;
