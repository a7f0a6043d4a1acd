"""Pay from a wallet: one statement inside the caller's transaction."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.ids import order_number, uuid7
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Statement
from goodfor.payments.errors import AccountNotFound, AlreadyPaid
from goodfor.payments.types import BalancePayment

_PAY = Statement("goodfor.payments", "sql/pay_by_balance.sql")


def pay_by_balance(
    *,
    shop_id: UUID,
    source_type: str,
    source_id: UUID,
    amount: Money,
    wallet_account: str,
    now: datetime,
    actor: str = "buyer",
) -> BalancePayment:
    """Insert a succeeded payment with its fact and history. The caller posts `entry()` in the same transaction.

    The posting is what takes the money: the wallet is a guarded account, so when it does not hold enough, the ledger
    refuses and the whole transaction goes. Raises AccountNotFound (wallets switched off), AlreadyPaid.
    """
    payment_id = uuid7()
    number = "P" + order_number(now)[1:]
    row = _PAY.row(
        {
            "id": payment_id,
            "fact_id": uuid7(),
            "shop_id": shop_id,
            "number": number,
            "source_type": source_type,
            "source_id": source_id,
            "amount": amount.amount_minor,
            "currency": amount.currency,
            "wallet_account": wallet_account,
            "actor": actor,
            "cause": f"{source_type}:{source_id}",
            "now": now,
        }
    )
    if row is None or row[0] == 0:
        raise AccountNotFound
    if row[1] == 0:
        raise AlreadyPaid
    return BalancePayment(payment_id, number, amount, wallet_account)
