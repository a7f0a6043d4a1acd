"""Open, change and end a party: somebody who is paid a share."""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.finance import accounts, states
from goodfor.finance.errors import InvalidParty, PartyExists, PartyFixed, PartyNotFound
from goodfor.finance.mapping import party_view
from goodfor.finance.models import CODE, Party
from goodfor.finance.operations.set_bank import FREEZE
from goodfor.finance.types import PartyInput, PartyView
from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.money import EXPONENTS
from goodfor.kernel.sql import Statement
from goodfor.ledger import queries as ledger
from goodfor.payments import queries as payments
from goodfor.payments.errors import ReceiverNotFound
from goodfor.supply import queries as supply

_FIXED: Final = ("kind", "code", "currency")
#: Orders of a party whose receiver changed are followed again.
_AGAIN: Final = Statement("goodfor.finance", "sql/follow_again.sql")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def open_party(*, shop_id: UUID, party: PartyInput, actor: str, now: datetime) -> PartyView:
    """A new party. A supplier's has the supplier's own code, since accounts are named by it.

    Raises InvalidParty (`field`), PartyExists.
    """
    _check(shop_id, party)
    with transaction.atomic():
        advisory_xact_lock(("finance", shop_id))
        if Party.objects.filter(shop_id=shop_id, kind=party.kind, code=party.code).exists():
            raise PartyExists(kind=party.kind, code=party.code)
        _check_receiver(shop_id, party)
        row = Party.objects.create(shop_id=shop_id, created_at=now, **asdict(party))
        _note(row, "finance.party_opened", asdict(party), actor, now)
    return party_view(row)


def change_party(*, shop_id: UUID, party_id: UUID, party: PartyInput, actor: str, now: datetime) -> PartyView:
    """Change what may change. A supplier's cycle names its account: it changes only while nothing is owed there.

    Another receiver in the place of one freezes payouts for a day.

    Raises PartyNotFound, PartyFixed, InvalidParty.
    """
    _check(shop_id, party)
    with transaction.atomic():
        advisory_xact_lock(("finance", shop_id))
        row = _row(shop_id, party_id)
        old, new = party_view(row), asdict(party)
        if any(getattr(row, name) != new[name] for name in _FIXED):
            raise PartyFixed(fields=list(_FIXED))
        if row.kind == states.SUPPLIER and row.cycle != party.cycle:
            owed = ledger.balance(shop_id, accounts.accrued(old), old.currency)
            if owed:
                raise PartyFixed(fields=["cycle"], owed_minor=owed)
        changed = {name: value for name, value in new.items() if getattr(row, name) != value}
        if "receiver_id" in changed:
            _check_receiver(shop_id, party)
            if row.receiver_id is not None:
                # What the channel has paid to the receiver is owed again from now on: payouts rest as after a change of
                # the bank account, so that nobody alone has it paid twice in a moment.
                changed["frozen_until"] = max(now + FREEZE, row.frozen_until or now)
        if changed:
            Party.objects.filter(shop_id=shop_id, id=party_id).update(**changed)
            if "receiver_id" in changed:
                _AGAIN.run({"shop_id": shop_id, "party_id": party_id, "now": now})
            _note(row, "finance.party_changed", changed, actor, now)
        return party_view(_row(shop_id, party_id))


def end_party(*, shop_id: UUID, party_id: UUID, actor: str, now: datetime) -> None:
    """From now on it gets no share; what is owed to it stays owed. Harmless when repeated. Raises PartyNotFound."""
    with transaction.atomic():
        advisory_xact_lock(("finance", shop_id))
        row = _row(shop_id, party_id)
        if row.ended_at is None:
            Party.objects.filter(shop_id=shop_id, id=party_id).update(ended_at=now)
            _note(row, "finance.party_ended", {}, actor, now)


def _row(shop_id: UUID, party_id: UUID) -> Party:
    row = Party.objects.filter(shop_id=shop_id, id=party_id).first()
    if row is None:
        raise PartyNotFound
    return row


def _check_receiver(shop_id: UUID, party: PartyInput) -> None:
    if party.receiver_id and Party.objects.filter(shop_id=shop_id, receiver_id=party.receiver_id).exists():
        raise InvalidParty(field="receiver_id")


def _note(row: Party, action: str, data: dict[str, object], actor: str, now: datetime) -> None:
    # Who is written to is theirs alone: the trail says that it changed, not to what.
    kept = {name: _plain(value) for name, value in data.items() if name != "email"}
    if "email" in data:
        kept["email"] = "set" if data["email"] else "none"
    audit.record(
        shop_id=row.shop_id, actor=actor, action=action, subject=("finance.party", row.id),
        data={"code": row.code, **kept}, now=now,
    )  # fmt: skip


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _check(shop_id: UUID, party: PartyInput) -> None:
    longest = 7 if party.cycle == "weekly" else 31
    wrong = {
        "kind": party.kind not in states.PARTY_KINDS,
        # Accounts of receivers of splits are named by their ids: no party's account may be one of them.
        "code": not re.fullmatch(CODE, party.code) or re.fullmatch("[0-9a-fA-F]{32}", party.code) is not None,
        "name": not 0 < len(party.name.strip()) <= 100,
        "email": bool(party.email) and not (len(party.email) <= 254 and _EMAIL.fullmatch(party.email)),
        "currency": party.currency not in EXPONENTS,
        "cycle": party.cycle not in states.CYCLES,
        "cycle_day": not 1 <= party.cycle_day <= longest,
        "lag_days": not 0 <= party.lag_days <= 365,
        "min_payout_minor": not 0 <= party.min_payout_minor < 2**62,
        "hold_back_bp": not 0 <= party.hold_back_bp <= states.WHOLE,
        "collection": party.collection not in states.COLLECTIONS,
        "supplier_code": bool(party.supplier_code)
        and (party.kind != states.SUPPLIER or party.code != party.supplier_code),
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise InvalidParty(field=name)
    if party.supplier_code and party.supplier_code not in {one.code for one in supply.suppliers(shop_id)}:
        raise InvalidParty(field="supplier_code")
    if party.receiver_id is not None:
        try:
            payments.receiver(shop_id, party.receiver_id)
        except ReceiverNotFound as error:
            raise InvalidParty(field="receiver_id") from error
