"""Which vendors exist. A new one is one folder and one line here."""

from goodfor.notify.providers.base import Channel
from goodfor.notify.providers.smtp.adapter import SmtpChannel

PROVIDERS: dict[str, Channel] = {
    "smtp": SmtpChannel(),
}


def provider_for(name: str) -> Channel | None:
    """The adapter of that name, or None."""
    return PROVIDERS.get(name)
