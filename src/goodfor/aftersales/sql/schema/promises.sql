-- A version of a promise is what orders were sold with: written once, never changed, never gone.
CREATE FUNCTION aftersales_promise_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER aftersales_promise_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON aftersales_promise
    FOR EACH STATEMENT EXECUTE FUNCTION aftersales_promise_refuse();
