-- Guards of settlement that hold for raw SQL too: lists that never change, sums that are true, moves that are allowed,
-- approvals by as many persons as are needed.

ALTER TABLE settlement_item SET (fillfactor = 85);

CREATE FUNCTION settlement_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER settlement_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_line
  FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse();
CREATE TRIGGER settlement_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_approval
  FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse();
CREATE TRIGGER settlement_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_file
  FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse();
CREATE TRIGGER settlement_kept BEFORE DELETE OR TRUNCATE ON settlement_statement
  FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse();
CREATE TRIGGER settlement_kept BEFORE DELETE OR TRUNCATE ON settlement_item
  FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse();
CREATE TRIGGER settlement_kept BEFORE DELETE OR TRUNCATE ON settlement_payout
  FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse();

-- An item is a posting as it was read. It goes onto a statement, and off it only when that was rejected.
CREATE FUNCTION settlement_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.statement_id IS NOT NULL THEN
      RAISE EXCEPTION 'an item is read before a statement lists it' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF ROW(NEW.shop_id, NEW.tx_id, NEW.seq, NEW.amount_minor, NEW.order_id, NEW.order_line_id, NEW.sku_id, NEW.effective_at,
         NEW.recorded_at, NEW.currency, NEW.account, NEW.what, NEW.kind, NEW.reference)
     IS DISTINCT FROM
     ROW(OLD.shop_id, OLD.tx_id, OLD.seq, OLD.amount_minor, OLD.order_id, OLD.order_line_id, OLD.sku_id, OLD.effective_at,
         OLD.recorded_at, OLD.currency, OLD.account, OLD.what, OLD.kind, OLD.reference)
     OR OLD.statement_id IS NOT NULL AND NEW.statement_id IS NOT NULL
     OR OLD.statement_id IS NOT NULL AND NOT EXISTS (
          SELECT FROM settlement_statement s
           WHERE s.shop_id = OLD.shop_id AND s.id = OLD.statement_id AND s.state = 'rejected') THEN
    RAISE EXCEPTION 'item %/% cannot change so', OLD.tx_id, OLD.seq USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER settlement_item_guard BEFORE UPDATE ON settlement_item
  FOR EACH ROW EXECUTE FUNCTION settlement_item_guard();
CREATE TRIGGER settlement_item_read BEFORE INSERT ON settlement_item
  FOR EACH ROW WHEN (NEW.statement_id IS NOT NULL) EXECUTE FUNCTION settlement_item_guard();

