"""Whether a call comes from the partner that it names. All that is wrong with it is answered alike."""

import ipaddress
from datetime import datetime
from typing import NoReturn
from uuid import UUID

import structlog

from goodfor.kernel.sql import Statement
from goodfor.partners import protocol, states
from goodfor.partners.errors import CallRefused
from goodfor.partners.mapping import secret_of
from goodfor.partners.models import Account
from goodfor.partners.types import Call

_HEAR = Statement(__package__, "sql/hear_nonce.sql")
log = structlog.get_logger(__name__)


def proven(
    *, shop_id: UUID, account_id: UUID, role: str, call: Call, timely: bool = True, anywhere: bool = False,
    even_off: bool = False, now: datetime,
) -> tuple[Account, dict[str, str]]:  # fmt: skip
    """The account and the parameters of a call that it has signed. Raises CallRefused.

    `timely`: an old time is refused; a notice may be repeated for a day as it was signed first. Of calls signed by HMAC
    the time always counts, and each is heard once. `anywhere`: it is a person's browser that calls.
    `even_off`: what was begun before a partner was switched off still ends.
    """
    account = Account.objects.filter(shop_id=shop_id, id=account_id, role=role).first()
    if account is None or not (account.enabled or even_off):
        _refuse(account_id, "account")
    if not anywhere and not comes_from(account.ips, call.ip):
        _refuse(account_id, "address")
    try:
        params = protocol.read_params(call.query, call.body)
        if params.get("appKey") != account.app_key:
            _refuse(account_id, "app_key")
        if not protocol.is_signed(account.signing, params, secret_of(account)):
            _refuse(account_id, "signature")
        if account.signing == states.MD5 and not _means_one_thing(params, link=anywhere):
            _refuse(account_id, "ambiguous")
        once = account.signing == states.HMAC
        if (timely or once) and not protocol.is_timely(params, now):
            _refuse(account_id, "time")
        if once and not _heard_first(account, protocol.nonce_of(params), now):
            _refuse(account_id, "repeated")
    except protocol.Malformed as wrong:
        _refuse(account_id, str(wrong))
    return account, params


def _means_one_thing(params: dict[str, str], *, link: bool) -> bool:
    """What persons are shown is signed by the same secret as what partners say: neither may be read as the other."""
    return protocol.is_plain_link(params) if link else not protocol.could_be_link(params)


def comes_from(listed: list[str], ip: str) -> bool:
    """Whether an address is among those listed; anything is where none are."""
    if not listed:
        return True
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(one, strict=False) for one in listed)


def _heard_first(account: Account, nonce: str, now: datetime) -> bool:
    asked = {"shop_id": account.shop_id, "account_id": account.id, "nonce": nonce, "now": now}
    return bool(_HEAR.rows(asked))


def _refuse(account_id: UUID, why: str) -> NoReturn:
    log.warning("partner_call_refused", account=str(account_id), why=why)
    raise CallRefused
