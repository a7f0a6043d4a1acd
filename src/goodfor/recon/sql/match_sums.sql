-- recon: (matches, what theirs of them move, rows of ours, of theirs, of the books, what the books move, what theirs move).
SELECT (SELECT count(*) FROM recon_judged WHERE agrees),
       (SELECT coalesce(sum(abs(t.amount_minor)), 0)::bigint FROM recon_judged j JOIN recon_t t ON t.id = j.theirs_id
        WHERE j.agrees),
       (SELECT count(*) FROM recon_o WHERE base), (SELECT count(*) FROM recon_t), (SELECT count(*) FROM recon_b),
       (SELECT coalesce(sum(amount_minor), 0)::bigint FROM recon_b),
       (SELECT coalesce(sum(amount_minor), 0)::bigint FROM recon_t WHERE state = 'done')
