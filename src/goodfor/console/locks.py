"""Row locks of the console."""

from allauth.mfa.models import Authenticator


def lock_authenticator(user_id: int, kind: str) -> Authenticator | None:
    """Lock a person's one authenticator of a kind until the transaction ends."""
    return Authenticator.objects.select_for_update().filter(user_id=user_id, type=kind).first()