-- A statement comes whole: its lines are the items that stand on it, and they add up to what it says, by account too.
CREATE FUNCTION settlement_whole(p_shop uuid, p_statement uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  whole boolean;
BEGIN
  WITH line AS MATERIALIZED (
    SELECT i.account, l.amount_minor,
           i.statement_id = l.statement_id AND i.amount_minor = l.amount_minor AND i.currency = s.currency
             AND i.effective_at < s.cutoff AS fits
      FROM settlement_statement s
      JOIN settlement_line l ON l.shop_id = s.shop_id AND l.statement_id = s.id
      LEFT JOIN settlement_item i ON i.shop_id = l.shop_id AND i.tx_id = l.tx_id AND i.seq = l.seq
     WHERE s.shop_id = p_shop AND s.id = p_statement
  )
  SELECT coalesce((SELECT bool_and(coalesce(fits, false)) FROM line), false)
         AND s.item_count = (SELECT count(*) FROM line)
         AND s.items_minor = (SELECT sum(amount_minor) FROM line)
         AND s.accounts = (SELECT jsonb_object_agg(a.account, a.amount)
                             FROM (SELECT account, sum(amount_minor)::bigint AS amount FROM line GROUP BY account) a)
    INTO whole FROM settlement_statement s WHERE s.shop_id = p_shop AND s.id = p_statement;
  RETURN coalesce(whole, false);
END $$;

CREATE FUNCTION settlement_come_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  made record;
BEGIN
  FOR made IN SELECT n.shop_id, n.id FROM made_rows n LOOP
    IF NOT settlement_whole(made.shop_id, made.id) THEN
      RAISE EXCEPTION 'statement % is not what its lines are', made.id USING ERRCODE = 'check_violation';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER settlement_come_whole AFTER INSERT ON settlement_statement REFERENCING NEW TABLE AS made_rows
  FOR EACH STATEMENT EXECUTE FUNCTION settlement_come_whole();

-- Lines come with their statement and never after it.
CREATE FUNCTION settlement_lines_fit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM (SELECT DISTINCT n.shop_id, n.statement_id FROM made_rows n) g
    LEFT JOIN settlement_statement s ON s.shop_id = g.shop_id AND s.id = g.statement_id
   WHERE s.id IS NULL
      OR s.item_count <> (SELECT count(*) FROM settlement_line l
                           WHERE l.shop_id = g.shop_id AND l.statement_id = g.statement_id);
  IF FOUND THEN
    RAISE EXCEPTION 'a statement comes whole, with all its lines' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER settlement_lines_fit AFTER INSERT ON settlement_line REFERENCING NEW TABLE AS made_rows
  FOR EACH STATEMENT EXECUTE FUNCTION settlement_lines_fit();

-- The moves of states.STATEMENT and states.PAYOUT; a test holds them equal.
CREATE FUNCTION settlement_statement_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES
    ('draft', 'confirmed'), ('draft', 'rejected'), ('confirmed', 'approved'), ('confirmed', 'rejected'),
    ('approved', 'paying'), ('approved', 'confirmed'), ('approved', 'closed'), ('approved', 'rejected'),
    ('paying', 'paid'), ('paying', 'approved')
$$;
CREATE FUNCTION settlement_payout_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES
    ('created', 'requested'), ('created', 'failed'),
    ('requested', 'created'), ('requested', 'succeeded'), ('requested', 'failed'), ('requested', 'unknown'),
    ('unknown', 'requested'), ('unknown', 'succeeded'), ('unknown', 'failed')
$$;

CREATE FUNCTION settlement_statement_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  persons integer;
BEGIN
  IF ROW(NEW.id, NEW.shop_id, NEW.number, NEW.party_id, NEW.party_kind, NEW.party_code, NEW.party_name, NEW.currency,
         NEW.cycle, NEW.confirmation, NEW.version, NEW.replaces_id, NEW.cutoff, NEW.first_at, NEW.due_on, NEW.item_count,
         NEW.items_minor, NEW.carry_minor, NEW.held_minor, NEW.payable_minor, NEW.min_payout_minor, NEW.accounts,
         NEW.kinds, NEW.content_hash, NEW.approvals_needed, NEW.made_at, NEW.made_by)
     IS DISTINCT FROM
     ROW(OLD.id, OLD.shop_id, OLD.number, OLD.party_id, OLD.party_kind, OLD.party_code, OLD.party_name, OLD.currency,
         OLD.cycle, OLD.confirmation, OLD.version, OLD.replaces_id, OLD.cutoff, OLD.first_at, OLD.due_on, OLD.item_count,
         OLD.items_minor, OLD.carry_minor, OLD.held_minor, OLD.payable_minor, OLD.min_payout_minor, OLD.accounts,
         OLD.kinds, OLD.content_hash, OLD.approvals_needed, OLD.made_at, OLD.made_by)
     OR OLD.tx_id IS NOT NULL AND NEW.tx_id IS DISTINCT FROM OLD.tx_id
     OR NEW.round < OLD.round
     OR NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM settlement_statement_moves() m
                                               WHERE m.before = OLD.state AND m.after = NEW.state)
     -- What is left of a statement goes on one other, until that is rejected.
     OR OLD.carried_to IS NOT NULL AND NEW.carried_to IS DISTINCT FROM OLD.carried_to
        AND (NEW.carried_to IS NOT NULL OR NOT EXISTS (
             SELECT FROM settlement_statement s
              WHERE s.shop_id = OLD.shop_id AND s.id = OLD.carried_to AND s.state = 'rejected')) THEN
    RAISE EXCEPTION 'statement % cannot change so', OLD.number USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = 'approved' AND OLD.state = 'confirmed' THEN
    SELECT count(*) INTO persons FROM settlement_approval a
     WHERE a.shop_id = NEW.shop_id AND a.statement_id = NEW.id AND a.round = NEW.round
       AND a.bank_changed_at IS NOT DISTINCT FROM NEW.bank_changed_at;
    IF persons < NEW.approvals_needed THEN
      RAISE EXCEPTION 'statement % was approved by % of %', NEW.number, persons, NEW.approvals_needed
        USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER settlement_statement_guard BEFORE UPDATE ON settlement_statement
  FOR EACH ROW EXECUTE FUNCTION settlement_statement_guard();

CREATE FUNCTION settlement_payout_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM FROM settlement_statement s
      WHERE s.shop_id = NEW.shop_id AND s.id = NEW.statement_id AND s.state = 'paying' AND s.party_id = NEW.party_id
        AND s.payable_minor = NEW.amount_minor AND s.currency = NEW.currency;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'payout % does not fit its statement', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF ROW(NEW.id, NEW.shop_id, NEW.number, NEW.statement_id, NEW.party_id, NEW.amount_minor, NEW.currency, NEW.way,
         NEW.file_id, NEW.bank_mark, NEW.bank_tail, NEW.started_at, NEW.started_by)
     IS DISTINCT FROM
     ROW(OLD.id, OLD.shop_id, OLD.number, OLD.statement_id, OLD.party_id, OLD.amount_minor, OLD.currency, OLD.way,
         OLD.file_id, OLD.bank_mark, OLD.bank_tail, OLD.started_at, OLD.started_by)
     OR NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM settlement_payout_moves() m
                                               WHERE m.before = OLD.state AND m.after = NEW.state) THEN
    RAISE EXCEPTION 'payout % cannot change so', OLD.number USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER settlement_payout_guard BEFORE INSERT OR UPDATE ON settlement_payout
  FOR EACH ROW EXECUTE FUNCTION settlement_payout_guard();
