DROP INDEX IF EXISTS risk_event_number;
