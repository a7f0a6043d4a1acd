-- Columns that hold sealed values by their names: <x>blob beside a number <x>key_id.
SELECT b.table_name || '.' || b.column_name
FROM information_schema.columns k
JOIN information_schema.columns b ON b.table_schema = k.table_schema AND b.table_name = k.table_name
 AND b.column_name = regexp_replace(k.column_name, 'key_id$', 'blob')
WHERE k.table_schema = current_schema() AND k.column_name ~ '(^|_)key_id$' AND b.data_type = 'bytea'
  AND k.data_type IN ('smallint', 'integer', 'bigint')
