-- What was prepaid stays as it was entered; what a grant gives is fixed with its list, and is given once.
CREATE FUNCTION welfare_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER welfare_prepayment_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON welfare_prepayment
    FOR EACH STATEMENT EXECUTE FUNCTION welfare_refuse();
CREATE TRIGGER welfare_use_kept BEFORE DELETE OR TRUNCATE ON welfare_use
    FOR EACH STATEMENT EXECUTE FUNCTION welfare_refuse();

CREATE FUNCTION welfare_grant_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR ROW(NEW.id, NEW.shop_id, NEW.company_id, NEW.kind, NEW.content_hash, NEW.lines, NEW.total_minor)
       IS DISTINCT FROM ROW(OLD.id, OLD.shop_id, OLD.company_id, OLD.kind, OLD.content_hash, OLD.lines, OLD.total_minor)
       OR NEW.walked < OLD.walked OR NEW.given < OLD.given OR NEW.given_minor < OLD.given_minor
       OR NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
           ('draft', 'short'), ('draft', 'running'), ('draft', 'dropped'), ('short', 'running'), ('short', 'dropped'),
           ('running', 'done'))
    THEN
        RAISE EXCEPTION 'grant % cannot change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER welfare_grant_guard BEFORE UPDATE OR DELETE ON welfare_grant
    FOR EACH ROW EXECUTE FUNCTION welfare_grant_guard();

CREATE FUNCTION welfare_grant_line_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.given IS NOT NULL
       OR ROW(NEW.shop_id, NEW.grant_id, NEW.employee_id, NEW.line, NEW.minor, NEW.rule_id, NEW.year)
          IS DISTINCT FROM
          ROW(OLD.shop_id, OLD.grant_id, OLD.employee_id, OLD.line, OLD.minor, OLD.rule_id, OLD.year)
    THEN
        RAISE EXCEPTION 'line % of grant % cannot change so', OLD.line, OLD.grant_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER welfare_grant_line_guard BEFORE UPDATE OR DELETE ON welfare_grant_line
    FOR EACH ROW EXECUTE FUNCTION welfare_grant_line_guard();
