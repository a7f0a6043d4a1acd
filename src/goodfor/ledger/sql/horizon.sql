-- Every transaction id below, whatever its shop_id, is decided: nothing can appear there any more.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text
