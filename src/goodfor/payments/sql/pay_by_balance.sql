-- A payment from a wallet: account looked up, payment inserted as succeeded, its fact and its history, in one statement.
WITH account AS (
    SELECT id, code FROM payments_account
    WHERE shop_id = %(shop_id)s AND provider = 'balance' AND enabled AND valid_to IS NULL AND currency = %(currency)s
    LIMIT 1
), payment AS (
    INSERT INTO payments_payment (
        id, shop_id, account_id, provider, account_code, number, source_type, source_id, settles, amount_minor,
        currency, captured_minor, refunded_minor, state, method, channel_ref, wallet_account, request, failure,
        created_at, succeeded_at, poll_count)
    SELECT %(id)s::uuid, %(shop_id)s::uuid, a.id, 'balance', a.code, %(number)s, %(source_type)s, %(source_id)s::uuid,
        true, %(amount)s::bigint, %(currency)s, %(amount)s::bigint, 0, 'succeeded', 'balance', %(number)s,
        %(wallet_account)s, '{}'::jsonb, '', %(now)s::timestamptz, %(now)s::timestamptz, 0
    FROM account a
    ON CONFLICT (shop_id, source_type, source_id, settles) DO NOTHING
    RETURNING id, account_id
), fact AS (
    INSERT INTO payments_fact (
        id, shop_id, account_id, provider, payment_id, kind, our_ref, channel_ref, amount_minor, currency, happened_at,
        source, recorded_at, outcome, posting_ref, applied_at)
    SELECT %(fact_id)s::uuid, %(shop_id)s::uuid, p.account_id, 'balance', p.id, 'paid', %(number)s, %(number)s,
        %(amount)s::bigint, %(currency)s, %(now)s::timestamptz, 'local', %(now)s::timestamptz, 'confirmed',
        'pay:' || p.id, %(now)s::timestamptz
    FROM payment p
), history AS (
    INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)
    SELECT %(shop_id)s::uuid, 'payments.payment', p.id, 1, NULL, 'succeeded', %(actor)s, %(cause)s, %(now)s::timestamptz
    FROM payment p
)
SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM payment)
