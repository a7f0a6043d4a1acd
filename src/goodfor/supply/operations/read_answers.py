"""A file that came back from a supplier who is written to: looked at, then taken, order by order."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.supply import states
from goodfor.supply.errors import AnswersRefused, SupplierNotFound
from goodfor.supply.hygiene import compared
from goodfor.supply.mapping import site_of
from goodfor.supply.models import Supplier
from goodfor.supply.operations.settle_attempt import Told, settle_attempt
from goodfor.supply.operations.take_codes import PURPOSE
from goodfor.supply.providers.files.answers import Answer
from goodfor.supply.providers.files.answers import read_answers as read_file
from goodfor.supply.providers.files.connector import CONNECTOR
from goodfor.supply.providers.files.problems import CellProblem, FileRefused
from goodfor.supply.providers.files.settings import Settings
from goodfor.supply.providers.values import Code, ConfigProblem, Order
from goodfor.supply.purchase_models import Attempt, Mark, Want
from goodfor.supply.sheet_models import AnswerFile

#: What an order of the file comes to. `whole`, `more`: all that was ordered, or too much (the rest is stock); `part`:
#: fewer codes; `failed`: they could not; `done`: topped up; `known`: it had ended before; `late`: goods after all, they
#: become stock; `unknown`: no purchase of ours at this supplier; `no_codes`: "done" without codes of what has codes.
Verdict = Literal["whole", "more", "part", "failed", "done", "known", "late", "unknown", "no_codes"]
MOST_ORDERS: Final = 2000


@dataclass(frozen=True, slots=True)
class Read:
    """One order of the file. `doubles`: of its codes, those that some supplier delivered before."""

    number: str
    verdict: Verdict
    ordered: int
    codes: int
    doubles: int
    rows: tuple[int, ...]
    remark: str
    #: After it was taken; empty when it was only looked at, or left.
    state: str = ""


@dataclass(frozen=True, slots=True)
class AnswersRead:
    """All of a file. Orders with a problem in any cell are left until the file is mended; the others are taken."""

    orders: tuple[Read, ...]
    problems: tuple[CellProblem, ...] = field(default=())

    def count(self, *verdicts: Verdict) -> int:
        """How many orders came to one of these."""
        return sum(one.verdict in verdicts for one in self.orders)


def read_answers(
    *, shop_id: UUID, supplier_id: UUID, data: bytes, name: str, actor: str, now: datetime, dry_run: bool = False,
    part_is_all: bool = False,
) -> AnswersRead:  # fmt: skip
    """Take what the file says, each order in a transaction of its own: killed between, the same file again goes on.

    `part_is_all`: where fewer codes came than were ordered nothing more will; the rest is bought elsewhere.
    Else such an order is left until its codes are whole. Raises SupplierNotFound, AnswersRefused.
    """
    require_no_transaction()
    supplier = Supplier.objects.filter(shop_id=shop_id, id=supplier_id, protocol=CONNECTOR.about.protocol).first()
    if supplier is None:
        raise SupplierNotFound
    try:
        found = read_file(data, name, Settings.of(site_of(supplier)).profile("answers"))
    except FileRefused as no:
        raise AnswersRefused(no.words(), problem=no.code) from None
    except ConfigProblem as no:
        raise AnswersRefused(_("供应商设置里的列名写得不对，应是一个 JSON 对象"), problem=no.code) from None
    if len(found.answers) > MOST_ORDERS:
        raise AnswersRefused(_("一次最多 2000 单，请拆成几个再传"), problem="too_many_orders")
    judged = _judged(shop_id, supplier_id, found.answers)
    if dry_run:
        return AnswersRead(tuple(read for _answer, read in judged), found.problems)
    taken = [_take(shop_id, supplier_id, answer, read, part_is_all, actor, now) for answer, read in judged]
    result = AnswersRead(tuple(taken), found.problems)
    _keep(supplier, data, name, result, actor, now)
    return result


def _judged(shop_id: UUID, supplier_id: UUID, answers: tuple[Answer, ...]) -> list[tuple[Answer, Read]]:
    numbers = [answer.number for answer in answers]
    attempts = {
        one.number: one for one in Attempt.objects.filter(shop_id=shop_id, supplier_id=supplier_id, number__in=numbers)
    }
    kinds = dict(
        Want.objects.filter(shop_id=shop_id, id__in=[one.want_id for one in attempts.values()]).values_list(
            "id", "kind"
        )
    )
    known = _known(shop_id, [code for answer in answers for code in answer.codes])
    return [
        (answer, _read(answer, attempts.get(answer.number), kinds, known))
        for answer in answers
    ]  # fmt: skip


def _read(answer: Answer, attempt: Attempt | None, kinds: dict[UUID, str], known: set[str]) -> Read:
    ordered = attempt.quantity if attempt else 0
    direct = attempt is not None and kinds[attempt.want_id] == "direct"
    return Read(
        answer.number, _verdict(answer, attempt, direct=direct), ordered, len(answer.codes),
        sum(compared(code) in known for code in answer.codes), tuple(answer.rows), answer.remark,
    )  # fmt: skip


def _verdict(answer: Answer, attempt: Attempt | None, *, direct: bool) -> Verdict:
    if attempt is None or attempt.state == states.SENDING:
        return "unknown"
    ended, good = attempt.state in states.ENDED, bool(answer.codes) or (direct and answer.result == "done")
    if ended:
        return "late" if attempt.state in states.WITHOUT and good else "known"
    if answer.result == "failed":
        return "failed"
    if direct:
        return "done"
    if not answer.codes:
        return "no_codes"
    if len(answer.codes) < attempt.quantity:
        return "part"
    return "whole" if len(answer.codes) == attempt.quantity else "more"


def _known(shop_id: UUID, codes: list[Code]) -> set[str]:
    """Those that some supplier delivered to this shop before, as `compared` writes them."""
    ring = keyring()
    by_mark = {ring.blind_index(PURPOSE, shop_id.bytes + compared(code).encode()): compared(code) for code in codes}
    marks = Mark.objects.filter(shop_id=shop_id, mark__in=list(by_mark)).values_list("mark", flat=True)
    return {by_mark[bytes(mark)] for mark in marks}


def _take(
    shop_id: UUID, supplier_id: UUID, answer: Answer, read: Read, part_is_all: bool, actor: str, now: datetime
) -> Read:
    left = ("known", "unknown", "no_codes") if part_is_all else ("known", "unknown", "no_codes", "part")
    if read.verdict in left:
        return read
    # Judged without a lock: what was settled meanwhile stays settled, for whatever is told comes to `settle_attempt`.
    attempt_id = Attempt.objects.values_list("id", flat=True).get(
        shop_id=shop_id, supplier_id=supplier_id, number=answer.number
    )
    state: Literal["failed", "success"] = "failed" if read.verdict == "failed" else "success"
    order = Order(state, answer.number, codes=tuple(answer.codes), message=answer.remark)
    after = settle_attempt(
        shop_id=shop_id, attempt_id=attempt_id, told=Told(order, order.codes, asking=True), about=CONNECTOR.about,
        actor=actor, now=now,
    )  # fmt: skip
    return Read(
        read.number, read.verdict, read.ordered, read.codes, read.doubles, read.rows, read.remark, after
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def _keep(supplier: Supplier, data: bytes, name: str, result: AnswersRead, actor: str, now: datetime) -> None:
    taken = [one for one in result.orders if one.state]
    counts = {
        "whole": sum(one.state in (states.DELIVERED, states.LATE) for one in taken),
        "part": sum(one.state == states.PARTIAL for one in taken),
        "failed": sum(one.state in states.WITHOUT for one in taken),
        "known": result.count("known"),
        "left": len(result.orders) - len(taken) - result.count("known"),
        "problems": len(result.problems),
    }
    row = AnswerFile.objects.create(
        shop_id=supplier.shop_id, supplier_id=supplier.id, name=name[:120], digest=hashlib.sha256(data).digest(),
        actor=actor[:64], at=now, **counts,
    )  # fmt: skip
    audit.record(
        shop_id=supplier.shop_id,
        actor=actor,
        action="supply.answers_read",
        subject=("supply.supplier", supplier.id),
        data={"file": str(row.id), **counts},
        now=now,
    )
