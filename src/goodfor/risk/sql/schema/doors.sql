-- Doors: counting a knock, hearing its end, locking hard. Functions, so that each is one statement that commits by
-- itself: what is counted is counted before anybody is answered. Rows are locked in the order of (kind, key), in which
-- the arrays come, everywhere: no two knocks wait for each other in a circle. Keys that are locked already are read
-- and never written or waited for, so that a key under attack costs others nothing.

-- Rewritten often, and short-lived: room on the page keeps the new version beside the old one.
ALTER TABLE risk_door_key SET (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 1
);
ALTER TABLE risk_door_known SET (fillfactor = 85);
ALTER TABLE risk_door_breaker SET (fillfactor = 50);
ALTER TABLE risk_used_challenge ADD CONSTRAINT risk_used_challenge_size CHECK (octet_length(nonce) = 16);
ALTER TABLE risk_honeypot ADD CONSTRAINT risk_honeypot_size CHECK (octet_length(hash) = 16);
ALTER TABLE risk_canary ADD CONSTRAINT risk_canary_size CHECK (octet_length(fingerprint) = 16);

-- The asker was right: keys that reset start anew, of the others this one try is given back. p_trips: until when this
-- very try locked each key.
CREATE FUNCTION risk_door_right(
    p_shop uuid, p_door smallint, p_kinds smallint[], p_keys bigint[], p_resets boolean[], p_allow integer[],
    p_leak float8[], p_trips timestamptz[], p_known bigint, p_at timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    one risk_door_key;
BEGIN
    FOR i IN 1 .. cardinality(p_keys) LOOP
        SELECT k.* INTO one FROM risk_door_key k
        WHERE k.shop_id = p_shop AND k.door = p_door AND k.kind = p_kinds[i] AND k.key = p_keys[i]
        FOR NO KEY UPDATE;
        CONTINUE WHEN NOT FOUND;
        IF p_resets[i] THEN
            one.level := 0;
            one.busy_until := NULL;
            one.open_at := NULL;
        ELSIF p_trips[i] IS NOT NULL AND one.open_at = p_trips[i] THEN
            one.level := one.level - 1;
            one.busy_until := p_at + (p_allow[i] - 1) * p_leak[i] * interval '1 second';
            one.open_at := NULL;
        ELSIF one.busy_until IS NOT NULL THEN
            one.busy_until := one.busy_until - p_leak[i] * interval '1 second';
        END IF;
        UPDATE risk_door_key k SET level = one.level, busy_until = one.busy_until, open_at = one.open_at
        WHERE k.shop_id = p_shop AND k.door = p_door AND k.kind = p_kinds[i] AND k.key = p_keys[i];
    END LOOP;
    IF p_known IS NOT NULL THEN
        INSERT INTO risk_door_known AS k (shop_id, door, key, good, first_at, last_at)
        VALUES (p_shop, p_door, p_known, 1, p_at, p_at)
        ON CONFLICT (shop_id, door, key) DO UPDATE SET good = k.good + 1, last_at = greatest(k.last_at, p_at);
    END IF;
END $$;

-- Keys are locked at once: by the last step (p_full) or the next. Who was known is not any more.
CREATE FUNCTION risk_door_strike(
    p_shop uuid, p_door smallint, p_kinds smallint[], p_keys bigint[], p_locks float8[], p_full boolean,
    p_known bigint, p_at timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    steps CONSTANT integer := 5;
    one risk_door_key;
BEGIN
    FOR i IN 1 .. cardinality(p_keys) LOOP
        INSERT INTO risk_door_key AS k (shop_id, door, kind, key, level, last_at, day)
        VALUES (p_shop, p_door, p_kinds[i], p_keys[i], 0, p_at, (p_at AT TIME ZONE 'UTC')::date)
        ON CONFLICT (shop_id, door, kind, key) DO UPDATE SET busy_until = NULL
        RETURNING k.* INTO one;
        one.level := CASE WHEN p_full THEN steps ELSE least(one.level + 1, steps) END;
        UPDATE risk_door_key k SET level = one.level, last_at = greatest(k.last_at, p_at),
            open_at = greatest(k.open_at, p_at + p_locks[(i - 1) * steps + one.level] * interval '1 second')
        WHERE k.shop_id = p_shop AND k.door = p_door AND k.kind = p_kinds[i] AND k.key = p_keys[i];
    END LOOP;
    IF p_known IS NOT NULL THEN
        DELETE FROM risk_door_known k WHERE k.shop_id = p_shop AND k.door = p_door AND k.key = p_known;
    END IF;
END $$;

-- A planted thing keeps what it is; it is retired, never taken away, and never comes back.
CREATE FUNCTION risk_planted_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER risk_honeypot_kept BEFORE DELETE OR TRUNCATE ON risk_honeypot
    FOR EACH STATEMENT EXECUTE FUNCTION risk_planted_refuse();
CREATE TRIGGER risk_honeypot_same BEFORE UPDATE OF id, shop_id, hash, ending, batch, why, planted_by, planted_at
    ON risk_honeypot FOR EACH STATEMENT EXECUTE FUNCTION risk_planted_refuse();
CREATE TRIGGER risk_honeypot_over BEFORE UPDATE OF retired_at, retired_by ON risk_honeypot FOR EACH ROW
    WHEN (OLD.retired_at IS NOT NULL) EXECUTE FUNCTION risk_planted_refuse();
CREATE TRIGGER risk_canary_kept BEFORE DELETE OR TRUNCATE ON risk_canary
    FOR EACH STATEMENT EXECUTE FUNCTION risk_planted_refuse();
CREATE TRIGGER risk_canary_same BEFORE UPDATE OF id, shop_id, fingerprint, sku_id, why, planted_by, planted_at
    ON risk_canary FOR EACH STATEMENT EXECUTE FUNCTION risk_planted_refuse();
CREATE TRIGGER risk_canary_over BEFORE UPDATE OF retired_at, retired_by ON risk_canary FOR EACH ROW
    WHEN (OLD.retired_at IS NOT NULL) EXECUTE FUNCTION risk_planted_refuse();
