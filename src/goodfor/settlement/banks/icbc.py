"""Batch payment by the customer's program of ICBC (企业网银批量支付), GB 18030.

Columns as its sheet 批量支付.xls names them, by published instructions: branch, account and name of the payer, of the
payee branch, province, city, account and name, then amount, purpose, remark, telephone. Province and city are asked
for other banks and may be left empty; a bank changes its form now and then, so try one line first.
"""

from collections.abc import Sequence

from goodfor.settlement.banks.rows import Transfer, as_csv, fit
from goodfor.settlement.types import PolicyView

HEADS = (
    "付款账号开户行",
    "付款账号",
    "付款账号名称",
    "收款账号开户行",
    "省份名",
    "城市名",
    "收款账号",
    "收款账号名称",
    "金额",
    "汇款用途",
    "备注",
    "短信通知手机号码",
)
PURPOSE = "货款"


def write(payer: PolicyView, transfers: Sequence[Transfer]) -> bytes:
    """The file. Raises BankDetailsUnfit."""
    rows: list[Sequence[str]] = [HEADS]
    for one in transfers:
        rows.append(
            (
                payer.payer_bank,
                payer.payer_account,
                payer.payer_name,
                fit(one.bank.bank, limit=60),
                "",
                "",
                fit(one.bank.account, limit=34, digits=True),
                fit(one.bank.name, limit=60),
                one.amount.as_decimal_string(),
                PURPOSE,
                one.number,
                "",
            )
        )
    return as_csv(rows, "gb18030")
