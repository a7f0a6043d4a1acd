-- They answered nothing once, and a function that is replaced keeps its type.
DROP FUNCTION IF EXISTS ledger_move_guarded(uuid, bigint, integer, bigint, bigint);
DROP FUNCTION IF EXISTS ledger_move_sliced(uuid, bigint, integer, bigint, bigint);
