-- risk, platform job, any shop_id: reviews that nobody decided in time.
SELECT shop_id, id FROM risk_review WHERE state <> 'done' AND due_at <= %(now)s ORDER BY due_at LIMIT %(limit)s::bigint
