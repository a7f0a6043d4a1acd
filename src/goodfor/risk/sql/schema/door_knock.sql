-- p_who: 1 strangers, 2 those known, 3 both. p_locks: five lock-outs of each key, in seconds, one after the other.
-- p_known: the key under which the asker would be known. p_scope: the batch, 0 for none. p_paid: the cost of the
-- challenge that was solved for this very knock.
-- Answers: whether to go on, how long to wait, which challenge to bring, whether known, and for each key until when
-- this try locked it. Refused: nothing was counted.
CREATE OR REPLACE FUNCTION risk_door_knock(
    p_shop uuid, p_door smallint, p_kinds smallint[], p_keys bigint[], p_who smallint[], p_allow integer[],
    p_leak float8[], p_forget float8[], p_locks float8[], p_asks boolean[], p_known bigint, p_scope bigint,
    p_paid integer, p_at timestamptz
) RETURNS TABLE (allowed boolean, wait float8, cost integer, known boolean, trips timestamptz[])
LANGUAGE plpgsql AS $$
DECLARE
    steps CONSTANT integer := 5;
    trusted CONSTANT integer := 2;
    n CONSTANT integer := cardinality(p_keys);
    mine smallint;
    row_level smallint;
    row_busy timestamptz;
    row_open timestamptz;
    row_last timestamptz;
    levels smallint[] := array_fill(0::smallint, ARRAY[n]);
    busies timestamptz[] := array_fill(NULL::timestamptz, ARRAY[n]);
    opens timestamptz[] := array_fill(NULL::timestamptz, ARRAY[n]);
    locked timestamptz;
    asked integer := 0;
    distrust boolean := false;
BEGIN
    allowed := false; wait := 0; cost := 0; trips := array_fill(NULL::timestamptz, ARRAY[n]);
    known := p_known IS NOT NULL AND EXISTS (
        SELECT FROM risk_door_known k WHERE k.shop_id = p_shop AND k.door = p_door AND k.key = p_known
        AND k.last_at > p_at - interval '180 days');
    mine := CASE WHEN known THEN 2 ELSE 1 END;
    IF NOT known THEN
        SELECT coalesce(max(b.cost), 0) INTO asked FROM risk_door_breaker b
        WHERE b.shop_id = p_shop AND b.door = p_door AND b.scope IN (0, p_scope) AND b.open_until > p_at;
    END IF;
    -- First a look without locks: whoever is locked out is answered here.
    FOR i IN 1 .. n LOOP
        CONTINUE WHEN p_who[i] & mine = 0;
        SELECT k.level, k.open_at INTO row_level, row_open FROM risk_door_key k
        WHERE k.shop_id = p_shop AND k.door = p_door AND k.kind = p_kinds[i] AND k.key = p_keys[i];
        IF row_open > p_at THEN
            IF p_asks[i] THEN
                asked := greatest(asked, least(row_level, 4));
            ELSE
                wait := greatest(wait, extract(epoch FROM row_open - p_at));
            END IF;
        END IF;
    END LOOP;
    IF wait > 0 OR asked > p_paid THEN
        cost := CASE WHEN wait > 0 THEN 0 ELSE asked END;
        RETURN NEXT;
        RETURN;
    END IF;
    -- Then all rows, locked in order, and the same look again: others may have been quicker.
    FOR i IN 1 .. n LOOP
        CONTINUE WHEN p_who[i] & mine = 0;
        SELECT k.level, k.busy_until, k.open_at, k.last_at INTO row_level, row_busy, row_open, row_last
        FROM risk_door_key k
        WHERE k.shop_id = p_shop AND k.door = p_door AND k.kind = p_kinds[i] AND k.key = p_keys[i]
        FOR NO KEY UPDATE;
        IF NOT FOUND THEN
            INSERT INTO risk_door_key AS k (shop_id, door, kind, key, level, last_at, day)
            VALUES (p_shop, p_door, p_kinds[i], p_keys[i], 0, p_at, (p_at AT TIME ZONE 'UTC')::date)
            ON CONFLICT (shop_id, door, kind, key) DO UPDATE SET last_at = k.last_at
            RETURNING k.level, k.busy_until, k.open_at, k.last_at INTO row_level, row_busy, row_open, row_last;
        END IF;
        IF row_open > p_at THEN
            IF p_asks[i] THEN
                asked := greatest(asked, least(row_level, 4));
            ELSE
                wait := greatest(wait, extract(epoch FROM row_open - p_at));
            END IF;
            EXIT WHEN wait > 0;
            -- Locked and paid for: it goes on being counted, so that the price rises.
            opens[i] := row_open;
        ELSIF greatest(row_last, row_open) < p_at - p_forget[i] * interval '1 second' THEN
            row_level := 0;
            row_busy := NULL;
        END IF;
        levels[i] := row_level;
        busies[i] := greatest(row_busy, p_at) + p_leak[i] * interval '1 second';
    END LOOP;
    IF wait > 0 OR asked > p_paid THEN
        cost := CASE WHEN wait > 0 THEN 0 ELSE asked END;
        RETURN NEXT;
        RETURN;
    END IF;
    FOR i IN 1 .. n LOOP
        CONTINUE WHEN p_who[i] & mine = 0;
        -- The last try of an allowance goes on, and locks the door behind it; being right unlocks it again. Rounded:
        -- clocks of two processes may disagree by half a leak.
        IF round(extract(epoch FROM busies[i] - p_at) / p_leak[i]) >= p_allow[i] THEN
            levels[i] := least(levels[i] + 1, steps);
            busies[i] := NULL;
            locked := p_at + p_locks[(i - 1) * steps + levels[i]] * interval '1 second';
            IF opens[i] IS NULL THEN
                trips[i] := locked;
            END IF;
            opens[i] := greatest(opens[i], locked);
            distrust := distrust OR known AND levels[i] >= trusted AND NOT p_asks[i];
        END IF;
        UPDATE risk_door_key k SET level = levels[i], busy_until = busies[i], open_at = opens[i],
            last_at = greatest(k.last_at, p_at), day = (greatest(k.last_at, p_at) AT TIME ZONE 'UTC')::date
        WHERE k.shop_id = p_shop AND k.door = p_door AND k.kind = p_kinds[i] AND k.key = p_keys[i];
    END LOOP;
    IF distrust THEN
        -- Right once, and then wrong again and again: from now on a stranger.
        DELETE FROM risk_door_known k WHERE k.shop_id = p_shop AND k.door = p_door AND k.key = p_known;
    END IF;
    allowed := true;
    RETURN NEXT;
END $$;
