"""The client's prepaid balance."""

from django.http import HttpResponse
from ninja import Router

from goodfor.identity.types import Scope
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.ledger.errors import AccountNotOpen
from goodfor.openapi import presenters as present
from goodfor.openapi.answers import answer
from goodfor.openapi.auth import ApiKey
from goodfor.openapi.cursors import number_cursor, read_number
from goodfor.openapi.documented import documented
from goodfor.openapi.examples import BALANCE, ENTRY_PAGE
from goodfor.openapi.params import CURSOR, LIMIT
from goodfor.openapi.requests import ApiRequest
from goodfor.openapi.schemas import BalanceOut, EntryPage

router = Router()


@router.get(
    "/balance",
    auth=ApiKey(Scope.BALANCE_READ),
    response={200: BalanceOut},
    operation_id="getBalance",
    summary="Your balance",
    openapi_extra=documented(Scope.BALANCE_READ, answer=BALANCE),
)
def get_balance(request: ApiRequest) -> HttpResponse:
    """What is booked and what can be spent."""
    caller = request.auth
    try:
        available = ledger.available(caller.shop_id, caller.wallet_account)
        balance = ledger.balance(caller.shop_id, caller.wallet_account)
    except AccountNotOpen:
        # A client that never paid anything in: the wallet opens with its first top-up.
        available = balance = 0
    return answer(
        {
            "available": present.money(Money(available, caller.currency)),
            "balance": present.money(Money(balance, caller.currency)),
        }
    )


@router.get(
    "/balance/entries",
    auth=ApiKey(Scope.BALANCE_READ),
    response={200: EntryPage},
    operation_id="listBalanceEntries",
    summary="Movements of your balance, latest first",
    openapi_extra=documented(Scope.BALANCE_READ, answer=ENTRY_PAGE, errors={400: ["invalid_cursor"]}),
)
def list_entries(
    request: ApiRequest,
    cursor: str | None = CURSOR,
    limit: int = LIMIT,
) -> HttpResponse:
    """Top-ups, purchases and refunds."""
    caller = request.auth
    found = ledger.entries_of_account(
        caller.shop_id, caller.wallet_account, before=read_number(cursor), limit=limit + 1
    )
    items = found[:limit]
    return answer(
        {
            "items": [present.entry(item, caller.currency) for item in items],
            "next_cursor": number_cursor(items[-1].tx_id) if len(found) > limit else None,
        }
    )
