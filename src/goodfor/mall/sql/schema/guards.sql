-- What was announced of a draw stays; what was played and redeemed is never rewritten, and nothing of it is deleted.
CREATE FUNCTION mall_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION mall_draw_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND (TG_OP = 'DELETE' OR NEW.state = 'draft'
       OR ROW(NEW.id, NEW.shop_id, NEW.name, NEW.words, NEW.cost, NEW.per_day, NEW.least_rank, NEW.starts_at, NEW.ends_at)
          IS DISTINCT FROM
          ROW(OLD.id, OLD.shop_id, OLD.name, OLD.words, OLD.cost, OLD.per_day, OLD.least_rank, OLD.starts_at, OLD.ends_at))
    THEN
        RAISE EXCEPTION 'the terms of draw % are kept', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER mall_draw_guard BEFORE UPDATE OR DELETE ON mall_draw FOR EACH ROW EXECUTE FUNCTION mall_draw_guard();

CREATE FUNCTION mall_prize_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP = 'DELETE' OR NEW.won < OLD.won
        OR ROW(NEW.id, NEW.shop_id, NEW.draw_id, NEW.position, NEW.name, NEW.kind, NEW.weight, NEW.stock, NEW.units,
               NEW.sku_id, NEW.consolation)
           IS DISTINCT FROM
           ROW(OLD.id, OLD.shop_id, OLD.draw_id, OLD.position, OLD.name, OLD.kind, OLD.weight, OLD.stock, OLD.units,
               OLD.sku_id, OLD.consolation))
       AND EXISTS (SELECT FROM mall_draw d WHERE d.shop_id = OLD.shop_id AND d.id = OLD.draw_id AND d.state <> 'draft')
    THEN
        RAISE EXCEPTION 'prize % is announced', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER mall_prize_guard BEFORE UPDATE OR DELETE ON mall_prize FOR EACH ROW EXECUTE FUNCTION mall_prize_guard();

CREATE FUNCTION mall_play_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (('played', 'played'), ('played', 'swapped'), ('swapped', 'swapped'))
       OR NEW.back_minor < OLD.back_minor
       OR ROW(NEW.id, NEW.shop_id, NEW.draw_id, NEW.owner, NEW.request_key, NEW.day, NEW.nth, NEW.cost, NEW.roll, NEW.odds,
              NEW.drawn_id, NEW.prize_id, NEW.units, NEW.order_id, NEW.minor, NEW.at)
          IS DISTINCT FROM
          ROW(OLD.id, OLD.shop_id, OLD.draw_id, OLD.owner, OLD.request_key, OLD.day, OLD.nth, OLD.cost, OLD.roll, OLD.odds,
              OLD.drawn_id, OLD.prize_id, OLD.units, OLD.order_id, OLD.minor, OLD.at)
    THEN
        RAISE EXCEPTION 'play % is written', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mall_play_guard BEFORE UPDATE ON mall_play FOR EACH ROW EXECUTE FUNCTION mall_play_guard();
CREATE TRIGGER mall_play_kept BEFORE DELETE OR TRUNCATE ON mall_play FOR EACH STATEMENT EXECUTE FUNCTION mall_refuse();

CREATE FUNCTION mall_redemption_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (('taken', 'taken'), ('taken', 'returned'), ('returned', 'returned'))
       OR ROW(NEW.id, NEW.shop_id, NEW.reward_id, NEW.owner, NEW.request_key, NEW.order_id, NEW.points, NEW.minor,
              NEW.cash_minor, NEW.period_key, NEW.at)
          IS DISTINCT FROM
          ROW(OLD.id, OLD.shop_id, OLD.reward_id, OLD.owner, OLD.request_key, OLD.order_id, OLD.points, OLD.minor,
              OLD.cash_minor, OLD.period_key, OLD.at)
    THEN
        RAISE EXCEPTION 'redemption % is written', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mall_redemption_guard BEFORE UPDATE ON mall_redemption
    FOR EACH ROW EXECUTE FUNCTION mall_redemption_guard();
CREATE TRIGGER mall_redemption_kept BEFORE DELETE OR TRUNCATE ON mall_redemption
    FOR EACH STATEMENT EXECUTE FUNCTION mall_refuse();
CREATE TRIGGER mall_prize_back_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON mall_prize_back
    FOR EACH STATEMENT EXECUTE FUNCTION mall_refuse();
