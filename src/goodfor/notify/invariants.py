"""Truths about messages: none stuck, none twice, no secret kept."""

from goodfor.kernel.invariants import Invariant

INVARIANTS = [
    Invariant(
        name="notify_none_stuck_in_sending",
        room="notify",
        why="a message is being sent for no longer than its lease and the loop's next look at it",
        sql="""
        SELECT id::text, state || ' since ' || tried_at FROM notify_message
        WHERE state = 'sending' AND next_try_at < %(now)s - interval '5 minutes'
        """,
    ),
    Invariant(
        name="notify_due_messages_are_looked_at",
        room="notify",
        why="what is due is sent, asked about or given up; a queue that nobody works on is a broken promise",
        sql="""
        SELECT id::text, state || ' due ' || next_try_at FROM notify_message
        WHERE state IN ('queued', 'unknown') AND next_try_at < %(now)s - interval '30 minutes'
        """,
    ),
    Invariant(
        name="notify_told_once",
        room="notify",
        why="a business key is told at most once by a channel, and once to each address",
        sql="""
        SELECT min(id::text), count(*) || ' notices of ' || scene || ' ' || subject FROM notify_notice
        GROUP BY shop_id, scene, subject, audience, channel HAVING count(*) > 1
        UNION ALL
        SELECT min(id::text), count(*) || ' messages of one notice to one address' FROM notify_message
        GROUP BY shop_id, notice_id, recipient_index HAVING count(*) > 1
        """,
    ),
    Invariant(
        name="notify_messages_have_their_notice",
        room="notify",
        why="every message belongs to the notice of its business key, and every notice was told to somebody; messages"
        " older than a week may have gone with the send log",
        sql="""
        SELECT coalesce(m.id, n.id)::text, CASE WHEN n.id IS NULL THEN 'message without its notice'
                                                ELSE 'notice without a message' END
        FROM notify_message m
        FULL JOIN notify_notice n ON n.shop_id = m.shop_id AND n.id = m.notice_id AND n.scene = m.scene
             AND n.subject = m.subject AND n.audience = m.audience AND n.channel = m.channel
        WHERE (m.id IS NULL AND n.created_at > now() - interval '7 days') OR n.id IS NULL
        """,
    ),
    Invariant(
        name="notify_secrets_are_wiped",
        room="notify",
        why="a secret message keeps its words no longer than it is open",
        sql="""
        SELECT id::text, state FROM notify_message
        WHERE secret AND content_blob IS NOT NULL AND state NOT IN ('queued', 'sending', 'unknown')
        """,
    ),
    Invariant(
        name="notify_secret_sent_at_most_once",
        room="notify",
        why="a secret message is not sent again after an outcome that nobody knows",
        sql="""
        SELECT m.id::text, 'queued again after unknown' FROM notify_message m
        WHERE m.secret AND EXISTS (SELECT 1 FROM kernel_history h WHERE h.subject_id = m.id AND h.shop_id = m.shop_id
                                   AND h.machine = 'notify.message' AND h.from_state = 'unknown'
                                   AND h.to_state = 'queued')
        """,
    ),
]
