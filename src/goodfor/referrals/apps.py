"""The room of invitations: codes, bindings, rewards, and the queue of what looks odd."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """See docs/architecture.md §1."""

    name = "goodfor.referrals"
    label = "referrals"
