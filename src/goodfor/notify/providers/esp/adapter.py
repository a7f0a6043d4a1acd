"""E-mail by a service's own interface, through django-anymail: `esp` names the service; `from_email`, `from_name`,
`reply_to` as for SMTP; what else a service wants is in `SERVICES`."""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import requests
from anymail.backends.base_requests import AnymailRequestsBackend
from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailError,
    AnymailRecipientsRefused,
)
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection

from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded, Unknown
from goodfor.notify.addresses import EMAIL
from goodfor.notify.providers.base import (
    ACCOUNT,
    NOT_SENT,
    RATE_LIMITED,
    Account,
    CannotAsk,
    ConfigProblem,
    Letter,
    required,
)
from goodfor.notify.providers.calls import base_url
from goodfor.notify.providers.http import CONNECT_SECONDS, READ_SECONDS, require_no_transaction
from goodfor.notify.providers.mail import check_sender, mail_of


@dataclass(frozen=True, slots=True)
class Service:
    """One service: where its interface is, and which settings and secrets its backend wants."""

    hosts: tuple[str, ...]
    secrets: tuple[str, ...]
    settings: tuple[str, ...] = ()


#: Amazon SES is not here: its backend needs boto3. Its SMTP interface works with the smtp provider.
SERVICES: Final[dict[str, Service]] = {
    "brevo": Service(("api.brevo.com",), ("api_key",)),
    "mailersend": Service(("api.mailersend.com",), ("api_token",)),
    "mailgun": Service(("api.mailgun.net", "api.eu.mailgun.net"), ("api_key",), ("sender_domain",)),
    "mailjet": Service(("api.mailjet.com",), ("api_key", "secret_key")),
    "mailtrap": Service(("send.api.mailtrap.io",), ("api_token",)),
    "mandrill": Service(("mandrillapp.com",), ("api_key",)),
    "postmark": Service(("api.postmarkapp.com",), ("server_token",)),
    "resend": Service(("api.resend.com",), ("api_key",)),
    "scaleway": Service(("api.scaleway.com",), ("secret_key",), ("project_id",)),
    "sendgrid": Service(("api.sendgrid.com",), ("api_key",)),
    "sparkpost": Service(("api.sparkpost.com", "api.eu.sparkpost.com"), ("api_key",)),
    "unisender_go": Service(("goapi.unisender.ru", "go1.unisender.ru", "go2.unisender.ru"), ("api_key",)),
}
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_OURS: Final = (401, 402, 403, 404)


class AnymailChannel(CannotAsk):
    """One request a letter."""

    channels: tuple[str, ...] = (EMAIL,)

    def check(self, account: Account) -> None:
        """Raise ConfigProblem unless the service's backend can be made of the settings."""
        service = SERVICES.get(str(account.config.get("esp", "")))
        if service is None:
            raise ConfigProblem("esp", "unknown")
        required(account.secrets, *service.secrets, most=500)
        required(account.config, *service.settings, most=253)
        check_sender(account.config)
        if account.config.get("base_url"):
            base_url(account.config, "", service.hosts)
        try:
            _backend(account)
        except (AnymailError, ImproperlyConfigured):
            raise ConfigProblem("esp", "incomplete") from None

    def send(self, account: Account, letter: Letter, now: datetime) -> Outcome:  # noqa: ARG002
        """A refusal is certain; a lost or broken reply is not."""
        require_no_transaction()
        backend = _backend(account)
        try:
            backend.open()
            # Nothing from the environment, and a redirect is an error: it could lead anywhere.
            backend.session.trust_env, backend.session.max_redirects = False, 0
            mail = mail_of(account, letter, backend)
            mail.send()
        except AnymailRecipientsRefused:
            return Rejected("recipient_refused")
        except AnymailConfigurationError:
            return Rejected(ACCOUNT)
        except AnymailAPIError as problem:
            return _outcome(problem)
        except AnymailError:
            return Rejected("unsupported_by_service")
        finally:
            with contextlib.suppress(requests.RequestException):
                backend.close()
        status = getattr(mail, "anymail_status", None)
        return Succeeded(str(getattr(status, "message_id", "") or ""))


def _backend(account: Account) -> AnymailRequestsBackend:
    config = account.config
    service = SERVICES[str(config["esp"])]
    options: dict[str, Any] = {name: account.secrets[name] for name in service.secrets}
    options |= {name: str(config[name]) for name in service.settings}
    if config.get("base_url"):
        options["api_url"] = base_url(config, "", service.hosts)
    backend = get_connection(
        f"anymail.backends.{config['esp']}.EmailBackend",
        fail_silently=False,
        timeout=(CONNECT_SECONDS, READ_SECONDS),
        **options,
    )
    if not isinstance(backend, AnymailRequestsBackend):
        raise ConfigProblem("esp", "unknown")
    return backend


def _outcome(problem: AnymailAPIError) -> Outcome:
    status = problem.status_code
    if status is None:
        never_left = isinstance(problem.__cause__, requests.ConnectTimeout) or _refused(problem.__cause__)
        return Unknown(NOT_SENT) if never_left else Unknown("no_answer")
    if status == _TOO_MANY:
        return Rejected(RATE_LIMITED)
    if status >= _SERVER_ERROR or 200 <= status < 300:
        return Unknown(f"http_{status}")
    return Rejected(ACCOUNT if status in _OURS else f"http_{status}")


def _refused(cause: BaseException | None) -> bool:
    """Whether no connection came about: urllib3 says so in the reason of its retries."""
    if not isinstance(cause, requests.ConnectionError) or not cause.args:
        return False
    reason = getattr(cause.args[0], "reason", None)
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")
