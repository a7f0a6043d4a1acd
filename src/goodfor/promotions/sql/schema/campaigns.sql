-- Campaigns: revisions never change, and only an approved one of the campaign's own is in force.
CREATE FUNCTION promotions_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER promotions_campaign_kept BEFORE DELETE OR TRUNCATE ON promotions_campaign
    FOR EACH STATEMENT EXECUTE FUNCTION promotions_kept();
CREATE TRIGGER promotions_revision_kept BEFORE DELETE OR TRUNCATE ON promotions_revision
    FOR EACH STATEMENT EXECUTE FUNCTION promotions_kept();
CREATE TRIGGER promotions_held_kept BEFORE DELETE OR TRUNCATE ON promotions_held
    FOR EACH STATEMENT EXECUTE FUNCTION promotions_kept();
CREATE TRIGGER promotions_taking_kept BEFORE DELETE OR TRUNCATE ON promotions_taking
    FOR EACH STATEMENT EXECUTE FUNCTION promotions_kept();

CREATE FUNCTION promotions_revision_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.approved_at IS NOT NULL
       OR to_jsonb(OLD) - '{approved_by,approved_at,alone}'::text[]
          <> to_jsonb(NEW) - '{approved_by,approved_at,alone}'::text[] THEN
        RAISE EXCEPTION 'a revision never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER promotions_revision_fixed BEFORE UPDATE ON promotions_revision
    FOR EACH ROW EXECUTE FUNCTION promotions_revision_fixed();

CREATE FUNCTION promotions_campaign_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR NEW.revision_id IS NOT NULL THEN
            RAISE EXCEPTION 'a campaign begins as a draft' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.shop_id, OLD.play) <> (NEW.id, NEW.shop_id, NEW.play) THEN
        RAISE EXCEPTION 'a campaign keeps its shop and play' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.revision_id IS DISTINCT FROM OLD.revision_id AND NOT EXISTS (
        SELECT 1 FROM promotions_revision r
        WHERE r.id = NEW.revision_id AND r.shop_id = NEW.shop_id AND r.campaign_id = NEW.id
          AND r.approved_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a revision counts only once it is approved' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER promotions_campaign_approved BEFORE INSERT OR UPDATE ON promotions_campaign
    FOR EACH ROW EXECUTE FUNCTION promotions_campaign_approved();

-- What an order holds goes one way: reserved, then used or released; what comes back of what was used only grows.
CREATE FUNCTION promotions_one_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state <> 'reserved' OR NEW.state = 'reserved')
       OR to_jsonb(OLD) - '{state,back,back_minor,ended_at}'::text[]
          <> to_jsonb(NEW) - '{state,back,back_minor,ended_at}'::text[] THEN
        RAISE EXCEPTION '% goes one way', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER promotions_held_one_way BEFORE UPDATE ON promotions_held
    FOR EACH ROW EXECUTE FUNCTION promotions_one_way();
CREATE TRIGGER promotions_taking_one_way BEFORE UPDATE ON promotions_taking
    FOR EACH ROW EXECUTE FUNCTION promotions_one_way();

-- Rows that every order writes again: room beside them, so that their indexes need not grow.
ALTER TABLE promotions_shard SET (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE promotions_counter SET (fillfactor = 80);
ALTER TABLE promotions_held SET (fillfactor = 80);
ALTER TABLE promotions_taking SET (fillfactor = 80);
ALTER TABLE promotions_coupon SET (fillfactor = 80);
