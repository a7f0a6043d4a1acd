-- What was agreed, and what was done by it, is written once: never changed, never gone.
CREATE FUNCTION finance_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER finance_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON finance_contract
    FOR EACH STATEMENT EXECUTE FUNCTION finance_refuse();
CREATE TRIGGER finance_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON finance_agreement
    FOR EACH STATEMENT EXECUTE FUNCTION finance_refuse();
CREATE TRIGGER finance_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON finance_tax_rate
    FOR EACH STATEMENT EXECUTE FUNCTION finance_refuse();
CREATE TRIGGER finance_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON finance_sku_tax
    FOR EACH STATEMENT EXECUTE FUNCTION finance_refuse();
CREATE TRIGGER finance_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON finance_fee_rate
    FOR EACH STATEMENT EXECUTE FUNCTION finance_refuse();
CREATE TRIGGER finance_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON finance_step
    FOR EACH STATEMENT EXECUTE FUNCTION finance_refuse();

-- A share keeps what it is; only more of it is taken back, and once superseded it rests.
CREATE FUNCTION finance_share_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.superseded_at IS NOT NULL
       OR NEW.reversed_minor < OLD.reversed_minor
       OR ROW(NEW.id, NEW.shop_id, NEW.order_id, NEW.order_line_id, NEW.agreement_id, NEW.agreement_code, NEW.version,
              NEW.party_id, NEW.account, NEW.base_minor, NEW.amount_minor, NEW.volume_before, NEW.currency)
          IS DISTINCT FROM
          ROW(OLD.id, OLD.shop_id, OLD.order_id, OLD.order_line_id, OLD.agreement_id, OLD.agreement_code, OLD.version,
              OLD.party_id, OLD.account, OLD.base_minor, OLD.amount_minor, OLD.volume_before, OLD.currency) THEN
        RAISE EXCEPTION 'share % cannot change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER finance_share_guard BEFORE UPDATE OR DELETE ON finance_share
    FOR EACH ROW EXECUTE FUNCTION finance_share_guard();

-- What was sold keeps its amounts; what was given back of them only grows.
CREATE FUNCTION finance_sold_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR NEW.refunded_minor < OLD.refunded_minor OR NEW.cost_back_minor < OLD.cost_back_minor
       OR NEW.vat_back_minor < OLD.vat_back_minor OR NEW.passed_back_minor < OLD.passed_back_minor
       OR NEW.fee_back_minor < OLD.fee_back_minor OR NEW.input_back_minor < OLD.input_back_minor
       OR ROW(NEW.order_line_id, NEW.part, NEW.shop_id, NEW.order_id, NEW.supplier_code, NEW.model, NEW.quantity,
              NEW.gross_minor, NEW.cost_minor, NEW.vat_minor, NEW.passed_minor, NEW.fee_minor, NEW.input_minor)
          IS DISTINCT FROM
          ROW(OLD.order_line_id, OLD.part, OLD.shop_id, OLD.order_id, OLD.supplier_code, OLD.model, OLD.quantity,
              OLD.gross_minor, OLD.cost_minor, OLD.vat_minor, OLD.passed_minor, OLD.fee_minor, OLD.input_minor) THEN
        RAISE EXCEPTION 'part % of line % cannot change so', OLD.part, OLD.order_line_id
              USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER finance_sold_guard BEFORE UPDATE OR DELETE ON finance_sold
    FOR EACH ROW EXECUTE FUNCTION finance_sold_guard();
