"""The wallet and the built-in sandbox channel, accounts and their secrets."""

from uuid import UUID, uuid4

import pytest
from django.db import transaction

from goodfor.kernel.money import Money
from goodfor.ledger import operations as ledger
from goodfor.ledger import queries as books
from goodfor.ledger.errors import InsufficientFunds
from goodfor.ledger.types import Entry, Line
from goodfor.payments import queries
from goodfor.payments.errors import AccountInvalid, AccountNotFound, AlreadyPaid, ChannelRejected
from goodfor.payments.operations import sandbox_books
from goodfor.payments.operations.confirm_fact import confirm_fact
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.pay_by_balance import pay_by_balance
from goodfor.payments.operations.poll_due import poll_due
from goodfor.payments.operations.set_account import set_account
from goodfor.payments.providers.sandbox.signing import sign
from goodfor.payments.tests.world import PRICE, World, at_once, rows
from goodfor.payments.types import AccountView, BalancePayment, RawRequest

pytestmark = pytest.mark.django_db(transaction=True)
WALLET = "2207:wallet:c1"
KEY = "0123456789abcdef"


def local(world: World, provider: str, **secrets: str) -> AccountView:
    return open_account(
        shop_id=world.shop, provider=provider, code=provider, name=provider, currency="CNY", config={},
        secrets=secrets, methods=["pay"], now=world.now, actor="test", enabled=True,
    )  # fmt: skip


def fund(world: World, minor: int) -> None:
    ledger.open_account(shop_id=world.shop, code=WALLET, currency="CNY", guarded=True, floor_minor=0, now=world.now)
    lines = (Line("1002:bank:manual", minor), Line(WALLET, -minor))
    entry = Entry(f"top:{uuid4()}", "top_up", lines, world.now)
    ledger.post(shop_id=world.shop, currency="CNY", entries=(entry,), now=world.now)


def buy(world: World, source: UUID | None = None, amount: Money = PRICE) -> BalancePayment:
    with transaction.atomic():
        paid = pay_by_balance(
            shop_id=world.shop, source_type="order", source_id=source or uuid4(), amount=amount,
            wallet_account=WALLET, now=world.now,
        )  # fmt: skip
        ledger.post(shop_id=world.shop, currency="CNY", entries=(paid.entry(now=world.now),), now=world.now)
    return paid


def test_balance_pays_once_and_refunds_at_once(world: World) -> None:
    with pytest.raises(AccountNotFound):
        buy(world)
    local(world, "balance")
    assert queries.balance_enabled(world.shop, "CNY", world.now)
    fund(world, 1000)
    source = uuid4()
    paid = buy(world, source)
    view = queries.payment(world.shop, paid.payment_id)
    assert (view.state, view.captured_minor, view.ledger_account) == ("succeeded", 990, WALLET)
    with pytest.raises(AlreadyPaid):
        buy(world, source)
    with pytest.raises(InsufficientFunds):
        buy(world)
    assert len(rows("SELECT id FROM payments_payment")) == 1
    with transaction.atomic():
        begun = queries.payment(world.shop, paid.payment_id)
        refund = world.refund(type("B", (), {"payment": begun})(), 490)
        assert refund.done
        entry = refund.entry(effective_at=world.now, debit_account="2203:order")
        ledger.post(shop_id=world.shop, currency="CNY", entries=(entry,), now=world.now)
    assert abs(books.balance(world.shop, WALLET)) == 500
    assert world.events("payments.refund_succeeded") == 0


def test_twenty_buyers_of_one_wallet(world: World) -> None:
    local(world, "balance")
    fund(world, 500)
    results = at_once(20, lambda _n: buy(world, amount=Money(100, "CNY")))
    assert sum(isinstance(result, BalancePayment) for result in results) == 5
    assert abs(books.balance(world.shop, WALLET)) == 0


def test_one_source_is_paid_from_a_wallet_once(world: World) -> None:
    local(world, "balance")
    fund(world, 100_000)
    source = uuid4()
    results = at_once(10, lambda _n: buy(world, source))
    assert sum(isinstance(result, BalancePayment) for result in results) == 1
    assert sum(isinstance(result, AlreadyPaid) for result in results) == 9


