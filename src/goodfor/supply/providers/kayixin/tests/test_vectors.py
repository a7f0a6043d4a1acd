"""The vendor's signatures and its encryption, as worked out in the protocol's description, and what must not verify."""

import json
from uuid import uuid4

import pytest

from goodfor.supply.providers.kayixin import signing
from goodfor.supply.providers.kayixin.client import body_of
from goodfor.supply.providers.kayixin.connector import CONNECTOR
from goodfor.supply.providers.values import Call, CallProblem, ItemEvent, OrderEvent, Site, TicketEvent

APP, SECRET, STAMP = "10086", "0123456789abcdef0123456789abcdef", "1767225600"
SITE = Site(uuid4(), uuid4(), "kyx", "CNY", {"base_url": "https://kyx.example.com", "app_id": APP}, {"secret": SECRET})
CARDS = "tGsEG1moU3NHdtL23bbu2XoZZwN9echBAtng4PbVYmSbfa1SbO7EIqOH0Cw6dQrecn0DDRG8gZOoHhHFamPEfJyxgq5iDNvPsFK9glwaWrk="
TOLD = {
    "orderNumber": "K1", "outerNumber": "HUB2601010002", "status": 3, "money": 19.8, "retMoney": 0, "result": "完成",
    "cards": CARDS,
}  # fmt: skip


def test_a_request() -> None:
    body = body_of({
        "goodsId": 5001, "count": 2, "notifyUrl": "https://hub.example.com/cb/kyx", "outerNumber": "HUB2601010002",
        "safePrice": 19.8,
    })  # fmt: skip
    assert signing.sign(APP, SECRET, STAMP, body) == "7169e354f98e856da14199d207a599a3"


def test_codes_of_a_call() -> None:
    assert json.loads(signing.decrypt(CARDS, SECRET)) == [
        {"cardId": "1", "cardNo": "N1", "cardPwd": "P1", "cancelRequest": 0, "status": 0}
    ]
    for broken in (CARDS[:-4], "", "AAAA"):
        with pytest.raises(ValueError):
            signing.decrypt(broken, SECRET)


def call(told: object, *, stamp: str = STAMP, **over: str) -> Call:
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = {
        "x-app-id": APP, "x-version": "3.0", "x-timestamp": stamp,
        "x-signature": signing.sign(APP, SECRET, stamp, body),
    }  # fmt: skip
    return Call("POST", "/cb", b"", headers | over, body)


def test_calls_are_heard() -> None:
    hear = CONNECTOR.webhook
    assert hear is not None
    (event,) = hear.hear(SITE, call(TOLD), 1767225601.0).events
    assert isinstance(event, OrderEvent)
    assert event.told is not None
    assert (event.told.state, [(code.number, code.secret) for code in event.told.codes]) == ("success", [("N1", "P1")])
    assert hear.hear(SITE, call({"goodsId": 5, "money": 1}), 1767225601.0).events == (ItemEvent("5"),)
    (ticket,) = hear.hear(
        SITE, call({"reqId": "R1", "status": 3, "replay": "ok", "orderNumber": "K1"}), 1767225601.0
    ).events
    assert isinstance(ticket, TicketEvent)
    assert (ticket.ticket.ref, ticket.ticket.state) == ("R1", "done")


@pytest.mark.parametrize(
    "over",
    [
        {"x-signature": ""}, {"x-signature": "7169e354f98e856da14199d207a599a3"}, {"x-app-id": "10087"},
        {"x-version": "2.0"}, {"x-timestamp": "1767225601"}, {"x-timestamp": "x"},
    ],
)  # fmt: skip
def test_a_changed_call_proves_nothing(over: dict[str, str]) -> None:
    assert CONNECTOR.webhook is not None
    with pytest.raises(CallProblem):
        CONNECTOR.webhook.hear(SITE, call(TOLD, **over), 1767225601.0)


def test_an_old_call_proves_nothing() -> None:
    assert CONNECTOR.webhook is not None
    for now in (1767225600.0 + 4 * 3600, 1767225600.0 - 4 * 3600):
        with pytest.raises(CallProblem):
            CONNECTOR.webhook.hear(SITE, call(TOLD), now)


@pytest.mark.parametrize("told", [[], "x", {}, {"outerNumber": ""}, TOLD | {"cards": "AAAA"}])
def test_nonsense_with_the_right_signature_is_no_crash(told: object) -> None:
    assert CONNECTOR.webhook is not None
    with pytest.raises(CallProblem):
        CONNECTOR.webhook.hear(SITE, call(told), 1767225601.0)
