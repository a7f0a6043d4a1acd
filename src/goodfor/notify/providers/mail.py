"""An e-mail from a letter: headers on one line each, a number of our own, text and HTML."""

from collections.abc import Mapping
from email.headerregistry import Address
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from goodfor.notify.addresses import EMAIL, normal
from goodfor.notify.providers.base import Account, ConfigProblem, Letter
from goodfor.notify.rendering.content import one_line

MAX_NAME = 60


def mail_of(account: Account, letter: Letter, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    """The mail. Django refuses line ends in headers; here they cannot even come up."""
    said, config = letter.said, account.config
    sender = str(config["from_email"])
    headers = {
        # The same on every try, so that a mail program shows a repeated one once.
        "Message-ID": f"<{letter.id}@{sender.rpartition('@')[2]}>",
        "Auto-Submitted": "auto-generated",
    }
    mail = EmailMultiAlternatives(
        subject=one_line(said.subject) or "-",
        body=said.text,
        from_email=_address(str(config.get("from_name", "")), sender),
        to=[_address(letter.name, letter.address)],
        reply_to=[str(config["reply_to"])] if config.get("reply_to") else None,
        headers=headers,
        connection=connection,
    )
    mail.attach_alternative(said.html, "text/html")
    return mail


def _address(name: str, address: str) -> str:
    return str(Address(one_line(name)[:MAX_NAME], addr_spec=address))


def check_sender(config: Mapping[str, Any]) -> None:
    """Raise ConfigProblem unless sender and reply address are addresses and the sender's name is one line."""
    if normal(EMAIL, str(config.get("from_email", ""))) != config.get("from_email"):
        raise ConfigProblem("from_email", "malformed")
    if config.get("reply_to") and normal(EMAIL, str(config["reply_to"])) is None:
        raise ConfigProblem("reply_to", "malformed")
    name = config.get("from_name", "")
    if not isinstance(name, str) or one_line(name) != name or len(name) > MAX_NAME:
        raise ConfigProblem("from_name", "malformed")
