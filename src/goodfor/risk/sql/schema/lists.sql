-- Lists: entries are never rewritten; a hard block never goes away, it can only expire.
CREATE TRIGGER risk_list_entry_kept BEFORE DELETE OR TRUNCATE ON risk_list_entry
    FOR EACH STATEMENT EXECUTE FUNCTION risk_kept();

CREATE FUNCTION risk_list_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'pending' AND (NEW.kind = 'block_hard' OR NEW.state <> 'active') THEN
            RAISE EXCEPTION 'such an entry begins pending' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.state = 'pending' AND NOT EXISTS (
            SELECT 1 FROM risk_proposal p
            WHERE p.id = NEW.proposal_id AND p.shop_id = NEW.shop_id AND p.kind = 'list_add' AND p.state = 'open'
        ) THEN
            RAISE EXCEPTION 'nobody is asked for this entry' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(OLD) - '{state,removal_id,removed_by,removed_at,value_key_id,value_blob}'::text[]
       <> to_jsonb(NEW) - '{state,removal_id,removed_by,removed_at,value_key_id,value_blob}'::text[] THEN
        RAISE EXCEPTION 'an entry of a list never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = NEW.state THEN
        IF (OLD.removal_id, OLD.removed_by, OLD.removed_at)
           IS DISTINCT FROM (NEW.removal_id, NEW.removed_by, NEW.removed_at) THEN
            RAISE EXCEPTION 'an entry of a list never changes' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'pending' AND NEW.state = 'active' THEN
        IF NOT EXISTS (
            SELECT 1 FROM risk_proposal p
            WHERE p.id = NEW.proposal_id AND p.shop_id = NEW.shop_id AND p.kind = 'list_add' AND p.state = 'approved'
        ) THEN
            RAISE EXCEPTION 'a second person has to approve this entry' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'pending' AND NEW.state = 'dropped' THEN
        RETURN NEW;
    END IF;
    IF OLD.state <> 'active' OR NEW.state <> 'removed' OR OLD.kind = 'block_hard' THEN
        RAISE EXCEPTION 'this entry stays where it is' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.kind = 'block' AND NOT coalesce(OLD.expires_at <= NEW.removed_at, false) AND NOT EXISTS (
        SELECT 1 FROM risk_proposal p
        WHERE p.id = NEW.removal_id AND p.shop_id = NEW.shop_id AND p.kind = 'list_remove' AND p.state = 'approved'
          AND p.wanted -> 'entries' ? NEW.id::text
    ) THEN
        RAISE EXCEPTION 'a second person has to approve that this entry goes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_list_entry_guard BEFORE INSERT OR UPDATE ON risk_list_entry
    FOR EACH ROW EXECUTE FUNCTION risk_list_entry_guard();
