-- Makes the partition of a month unless it is there. It is made aside and then attached, which blocks nobody.
CREATE FUNCTION risk_make_partition(parent text, month date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    name text := parent || to_char(month, '_YYYY_MM');
    first timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
    last timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name, parent);
    -- Rows are never changed: vacuuming soon only notes that pages are whole, so that indexes answer alone.
    -- Snapshots lie in their row as they are: packing them costs a decision more than it saves, and a backtest reads all.
    EXECUTE format('ALTER TABLE %I SET (autovacuum_vacuum_insert_scale_factor = 0.01,'
        ' autovacuum_vacuum_insert_threshold = 10000, toast_tuple_target = 8160)', name);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, name, first, last);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION risk_refuse()',
        parent || '_whole', name);
    RETURN true;
END $$;

CREATE FUNCTION risk_make_default(parent text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_default', parent);
    EXECUTE format('ALTER TABLE %I SET (toast_tuple_target = 8160)', parent || '_default');
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION risk_refuse()',
        parent || '_whole', parent || '_default');
END $$;

-- Moves what lies in the default partition into months of its own; how many rows. Waits for the lock as long as the caller
-- allows; nobody sees a moment without the rows.
CREATE FUNCTION risk_empty_default(parent text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    old text := parent || '_default';
    aside text := parent || '_moving';
    filled boolean;
    month date;
    moved bigint;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', old) INTO filled;
    IF NOT filled THEN
        RETURN 0;
    END IF;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent);
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, old);
    EXECUTE format('ALTER TABLE %I RENAME TO %I', old, aside);
    PERFORM risk_make_default(parent);
    FOR month IN EXECUTE format(
        'SELECT DISTINCT date_trunc(''month'', at AT TIME ZONE ''UTC'')::date FROM %I', aside)
    LOOP
        PERFORM risk_make_partition(parent, month);
    END LOOP;
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', parent, aside);
    GET DIAGNOSTICS moved = ROW_COUNT;
    EXECUTE format('DROP TABLE %I', aside);
    RETURN moved;
END $$;

-- Drops the partitions whose month ended by then; how many.
CREATE FUNCTION risk_drop_partitions(parent text, until timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    name text;
    dropped integer := 0;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = parent::regclass AND c.relname ~ ('^' || parent || '_\d{4}_\d{2}$')
          AND (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= until
        ORDER BY c.relname
    LOOP
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, name);
        EXECUTE format('DROP TABLE %I', name);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;

SELECT risk_make_default('risk_event'), risk_make_default('risk_decision');
SELECT risk_make_partition(parent, (date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month')::date)
FROM unnest(ARRAY['risk_event', 'risk_decision']) AS parent, generate_series(0, 3) AS n;