def test_sandbox_channel_whole_life(world: World) -> None:
    account = local(world, "sandbox", key=KEY)
    begun = world.begin(account, method="pay")
    number = begun.payment.number
    assert begun.instruction.url == f"/pay/sandbox/{world.shop}/{number}"
    body = {"number": number}
    raw = RawRequest("POST", "/", b"", {}, f"number={number}&sign={sign(body, KEY)}".encode())
    assert world.receive(account, raw).problem == "not_paid"
    assert sandbox_books.pay_trade(shop_id=world.shop, number=number, now=world.now)
    assert not sandbox_books.pay_trade(shop_id=world.shop, number=number, now=world.now)
    for bad in (f"number={number}&sign=00", f"number={number}", f"number=x&number={number}&sign=é", "", "sign=%ff"):
        receipt = world.receive(account, RawRequest("POST", "/", b"", {}, bad.encode()))
        assert (receipt.problem, receipt.facts) == ("bad_signature", ()), bad
    (fact,) = world.receive(account, raw).facts
    told = confirm_fact(shop_id=world.shop, fact=fact, now=world.now)
    assert told.fact is not None
    assert world.apply(told.fact).outcome == "confirmed"
    assert world.execute(world.refund(begun, 400)).done
    assert world.execute(world.refund(begun, 590)).done
    assert rows("SELECT refunded_minor FROM payments_sandbox_trade") == [(990,)]
    assert world.booked() == 0


def test_sandbox_channel_by_polling(world: World) -> None:
    account = local(world, "sandbox", key=KEY)
    begun = world.begin(account, method="pay")
    sandbox_books.pay_trade(shop_id=world.shop, number=begun.payment.number, now=world.now)
    world.now = begun.payment.expires_at or world.now
    assert poll_due(now=world.now) == 1
    (told,) = queries.facts_of(world.shop, begun.payment.id)
    assert world.apply(told.fact).outcome == "confirmed"


def test_sandbox_channel_is_off_in_a_real_shop(world: World, settings: object) -> None:
    account = local(world, "sandbox", key=KEY)
    settings.GOODFOR_SANDBOX_PROVIDER = False  # type: ignore[attr-defined]
    with pytest.raises(ChannelRejected):
        world.begin(account, method="pay")
    assert world.receive(account, RawRequest("POST", "/")).problem == "unsupported"
    with pytest.raises(AccountInvalid):
        local(world, "sandbox", key=KEY)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"gateway": "http://pay.example.com"}, "gateway"), ({"gateway": "https://u:p@x.example"}, "gateway"),
        ({"version": "v3"}, "version"), ({"mode": "x"}, "mode"), ({"pid": "a b"}, "pid"), ({"key": "short"}, "key"),
        ({"version": "v2"}, "private_key"),
    ],
)  # fmt: skip
def test_wrong_accounts_are_refused_by_field(world: World, change: dict[str, str], field: str) -> None:
    config = {"gateway": "https://pay.example.com", "pid": "1", "version": "v1"} | change
    with pytest.raises(AccountInvalid) as refused:
        open_account(
            shop_id=world.shop, provider="epay", code="e", name="e", currency="CNY", config=config,
            secrets={"key": config.pop("key", "a-long-enough-key")}, methods=["alipay"], now=world.now, actor="t",
        )  # fmt: skip
    assert refused.value.data["field"] == field


def test_secrets_are_sealed_and_shown_nowhere(world: World) -> None:
    account = world.epay("v1")
    key = "epay-test-key-0001"
    assert key not in repr(account)
    stored = rows("SELECT row_to_json(a)::text FROM payments_account a")[0][0]
    trail = rows("SELECT string_agg(data::text, '') FROM kernel_audit")[0][0]
    assert key not in stored
    assert key.encode().hex() not in stored
    assert key not in trail
    raw = RawRequest("GET", "/", b"pid=1&key=" + key.encode())
    world.receive(account, raw)
    assert key.encode() not in bytes(rows("SELECT query FROM payments_inbox")[0][0])


def test_switching_off_and_limits(world: World) -> None:
    account = world.epay("v1")
    assert {m.method for m in queries.checkout_methods(world.shop, "CNY", world.now)} == {"alipay", "wxpay"}
    set_account(shop_id=world.shop, account_id=account.id, actor="t", now=world.now, enabled=False)
    assert queries.checkout_methods(world.shop, "CNY", world.now) == []
    with pytest.raises(AccountNotFound):
        world.begin(account)
    with pytest.raises(AccountInvalid):
        set_account(shop_id=world.shop, account_id=account.id, actor="t", now=world.now, exposure_limit_minor=-1)
    with pytest.raises(AccountNotFound):
        set_account(shop_id=uuid4(), account_id=account.id, actor="t", now=world.now, enabled=True)


def test_ten_refunds_of_one_sandbox_trade_at_once(world: World) -> None:
    account = local(world, "sandbox", key=KEY)
    begun = world.begin(account, method="pay")
    sandbox_books.pay_trade(shop_id=world.shop, number=begun.payment.number, now=world.now)
    number = begun.payment.number

    def give(n: int) -> bool:
        return sandbox_books.refund_trade(
            shop_id=world.shop, number=number, refund_number=f"R{n % 12}", amount=Money(100, "CNY")
        )

    assert sum(at_once(12, give)) == 9
    assert rows("SELECT refunded_minor FROM payments_sandbox_trade") == [(900,)]
