"""The least that every bank's import can be told to read: payee, account, bank, amount, remark; UTF-8 with a mark.

No bank's own form: most let a column be chosen for each field when a file is read in.
"""

from collections.abc import Sequence

from goodfor.settlement.banks.rows import Transfer, as_csv, fit
from goodfor.settlement.types import PolicyView

HEADS = ("序号", "收款户名", "收款账号", "开户行", "币种", "金额", "附言", "打款单号")


def write(payer: PolicyView, transfers: Sequence[Transfer]) -> bytes:  # noqa: ARG001
    """The file. Raises BankDetailsUnfit."""
    rows: list[Sequence[str]] = [HEADS]
    for number, one in enumerate(transfers, 1):
        rows.append(
            (
                str(number),
                fit(one.bank.name, limit=60),
                fit(one.bank.account, limit=34, digits=True),
                fit(one.bank.bank, limit=60),
                one.amount.currency,
                one.amount.as_decimal_string(),
                one.purpose,
                one.number,
            )
        )
    return as_csv(rows, "utf-8-sig")
