"""What is known of decisions, as parts of statements: the label that was known last, of the decision or its subject."""

from typing import Final

#: To be joined to `risk_decision d`; wants shop, as_of, and `low`, `high`: UUIDs between which the decisions' ids are.
JOINS: Final = """
LEFT JOIN (
    SELECT DISTINCT ON (decision_id) decision_id, bad, known_at FROM risk_label
    WHERE shop_id = %(shop)s AND decision_id >= %(low)s AND decision_id < %(high)s AND known_at <= %(as_of)s
    ORDER BY decision_id, known_at DESC, id DESC
) l ON l.decision_id = d.id
LEFT JOIN (
    SELECT DISTINCT ON (subject_id, subject_type) subject_id, subject_type, bad, known_at FROM risk_label
    WHERE shop_id = %(shop)s AND subject_id IS NOT NULL AND known_at <= %(as_of)s
    ORDER BY subject_id, subject_type, known_at DESC, id DESC
) s ON s.subject_id = d.subject_id AND s.subject_type = d.subject_kind
"""
#: Bad, good, or NULL: nobody knows.
BAD: Final = "CASE WHEN s.known_at IS NULL OR l.known_at >= s.known_at THEN l.bad ELSE s.bad END"
#: In minor units.
AMOUNT: Final = (
    "CASE WHEN jsonb_typeof(features -> 'amount_minor') = 'number'"
    " THEN (features ->> 'amount_minor')::numeric::bigint ELSE 0 END"
)
#: Monday, UTC.
WEEK: Final = "date_trunc('week', {at} AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'"
