"""A sealing key is retired only when nothing in any room needs it, and then nothing is lost."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from goodfor.identity import queries as identity
from goodfor.identity.operations import reseal_signing_secrets as of_identity
from goodfor.identity.operations.set_signing_key import set_signing_key
from goodfor.kernel import crypto, purge, sealed
from goodfor.kernel.crypto import Sealed, keyring
from goodfor.orders.operations import reveal_codes
from goodfor.orders.tests.conftest import Shop, now, shop  # noqa: F401  (fixtures)
from goodfor.orders.tests.factories import Till, begin, broken, buy, open_till, place, sql
from goodfor.vault import queries as vault

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
ALL = {
    "identity_api_client.signing_secret_blob": 1,
    "kernel_idempotency.answer": 1,
    "orders_order.contact_blob": 1,
    "payments_account.secret_blob": 1,
    "vault_code.blob": 20,
}
#: Sealed columns of which this shop has no rows.
EMPTY = {
    "aftersales_decision.note_blob",
    "aftersales_reply.blob",
    "cards_card.code_blob",
    "partners_account.secret_blob",
    "gifts_gift.message_blob",
    "gifts_gift.secret_blob",
    "identity_buyer_contact.value_blob",
    "identity_ceremony.payload_blob",
    "identity_code.value_blob",
    "identity_oauth_app.secret_blob",
    "identity_saved_account.value_blob",
    "notify_account.secret_blob",
    "notify_message.content_blob",
    "notify_message.recipient_blob",
    "notify_push_subscription.blob",
    "notify_token.token_blob",
    "aftersales_figure_key.blob",
    "finance_party.bank_blob",
    "aftersales_picture.blob",
    "orders_claim.text_blob",
    "notify_staff_address.blob",
    "invoices_invoice.title_blob",
    "invoices_issuer.secret_blob",
    "orders_invoice.blob",
    "orders_line.form_blob",
    "orders_note.blob",
    "payments_receiver.secret_blob",
    "promotions_coupon.code_blob",
    "risk_entity.value_blob",
    "risk_list_entry.value_blob",
    "supply_supplier.secret_blob",
    "supply_want.form_blob",
    "welfare_company.contact_blob",
    "welfare_employee.mail_blob",
    "welfare_employee.phone_blob",
    "welfare_person.mail_blob",
}


@pytest.fixture(autouse=True)
def _from_the_beginning(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sealed, "_progress", sealed.Progress())
    yield
    crypto.forget_keys()


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:  # noqa: F811
    return open_till(shop.demo.shop_id, now)


def sign_with_hmac(shop: Shop, now: datetime) -> None:  # noqa: F811
    made = set_signing_key(
        shop_id=shop.demo.shop_id, client_id=shop.demo.client_id, algorithm="hmac-sha256", require=False, actor="t",
        now=now,
    )  # fmt: skip
    assert made is not None


def signing_secret(shop: Shop, now: datetime) -> bytes:  # noqa: F811
    return identity.signing_secret(identity.authenticate(f"Bearer {shop.demo.api_key}", now))


def order_with_secret(shop: Shop, key: str) -> Any:  # noqa: F811
    body = {"lines": [{"sku_id": str(shop.sku_id), "quantity": 1}], "payment": "checkout", "buyer": {"ref": "b"}}
    return Client(headers={"Authorization": f"Bearer {shop.demo.api_key}"}).post(
        "/api/v1/orders", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key}
    )


def used(key_id: int) -> dict[str, int]:
    return {use.column: use.count for use in sealed.uses() if use.key_id == key_id}


def reseal_all(at: datetime) -> None:
    while sealed.reseal_loop(at):
        pass


def refusal(key_id: int, at: datetime) -> Any:
    """Why it may not go; and it has not gone."""
    with pytest.raises(sealed.KeyInUse) as error:
        sealed.retire(key_id=key_id, now=at)
    assert sql("SELECT count(*) FROM kernel_data_key WHERE id = %s", [key_id]) == [(1,)]
    return error.value.data


def test_a_key_goes_when_every_room_has_let_go_of_it(shop: Shop, till: Till, now: datetime) -> None:  # noqa: F811
    order = place(shop, now, contact="a@example.com")
    bought = buy(shop, now)
    sign_with_hmac(shop, now)
    secret = signing_secret(shop, now)
    first = order_with_secret(shop, "k")
    old = keyring().active_key_id
    assert used(old) == ALL
    assert refusal(old, now + HOUR)["reason"] == "active"
    new = keyring().rotate()
    assert refusal(old, now)["reason"] == "rotated_just_now"
    assert refusal(old, now + HOUR) == {"key_id": old, "reason": "needed", "columns": ALL}
    reseal_all(now)
    assert used(old) == {"kernel_idempotency.answer": 1}
    assert vault.keys_in_use() == {old: 1, new: 23}
    # A stored answer is replayed until it is a week old, and its key stays as long.
    assert refusal(old, now + HOUR)["columns"] == {"kernel_idempotency.answer": 1}
    assert order_with_secret(shop, "k").content == first.content
    assert purge.purge_keys(now + timedelta(days=8)) == 1
    sealed.retire(key_id=old, now=now + HOUR)
    assert vault.keys_in_use() == {new: 23}
    crypto.forget_keys()
    assert begin(till, order.order_id, now).state == "pending"
    assert signing_secret(shop, now) == secret
    [(key_id, blob)] = sql("SELECT contact_key_id, contact_blob FROM orders_order WHERE id = %s", [order.order_id])
    assert keyring().open(Sealed(key_id, bytes(blob)), order.order_id.bytes) == b"a@example.com"
    shown = reveal_codes(shop_id=till.shop_id, order_id=bought.id, actor="c", ip="", now=now)
    assert (shown[0].number, shown[0].secret) in shop.codes
    assert broken(now) == {}


def test_only_old_sealing_keys_can_be_retired(shop: Shop, now: datetime) -> None:  # noqa: F811
    [(index,)] = sql("SELECT id FROM kernel_data_key WHERE purpose = 'index:vault.code'")
    for key_id in (index, 30_000):
        with pytest.raises(sealed.KeyUnknown):
            sealed.retire(key_id=key_id, now=now + HOUR)
    assert sql("SELECT count(*) FROM kernel_data_key WHERE id = %s", [index]) == [(1,)]


def test_every_sealed_column_of_the_schema_is_declared(shop: Shop, now: datetime) -> None:  # noqa: F811
    assert sealed.undeclared() == []
    assert {column.name for column in sealed.REGISTRY} == set(ALL) | EMPTY
    assert all((column.reseal is None) == bool(column.ends) for column in sealed.REGISTRY)
    old = keyring().active_key_id
    keyring().rotate()
    reseal_all(now)
    sql("CREATE TABLE forgotten (token_key_id smallint, token_blob bytea)")
    try:
        assert refusal(old, now + HOUR) == {
            "key_id": old, "reason": "undeclared", "columns": ["forgotten.token_blob"],
        }  # fmt: skip
    finally:
        sql("DROP TABLE forgotten")


def test_a_secret_set_while_the_old_one_is_sealed_anew_stays(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    sign_with_hmac(shop, now)
    keyring().rotate()
    store = of_identity._STORE
    chosen: list[bytes] = []

    class Meanwhile:
        """Stores after somebody else has set another secret, with the same key as the one that was read."""

        def run(self, params: Any) -> int:
            raw, aad = b"x" * 32, b"identity.signing:" + shop.demo.shop_id.bytes + shop.demo.client_id.bytes
            nonce = bytes(12)
            blob = nonce + keyring()._ciphers[params["olds"][0]].encrypt(nonce, raw, aad)
            sql("UPDATE identity_api_client SET signing_secret_blob = %s WHERE id = %s", [blob, shop.demo.client_id])
            chosen.append(raw)
            return store.run(params)

    monkeypatch.setattr(of_identity, "_STORE", Meanwhile())
    of_identity.reseal_signing_secrets(now=now)
    assert [signing_secret(shop, now)] == chosen
    monkeypatch.undo()
    reseal_all(now)
    assert [signing_secret(shop, now)] == chosen
    assert used(keyring().active_key_id)["identity_api_client.signing_secret_blob"] == 1


def test_an_order_that_a_sale_has_locked_is_sealed_anew_by_the_next_pass(
    shop: Shop, now: datetime  # noqa: F811
) -> None:  # fmt: skip
    orders = [place(shop, now, ref=f"guest:{n}", contact="a@example.com") for n in range(3)]
    old = keyring().active_key_id
    keyring().rotate()
    with held(f"SELECT 1 FROM orders_order WHERE id = '{orders[1].order_id}' FOR UPDATE"):
        sealed.reseal_loop(now)
        assert used(old)["orders_order.contact_blob"] == 1
    reseal_all(now)
    assert used(old) == {}


def test_a_value_that_cannot_be_opened_holds_up_no_other_and_keeps_its_key(
    shop: Shop, till: Till, now: datetime  # noqa: F811
) -> None:  # fmt: skip
    place(shop, now, contact="a@example.com")
    old = keyring().active_key_id
    sql("UPDATE payments_account SET secret_blob = secret_blob || '\\x00'")
    keyring().rotate()
    reseal_all(now)
    assert used(old) == {"payments_account.secret_blob": 1}
    assert refusal(old, now + HOUR)["columns"] == {"payments_account.secret_blob": 1}
    assert sealed._progress.passes["payments_account.secret_blob"].clean == (keyring().active_key_id, now)


def test_who_seals_for_long_holds_the_key(shop: Shop, now: datetime) -> None:  # noqa: F811
    old = keyring().active_key_id
    keyring().rotate()
    reseal_all(now)
    ended: list[str] = []

    def retire() -> None:
        try:
            sealed.retire(key_id=old, now=now + HOUR)
            ended.append("retired")
        except sealed.KeyInUse:
            ended.append("refused")
        finally:
            connection.close()

    thread = threading.Thread(target=retire)
    with transaction.atomic():
        assert sealed.hold_key(old)
        thread.start()
        thread.join(0.5)
        assert (thread.is_alive(), ended) == (True, [])
        sql("UPDATE vault_code SET key_id = %s WHERE id = (SELECT max(id::text)::uuid FROM vault_code)", [old])
    thread.join(20)
    assert ended == ["refused"]
    assert not sealed.hold_key(30_000)


def test_the_command_lists_rotates_and_retires(shop: Shop, now: datetime) -> None:  # noqa: F811
    old = keyring().active_key_id
    said = command("--rotate")
    new = keyring().active_key_id
    assert f"{new}  " in said
    assert "vault_code.blob: 20" in said
    with pytest.raises(CommandError, match="rotated_just_now"):
        command("--retire", str(old))
    sql("UPDATE kernel_data_key SET created_at = now() - interval '1 hour'")
    with pytest.raises(CommandError, match="vault_code"):
        command("--retire", str(old))
    reseal_all(now)
    assert f"{old}  " in command()
    assert f"\n{old}  " not in command("--retire", str(old))
    assert sql("SELECT count(*) FROM kernel_data_key WHERE purpose = 'seal'") == [(1,)]


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("keys", *arguments, stdout=out)
    return out.getvalue()


@contextmanager
def held(statement: str) -> Iterator[None]:
    """Rows locked by another connection inside the block."""
    go, locked = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                sql(statement)
                locked.set()
                go.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert locked.wait(20)
        yield
    finally:
        go.set()
        thread.join(20)
