"""A shop whose channel keeps payments frozen for splits: the stand-in of WeChat Pay or Alipay, over HTTP."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F

from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.ledger import operations as ledger
from goodfor.ledger import queries as ledger_queries
from goodfor.payments import queries
from goodfor.payments.mapping import attempt_of, opened
from goodfor.payments.models import Account, Payment, Refund
from goodfor.payments.operations.apply_fact import apply_fact
from goodfor.payments.operations.begin_payment import PayerRequest, begin_payment
from goodfor.payments.operations.bind_receivers import bind_receivers
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.receivers import add_receiver
from goodfor.payments.operations.request_refund import request_refund
from goodfor.payments.operations.run_due_refunds import run_due_refunds
from goodfor.payments.operations.run_split_errands import run_split_errands
from goodfor.payments.operations.share_out import share_out_due
from goodfor.payments.providers.base import fact_of
from goodfor.payments.providers.registry import provider_for
from goodfor.payments.split_models import Pot, Receiver, Split, SplitReturn, SplitShare
from goodfor.payments.types import AccountView, PaymentView, RefundView
from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.server import RunningChannels

MERCHANT = {"wechat": "1900000077", "alipay": "2088102100000077"}
PERSON = {"wechat": "oWREN", "alipay": "2088102100000078"}
HOLD = timedelta(hours=25)


def config_of(desk: RunningChannels, channel: str) -> tuple[dict[str, Any], dict[str, str], tuple[str, ...]]:
    """Of an account that splits: async at Alipay."""
    secrets = {"private_key": demo.merchant_private_pem()}
    if channel == "wechat":
        config = {
            "appid": demo.WECHAT_APP_ID, "mchid": demo.WECHAT_MCHID, "serial_no": demo.WECHAT_MERCHANT_SERIAL,
            "key_mode": "public_key", "public_key_id": demo.WECHAT_PUBLIC_KEY_ID,
            "public_key": demo.platform_public_pem(), "base_url": desk.base("wechat"), "profit_sharing": True,
        }  # fmt: skip
        return config, secrets | {"apiv3_key": demo.WECHAT_API_V3_KEY}, ("native",)
    config = {
        "app_id": demo.ALIPAY_APP_ID, "seller_id": demo.ALIPAY_SELLER_ID, "mode": "key",
        "alipay_public_key": demo.platform_public_pem(), "base_url": f"{desk.base('alipay')}/gateway.do",
        "royalty_freeze": True, "product_code_precreate": "QR_CODE_OFFLINE",
    }  # fmt: skip
    return config, secrets, ("precreate",)


@dataclass
class SplitWorld:
    desk: RunningChannels
    channel: str
    shop: UUID
    account: AccountView

    @classmethod
    def open(cls, desk: RunningChannels, channel: str) -> "SplitWorld":
        config, secrets, methods = config_of(desk, channel)
        shop = uuid4()
        account = open_account(
            shop_id=shop, provider=channel, code="main", name=channel, currency="CNY", config=config, secrets=secrets,
            methods=methods, enabled=True, actor="test", now=utc_now(),
        )  # fmt: skip
        return cls(desk, channel, shop, account)

    def receiver(self, kind: str = "merchant", basis_points: int = 1000, ref: str = "") -> UUID:
        known = MERCHANT if kind == "merchant" else PERSON
        return add_receiver(
            shop_id=self.shop, account_id=self.account.id, kind=kind, ref=ref or known[self.channel],
            name="云雀商贸有限公司" if kind == "merchant" else "", label=f"伙伴 {kind}", basis_points=basis_points,
            actor="staff:1", now=utc_now(),
        )  # fmt: skip

    def bind(self) -> dict[UUID, str]:
        bind_receivers(now=utc_now())
        return dict(Receiver.objects.filter(shop_id=self.shop).values_list("id", "state"))

    def paid(self, minor: int = 10_000) -> PaymentView:
        """Begun, paid at the channel, asked about, applied and posted."""
        return self.pay(self.begin(minor, uuid4()))

    def begin(self, minor: int, source: UUID) -> PaymentView:
        now = utc_now()
        begun = begin_payment(
            shop_id=self.shop, account_id=self.account.id, method=self.account.methods[0], source_type="order",
            source_id=source, amount=Money(minor, "CNY"),
            request=PayerRequest("card", f"{self.desk.url}/nowhere", "https://shop.example.test/r", "203.0.113.9"),
            expires_at=now + timedelta(minutes=30), now=now,
        )  # fmt: skip
        return begun.payment

    def pay(self, payment: PaymentView) -> PaymentView:
        now = utc_now()
        self.desk.control.buy(self.channel, payment.number)
        row = Payment.objects.get(shop_id=self.shop, id=payment.id)
        adapter = provider_for(self.channel)
        assert adapter is not None
        account = opened(Account.objects.get(id=self.account.id))
        fact = fact_of(adapter.query(account, attempt_of(row), now))
        assert fact is not None
        with transaction.atomic():
            applied = apply_fact(shop_id=self.shop, fact=fact, now=now)
            ledger.post(shop_id=self.shop, currency="CNY", entries=(applied.entry(),), now=now)
        return queries.payment(self.shop, row.id)

    def refund(self, payment: PaymentView, minor: int, key: str = "") -> RefundView:
        """Asked for, sent, and booked by the caller as orders does."""
        view = request_refund(
            shop_id=self.shop, payment_id=payment.id, amount=Money(minor, "CNY"), reason="test",
            business_key=key or f"refund:{uuid4()}", now=utc_now(),
        )  # fmt: skip
        for _ in range(6):
            Refund.objects.filter(shop_id=self.shop, next_try_at__isnull=False).update(next_try_at=utc_now())
            run_due_refunds(now=utc_now())
            Refund.objects.filter(shop_id=self.shop, state="succeeded").update(
                accepted_at=F("created_at") - timedelta(minutes=5)
            )
        done = queries.refund(self.shop, view.id)
        if done.state == "succeeded":
            with transaction.atomic():
                entry = done.entry(effective_at=utc_now(), order_id=None)
                ledger.post(shop_id=self.shop, currency="CNY", entries=(entry,), now=utc_now())
        return done

    def due(self) -> None:
        """Every hold is over and every pause as well."""
        now = utc_now()
        Pot.objects.filter(shop_id=self.shop, due_at__isnull=False).update(due_at=now)
        for model in (Split, SplitReturn):
            model.objects.filter(shop_id=self.shop, next_try_at__isnull=False).update(next_try_at=now)

    def work(self, rounds: int = 6) -> None:
        """The loop, until nothing is left to do or the rounds are over."""
        for _ in range(rounds):
            self.due()
            now = utc_now()
            share_out_due(now=now)
            run_split_errands(now=now)

    def pot(self, payment: PaymentView) -> Pot:
        return Pot.objects.get(shop_id=self.shop, payment_id=payment.id)

    def shares(self, payment: PaymentView) -> list[tuple[int, int, str]]:
        """(amount, returned, state) of each share that ever was, the largest first."""
        found = SplitShare.objects.filter(shop_id=self.shop, payment_id=payment.id)
        return sorted(found.values_list("amount_minor", "returned_minor", "state"), reverse=True)

    def splits(self, payment: PaymentView) -> list[str]:
        found = Split.objects.filter(shop_id=self.shop, payment_id=payment.id).order_by("id")
        return list(found.values_list("state", flat=True))

    def cases(self) -> list[str]:
        return sorted(case.kind for case in queries.open_cases(self.shop))

    def balance(self, code: str) -> int:
        return ledger_queries.balance(self.shop, code, "CNY")

    def ours(self, part: str) -> int:
        return self.balance(f"1012:channel:{self.channel}:main:{part}")

    def theirs(self) -> dict[str, int]:
        """The channel's books of this merchant; its fees, which come with bills, are put back."""
        (merchant,) = self.desk.control.ledger(self.channel)["balances"].values()
        book = dict(merchant["CNY"])
        book["balance"] = book.get("balance", 0) + book.pop("fees", 0)
        return book
