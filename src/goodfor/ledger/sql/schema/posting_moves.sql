-- How guarded balances move. Called by the posting guard alone.

-- Move an account of several slices: any free slice that can bear it, else all of them together, spread anew.
-- Deadlock-free: waits only while it holds no slice of this account, and then in order of the slices.
CREATE OR REPLACE FUNCTION ledger_move_sliced(p_shop uuid, p_account bigint, p_slices integer, p_posted bigint, p_held bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  total record;
  spare bigint;
BEGIN
  FOR attempt IN 1..40 LOOP
    EXIT WHEN p_held <> 0;
    BEGIN
      UPDATE ledger_balance SET posted_minor = posted_minor + p_posted
        WHERE shop_id = p_shop AND account_id = p_account AND slice = (
          SELECT b.slice FROM ledger_balance b
           WHERE b.shop_id = p_shop AND b.account_id = p_account
             AND b.posted_minor - b.pending_out_minor - b.floor_minor + p_posted >= 0
           ORDER BY (b.slice + pg_backend_pid() + attempt) % p_slices LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED);
      IF FOUND THEN
        RETURN true;
      END IF;
      -- A slice that somebody changed after this statement's snapshot was locked, looked at again and left out, and its
      -- lock stays. Rolling back to here gives it free: nobody may wait below while holding one.
      RAISE EXCEPTION USING ERRCODE = 'GFL00';
    EXCEPTION WHEN SQLSTATE 'GFL00' THEN
      NULL;
    END;
    PERFORM FROM ledger_balance b WHERE b.shop_id = p_shop AND b.account_id = p_account
      AND b.posted_minor - b.pending_out_minor - b.floor_minor + p_posted >= 0;
    EXIT WHEN NOT FOUND;
    PERFORM pg_sleep(0.0005);
  END LOOP;
  PERFORM FROM ledger_balance b WHERE b.shop_id = p_shop AND b.account_id = p_account ORDER BY b.slice FOR NO KEY UPDATE;
  SELECT sum(b.posted_minor) + p_posted AS posted, sum(b.pending_out_minor) + p_held AS held, sum(b.floor_minor) AS floor
    INTO total FROM ledger_balance b WHERE b.shop_id = p_shop AND b.account_id = p_account;
  spare := total.posted - total.held - total.floor;
  IF spare IS NULL OR spare < 0 THEN
    RAISE EXCEPTION 'account % would pass its floor', p_account
      USING ERRCODE = 'check_violation', TABLE = 'ledger_balance', CONSTRAINT = 'ledger_balance_floor';
  END IF;
  -- All that is held lies on slice 0; what is free is spread evenly, the rest on the first slices.
  UPDATE ledger_balance b
     SET pending_out_minor = CASE WHEN b.slice = 0 THEN total.held ELSE 0 END,
         posted_minor = b.floor_minor + CASE WHEN b.slice = 0 THEN total.held ELSE 0 END
           + spare / p_slices + CASE WHEN b.slice < spare % p_slices THEN 1 ELSE 0 END
   WHERE b.shop_id = p_shop AND b.account_id = p_account;
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION ledger_move_guarded(p_shop uuid, p_account bigint, p_slices integer, p_posted bigint, p_held bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF p_slices > 1 THEN
    RETURN ledger_move_sliced(p_shop, p_account, p_slices, p_posted, p_held);
  END IF;
  UPDATE ledger_balance SET posted_minor = posted_minor + p_posted, pending_out_minor = pending_out_minor + p_held
    WHERE shop_id = p_shop AND account_id = p_account AND slice = 0;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'guarded account % has no balance', p_account USING ERRCODE = 'GFL03';
  END IF;
  RETURN true;
END $$;
