-- What stands on an invoice is written once. Only its state, how the tries went, and what red letters took back change.
CREATE FUNCTION invoices_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER invoices_kept BEFORE DELETE OR TRUNCATE ON invoices_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION invoices_refuse();
CREATE TRIGGER invoices_kept BEFORE DELETE OR TRUNCATE ON invoices_line
    FOR EACH STATEMENT EXECUTE FUNCTION invoices_refuse();

CREATE FUNCTION invoices_invoice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reversed_minor < OLD.reversed_minor OR NEW.tax_reversed_minor < OLD.tax_reversed_minor
       OR OLD.official <> '' AND NEW.official <> OLD.official
       OR ROW(NEW.id, NEW.shop_id, NEW.order_id, NEW.order_number, NEW.number, NEW.kind, NEW.paper, NEW.blue_id,
              NEW.title_kind, NEW.currency, NEW.total_minor, NEW.tax_minor, NEW.reason, NEW.asked_at, NEW.asked_by)
          IS DISTINCT FROM
          ROW(OLD.id, OLD.shop_id, OLD.order_id, OLD.order_number, OLD.number, OLD.kind, OLD.paper, OLD.blue_id,
              OLD.title_kind, OLD.currency, OLD.total_minor, OLD.tax_minor, OLD.reason, OLD.asked_at, OLD.asked_by)
    THEN
        RAISE EXCEPTION 'invoice % cannot change so', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoices_invoice_guard BEFORE UPDATE ON invoices_invoice
    FOR EACH ROW EXECUTE FUNCTION invoices_invoice_guard();

CREATE FUNCTION invoices_line_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reversed_minor < OLD.reversed_minor OR NEW.tax_reversed_minor < OLD.tax_reversed_minor
       OR ROW(NEW.invoice_id, NEW.seq, NEW.shop_id, NEW.order_line_id, NEW.sku_id, NEW.name, NEW.quantity,
              NEW.tax_class, NEW.rate_bp, NEW.amount_minor, NEW.tax_minor)
          IS DISTINCT FROM
          ROW(OLD.invoice_id, OLD.seq, OLD.shop_id, OLD.order_line_id, OLD.sku_id, OLD.name, OLD.quantity,
              OLD.tax_class, OLD.rate_bp, OLD.amount_minor, OLD.tax_minor)
    THEN
        RAISE EXCEPTION 'line % of invoice % cannot change so', OLD.seq, OLD.invoice_id
              USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoices_line_guard BEFORE UPDATE ON invoices_line
    FOR EACH ROW EXECUTE FUNCTION invoices_line_guard();
