-- Guards of accounts with suppliers: what was moved, compared and taken in stays as it was.
CREATE TRIGGER supply_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON supply_movement
    FOR EACH STATEMENT EXECUTE FUNCTION supply_refuse();
CREATE TRIGGER supply_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON supply_balance_day
    FOR EACH STATEMENT EXECUTE FUNCTION supply_refuse();
CREATE TRIGGER supply_kept BEFORE DELETE OR TRUNCATE ON supply_finding
    FOR EACH STATEMENT EXECUTE FUNCTION supply_refuse();
