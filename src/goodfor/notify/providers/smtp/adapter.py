"""E-mail by SMTP: `host`, `port`, `security` (ssl, starttls, none), `username`, `from_email`, `from_name`, `reply_to`;
secret `password`."""

import contextlib
import smtplib
from datetime import datetime

from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded, Unknown
from goodfor.notify.addresses import EMAIL
from goodfor.notify.providers.base import (
    ACCOUNT,
    NOT_SENT,
    TRY_LATER,
    Account,
    CannotAsk,
    ConfigProblem,
    Letter,
    required,
)
from goodfor.notify.providers.http import CONNECT_SECONDS, READ_SECONDS, is_loopback, require_no_transaction
from goodfor.notify.providers.mail import check_sender, mail_of
from goodfor.notify.providers.smtp.client import PORTS, Backend, NotAllowed

SECURITY = ("ssl", "starttls", "none")
_PERMANENT = 500


class SmtpChannel(CannotAsk):
    """One connection a letter: few letters, and nothing is held open."""

    channels: tuple[str, ...] = (EMAIL,)

    def check(self, account: Account) -> None:
        """Raise ConfigProblem unless it can be tried."""
        config = account.config
        required(config, "host", "security", most=253)
        host, port = str(config["host"]), config.get("port")
        if config["security"] not in SECURITY:
            raise ConfigProblem("security", "unknown")
        if type(port) is not int or not 0 < port < 65536 or (port not in PORTS and not is_loopback(host)):
            raise ConfigProblem("port", "not_a_mail_port")
        if config["security"] == "none" and not is_loopback(host):
            raise ConfigProblem("security", "in_clear")
        if bool(config.get("username")) != bool(account.secrets.get("password")):
            raise ConfigProblem("password", "missing")
        check_sender(config)

    def send(self, account: Account, letter: Letter, now: datetime) -> Outcome:  # noqa: ARG002
        """Before DATA nothing is sent; after it only an answer of the server is certain."""
        require_no_transaction()
        backend = _backend(account)
        try:
            backend.open()
            sent = mail_of(account, letter, backend).send()
        except NotAllowed:
            return Rejected("address_not_allowed")
        except smtplib.SMTPException as problem:
            return _outcome(problem, backend)
        except OSError:
            return Unknown("connection_lost") if backend.handed_over else Unknown(NOT_SENT)
        finally:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                backend.close()
        return Succeeded(str(letter.id)) if sent else Unknown(NOT_SENT)


def _backend(account: Account) -> Backend:
    config = account.config
    return Backend(
        host=str(config["host"]),
        port=int(config["port"]),
        username=str(config.get("username", "")),
        password=account.secrets.get("password", ""),
        use_ssl=config["security"] == "ssl",
        use_tls=config["security"] == "starttls",
        timeout=CONNECT_SECONDS + READ_SECONDS,
    )


def _outcome(problem: smtplib.SMTPException, backend: Backend) -> Outcome:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code = max((code for code, _ in problem.recipients.values()), default=_PERMANENT)
        return Rejected("recipient_refused" if code >= _PERMANENT else TRY_LATER, str(code))
    if isinstance(problem, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError):
        return Rejected(ACCOUNT, "authentication")
    if isinstance(problem, smtplib.SMTPResponseException):
        # An answer is an answer, also to DATA: what was refused is not sent.
        refused_sender = isinstance(problem, smtplib.SMTPSenderRefused)
        if problem.smtp_code >= _PERMANENT:
            return Rejected(ACCOUNT if refused_sender else "refused", str(problem.smtp_code))
        return Rejected(TRY_LATER, str(problem.smtp_code)) if problem.smtp_code > 0 else Unknown(NOT_SENT)
    return Unknown("connection_lost") if backend.handed_over else Unknown(NOT_SENT)
