-- The loop of links reads events by their numbers, which rise as the table grows: a few blocks of index are enough.
DO $$
BEGIN
    IF to_regclass('risk_event') IS NOT NULL THEN
        CREATE INDEX IF NOT EXISTS risk_event_number ON risk_event USING brin (id) WITH (pages_per_range = 64);
    END IF;
END $$;
