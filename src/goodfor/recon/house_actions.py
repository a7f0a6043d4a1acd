"""What the house can do by itself about each difference: through the operations that do it elsewhere, too."""

from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.orders.operations.apply_payment_fact import apply_payment_fact
from goodfor.orders.operations.judge_payment import judge_payment
from goodfor.payments import queries as payments
from goodfor.payments.errors import AccountNotFound
from goodfor.payments.operations.confirm_fact import confirm_fact
from goodfor.payments.operations.heed_hint import heed_hint
from goodfor.payments.operations.want_bills import want_again, want_bill
from goodfor.payments.types import Fact
from goodfor.recon import categories, states
from goodfor.recon.actions import Act, Answer
from goodfor.recon.importers.channel import FUND

#: Answers for what a machine must not decide.
_PERSON: Final = {
    # Money that we say came and the channel does not show: nobody delivers more, somebody asks the channel.
    categories.ASK_OURS: "ask_the_channel",
    categories.FREEZE: "amounts_differ",
    categories.POST_FEE: "rate_differs",
    categories.REPLAY: "posting_is_missing",
    categories.CLAIM: "claim_from_supplier",
    categories.LOOK: "balance_differs",
}


class HouseActions:
    """Carries out what is safe to repeat; all else goes to a person, with a word why."""

    def carry_out(self, act: Act, now: datetime) -> Answer:
        """See `actions.Actions`."""
        if act.area == states.CHANNEL:
            if act.action in (categories.ASK_CHANNEL, categories.GIVE_BACK) and act.theirs:
                return _ask_and_apply(act, now)
            if act.action == categories.ASK_REFUND and act.theirs.get("kind") == "refund":
                return _ask_about_refund(act, now)
            if act.action == categories.REFETCH:
                return _refetch(act, now)
        if act.action == categories.ACCRUE:
            # Purchases are owed, or taken from what was paid ahead, from the moment they are bought.
            return Answer("done", "owed_since_bought", explained=True)
        return Answer("person", _PERSON.get(act.action, "no_machine"))


def _ask_and_apply(act: Act, now: datetime) -> Answer:
    """The channel is asked whether it is so; what it confirms is applied as if it had called: delivered or given back.

    A number that is nobody's is booked as suspense, with its own case at payments.
    """
    fact = _fact(act)
    if fact is None:
        return Answer("person", "not_a_payment")
    try:
        confirmation = confirm_fact(shop_id=act.shop_id, fact=fact, now=now)
    except AccountNotFound:
        return Answer("person", "no_account")
    if confirmation.state == "already_applied":
        return Answer("person" if act.category == "C6" else "done", "known_already")
    if confirmation.state == "unknown":
        return Answer("later", "no_answer")
    if confirmation.fact is None:
        return Answer("person", "channel_says_no")
    hold = judge_payment(shop_id=act.shop_id, fact=confirmation.fact, now=now)
    applied = apply_payment_fact(shop_id=act.shop_id, fact=confirmation.fact, hold=hold, now=now)
    return Answer("done", applied.outcome)


def _fact(act: Act) -> Fact | None:
    row = act.theirs
    provider, _, code = act.account.partition(":")
    at = datetime.fromisoformat(str(row["at"]))
    account_id = _account_id(act.shop_id, provider, code, at)
    if row.get("kind") != "payment" or account_id is None or not row.get("key") or not row.get("alt_key"):
        return None
    return Fact(
        kind="paid", provider=provider, account_id=account_id, our_ref=str(row["key"]), channel_ref=str(row["alt_key"]),
        amount=Money(int(row["amount_minor"]), str(row["currency"])), happened_at=at, source="query",
    )  # fmt: skip


def _account_id(shop_id: UUID, provider: str, code: str, at: datetime) -> UUID | None:
    found = [one for one in payments.accounts(shop_id, at) if (one.provider, one.code) == (provider, code)]
    return found[0].id if found else None


def _ask_about_refund(act: Act, now: datetime) -> Answer:
    """The loop of refunds asks the channel now; what it says moves the refund."""
    provider, _, code = act.account.partition(":")
    account_id = _account_id(act.shop_id, provider, code, now)
    if account_id is None or not act.ours:
        return Answer("person", "no_account")
    hint = Fact(
        kind="refunded", provider=provider, account_id=account_id, our_ref=str(act.ours["key"]),
        channel_ref=str(act.theirs.get("alt_key") or act.ours["key"]),
        amount=Money(abs(int(act.ours["amount_minor"])), str(act.ours["currency"])), happened_at=now, source="query",
    )  # fmt: skip
    known = payments.money_by_number(act.shop_id, provider, code, [hint.our_ref], [])
    if known and known[0].state == states.DONE:
        return Answer("done", "arrived")
    if known and known[0].state == states.VOID:
        return Answer("person", "refund_failed_here")
    heed_hint(shop_id=act.shop_id, fact=hint, now=now)
    return Answer("later", "asked")


def _refetch(act: Act, now: datetime) -> Answer:
    """Have what is missing of the day fetched again. A bill that was taken in stays as it is."""
    bills = payments.bills_of_day(act.shop_id, act.day)
    mine = {one.kind: one for one in bills if f"{one.provider}:{one.account_code}" == act.account}
    fund = mine.get(FUND)
    if act.detail.get("what") not in ("missing_file", "opening") or not mine:
        return Answer("person", "taken_in_as_it_is")
    if fund is None:
        provider, _, code = act.account.partition(":")
        account_id = _account_id(act.shop_id, provider, code, now)
        if account_id is None:
            return Answer("person", "no_account")
        want_bill(shop_id=act.shop_id, account_id=account_id, day=act.day, kind=FUND, now=now)
        return Answer("later", "wanted")
    if fund.state == "wanted" and fund.next_try_at is not None:
        return Answer("later", "on_its_way")
    if fund.state in ("wanted", "refused"):
        want_again(shop_id=act.shop_id, bill_id=fund.id, actor="system", now=now)
        return Answer("later", "wanted_again")
    return Answer("done", "there_now")
