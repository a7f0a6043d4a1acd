"""A shop that tells people things through the stand-ins, and what can be seen of it."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, connections

from goodfor.identity.operations.create_shop import create_shop
from goodfor.kernel import invariants
from goodfor.kernel.money import Money
from goodfor.kernel.tenancy import platform_job
from goodfor.notify import queries
from goodfor.notify.invariants import INVARIANTS
from goodfor.notify.operations.deliver_due import deliver_due
from goodfor.notify.operations.open_channel_account import open_channel_account
from goodfor.notify.operations.save_template import save_template
from goodfor.notify.operations.send import send
from goodfor.notify.operations.subscribe_push import subscribe_push
from goodfor.notify.scenes import SCENES
from goodfor.notify.types import ChannelAccountView, MessageView, Queued, Recipient
from goodfor.sandbox.notify import demo
from goodfor.sandbox.notify.server import RunningDesk
from goodfor.sandbox.notify.services.push import subscription

ACTOR = "staff:test"


def rows(text: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


def tamper(text: str, params: list[Any] | None = None) -> None:
    """Change rows past every trigger."""
    rows("SET session_replication_role = replica")
    try:
        rows(text, params)
    finally:
        rows("SET session_replication_role = DEFAULT")


def violated(now: datetime) -> dict[str, list[str]]:
    """Invariants that do not hold, with the subjects."""
    connection.ensure_connection()
    with platform_job("audit in a test"):
        results = [invariants.run(item, now) for item in INVARIANTS]
    return {r.invariant.name: [subject for subject, _ in r.violations] for r in results if not r.ok}


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Results, or the exceptions, of `count` threads that start together."""
    barrier = threading.Barrier(count)

    def one(number: int) -> Any:
        try:
            barrier.wait()
            return act(number)
        except Exception as problem:
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def whole_database() -> str:
    """Every row of every table as text, as a thief of a dump would read it; bytes as hex and as text."""
    found: list[str] = []
    for (table,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"):
        found += [str(row[0]) for row in rows(f'SELECT t::text FROM "{table}" t')]
    return "\n".join(found)


class World:
    """One shop. `later` moves its clock."""

    def __init__(self, running: RunningDesk, now: datetime) -> None:
        self.running = running
        self.desk = running.desk
        self.now = now
        self.code = f"n{uuid4().hex[:12]}"
        self._shop_id: UUID | None = None

    @property
    def shop_id(self) -> UUID:
        if self._shop_id is None:
            shop = create_shop(code=self.code, name="好码小店", currency="CNY", settings={}, actor=ACTOR, now=self.now)
            self._shop_id = shop.id
        return self._shop_id

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def account(
        self,
        channel: str,
        provider: str,
        config: Mapping[str, Any],
        secrets: Mapping[str, str],
        *,
        enabled: bool = True,
    ) -> ChannelAccountView:
        return open_channel_account(
            shop_id=self.shop_id,
            channel=channel,
            provider=provider,
            name=f"{provider} test",
            config=config,
            secrets=secrets,
            actor=ACTOR,
            now=self.now,
            enabled=enabled,
        )

    def smtp(self, **config: Any) -> ChannelAccountView:
        settings = {
            "host": "127.0.0.1",
            "port": self.running.smtp_port,
            "security": "none",
            "username": demo.SMTP_USER,
            "from_email": "shop@shop.example",
            "from_name": "好码小店",
            **config,
        }
        return self.account("email", "smtp", settings, {"password": demo.SMTP_PASSWORD})

    def aliyun(self, **config: Any) -> ChannelAccountView:
        settings = {
            "access_key_id": demo.ALIYUN_KEY_ID,
            "sign_name": demo.SIGN_NAME,
            "base_url": self.desk.url,
            **config,
        }
        return self.account("sms", "aliyun", settings, {"access_key_secret": demo.ALIYUN_KEY_SECRET})

    def tencent(self) -> ChannelAccountView:
        settings = {
            "secret_id": demo.TENCENT_SECRET_ID,
            "sms_sdk_app_id": demo.TENCENT_APP_ID,
            "sign_name": demo.SIGN_NAME,
            "region": "ap-guangzhou",
            "base_url": self.desk.url,
        }
        return self.account("sms", "tencent", settings, {"secret_key": demo.TENCENT_SECRET_KEY})

    def wechat(self, channel: str = "wechat_oa", **config: Any) -> ChannelAccountView:
        settings = {"app_id": demo.WECHAT_APP_ID, "base_url": self.desk.url, **config}
        return self.account(channel, "wechat", settings, {"app_secret": demo.WECHAT_SECRET})

    def wecom(self) -> ChannelAccountView:
        return self.account("wecom", "wecom", {"base_url": self.desk.url}, {"key": demo.WECOM_KEY})

    def dingtalk(self) -> ChannelAccountView:
        secrets = {"access_token": demo.DINGTALK_TOKEN, "secret": demo.DINGTALK_SECRET}
        return self.account("dingtalk", "dingtalk", {"base_url": self.desk.url}, secrets)

    def feishu(self) -> ChannelAccountView:
        secrets = {"token": demo.FEISHU_TOKEN, "secret": demo.FEISHU_SECRET}
        return self.account("feishu", "feishu", {"base_url": self.desk.url}, secrets)

    def webpush(self) -> ChannelAccountView:
        return self.account("webpush", "webpush", {"subject": "mailto:shop@shop.example"}, {})

    def esp(self) -> ChannelAccountView:
        settings = {
            "esp": "resend",
            "base_url": self.desk.url,
            "from_email": "shop@shop.example",
            "from_name": "好码小店",
        }
        return self.account("email", "anymail", settings, {"api_key": demo.ESP_KEY})

    def browser(self, owner: str) -> dict[str, str]:
        """A browser of `owner` subscribes; what it gave, and the token that the stand-in knows it by."""
        given = subscription(self.desk)
        subscribe_push(shop_id=self.shop_id, owner=owner, now=self.now, **given)
        return {**given, "token": given["endpoint"].rpartition("/")[2]}

    def send(
        self,
        scene: str,
        recipients: Sequence[Recipient],
        *,
        subject: str = "",
        audience: str = "buyer",
        context: Mapping[str, Any] | None = None,
        language: str = "zh",
        **more: Any,
    ) -> Queued:
        return send(
            shop_id=self.shop_id,
            scene=scene,
            audience=audience,
            subject=subject or f"test:{uuid4()}",
            recipients=recipients,
            context=SCENES[scene].sample if context is None else context,
            language=language,
            now=self.now,
            **more,
        )

    def deliver(self, rounds: int = 1) -> int:
        return sum(deliver_due(now=self.now) for _ in range(rounds))

    def hurry(self) -> int:
        """Deliver what is open, as if its pause were over; the stand-ins check the true time."""
        rows(
            "UPDATE notify_message SET next_try_at = %s WHERE shop_id = %s AND next_try_at > %s",
            [self.now, self.shop_id, self.now],
        )
        return self.deliver()

    def message(self, queued: Queued, number: int = 0) -> MessageView:
        return queries.message(self.shop_id, queued.message_ids[number])

    def letters(self, service: str, recipient: str = "") -> list[dict[str, Any]]:
        return self.desk.books.letters(service, recipient)

    def fault(self, kind: str, service: str, **settings: Any) -> None:
        self.desk.faults.add({"kind": kind, "service": service, **settings})

    def vendor_template(
        self, scene: str, channel: str, vendor_template: str, params: tuple[tuple[str, str], ...]
    ) -> None:
        """The shop has the text of a scene approved by the vendor."""
        for language in ("zh", "en"):
            before = queries.template(self.shop_id, scene, channel, language).draft
            save_template(
                shop_id=self.shop_id,
                scene=scene,
                channel=channel,
                language=language,
                draft=type(before)(before.subject, before.body, params, before.link, vendor_template),
                actor=ACTOR,
                now=self.now,
            )

    def history(self, message_id: UUID) -> list[str]:
        return [
            row[0]
            for row in rows("SELECT to_state FROM kernel_history WHERE subject_id = %s ORDER BY step", [message_id])
        ]


def address(name: str = "lin") -> str:
    """An address nobody had before."""
    return f"{name}-{uuid4().hex[:10]}@mail.example"


def phone() -> str:
    """A Chinese mobile number nobody had before."""
    return f"+86139{uuid4().int % 10**8:08d}"


YUAN = Money(3700, "CNY")
