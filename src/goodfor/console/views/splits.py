"""Splits: who gets a share of an account's payments, what is frozen, and sharing out, giving free, asking back."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import split_words
from goodfor.console.frame import console_page, done, local_path, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.payments import queries as payments
from goodfor.payments.errors import NothingToTakeBack, PaymentNotFound
from goodfor.payments.operations.return_again import return_again
from goodfor.payments.operations.share_out import share_out
from goodfor.payments.types import PotView, ReceiverView, ShareView, SplittingAccount

PAGE: Final = "desk:splits"
SHOWN: Final = 50
#: Who gives nothing back through the channel, whoever asks: asking again is no use.
_NEVER: Final = "receiver_is_person"


@console_page(Permission.PAYMENTS_VIEW)
def splits(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The accounts with their receivers, and the frozen payments, newest first."""
    shop_id = visitor.shop.id
    state = request.GET.get("state", "")
    state = state if state in ("frozen", "released") else ""
    page = _page(request.GET.get("page", ""))
    found = payments.pots(shop_id, state=state or None, offset=(page - 1) * SHOWN, limit=SHOWN + 1)
    accounts = payments.splitting_accounts(shop_id)
    labels = {form.provider: form.label for form in payments.provider_forms()}
    context = {
        "accounts": [account_row(one, labels.get(one.provider, one.provider)) for one in accounts],
        "none_freezes": not any(one.freezes for one in accounts),
        "frozen": payments.frozen_now(shop_id),
        "pots": [pot_row(pot) for pot in found[:SHOWN]],
        "state": state,
        "tabs": [
            {"key": key, "label": label, "href": f"?state={key}" if key else "?"}
            for key, label in (("", _("全部")), ("frozen", _("冻结中")), ("released", _("已结束")))
        ],
        "next": _at(state, page + 1) if len(found) > SHOWN else "",
        "previous": _at(state, page - 1) if page > 1 else "",
        "may_configure": visitor.may(Permission.PAYMENTS_CONFIGURE),
        "may_act": visitor.may(Permission.PAYMENTS_RESOLVE),
    }
    return show(request, visitor, "splits", context, page=PAGE)


def _page(text: str) -> int:
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _at(state: str, page: int) -> str:
    return f"?state={state}&page={page}" if state else f"?page={page}"


@console_page(Permission.PAYMENTS_RESOLVE, methods=("POST",))
def pot(request: HttpRequest, visitor: Visitor, payment_id: UUID) -> HttpResponse:
    """`act`: now shares out by the standing shares, free gives all of it to us, back asks for a share once more."""
    shop_id, now, act = visitor.shop.id, utc_now(), request.POST.get("act", "")
    found = payments.pot_of(shop_id, payment_id)
    if found is None:
        raise PaymentNotFound
    back = local_path(request.POST.get("next", ""), reverse(PAGE))
    if act == "now":
        share_out(shop_id=shop_id, payment_id=payment_id, now=now, actor=visitor.actor)
        return done(request, _("已开始分账，几分钟后看结果"), back)
    if act == "free":
        require_fresh_proof(request)
        share_out(shop_id=shop_id, payment_id=payment_id, now=now, nobody=True, actor=visitor.actor)
        return done(request, _("已开始解冻，几分钟后看结果"), back)
    if act == "back":
        share = _share(found, request.POST.get("share", ""))
        require_fresh_proof(request)
        return_again(shop_id=shop_id, share_id=share.id, actor=visitor.actor, now=now)
        return done(request, _("已再次收回，几分钟后看结果"), back)
    raise InvalidInput(_("没有这个操作"))


def _share(found: PotView, text: str) -> ShareView:
    shares = found.split.shares if found.split else ()
    wanted = next((share for share in shares if str(share.id) == text), None)
    if wanted is None:
        raise NothingToTakeBack
    return wanted


# -- rows of the templates --------------------------------------------------------------------------


def account_row(account: SplittingAccount, label: Any) -> dict[str, Any]:
    """An account with its bar and its receivers in words."""
    percent = 100 if account.percent is None else account.percent
    return {
        "account": account,
        "provider": label,
        "standing": split_words.points(account.standing),
        "limit": "" if account.percent is None else split_words.points(percent * 100),
        "most": percent * 100,
        "tone": "amber" if account.standing > percent * 100 else "",
        "hold": _hold(account),
        "receivers": [receiver_row(one) for one in account.receivers],
    }


def _hold(account: SplittingAccount) -> str:
    if account.hold is None:
        return ""
    minutes = int(account.hold.total_seconds()) // 60
    if minutes < 60:
        return _("付款 %(n)s 分钟后分账") % {"n": max(minutes, 1)}
    return _("付款 %(n)s 小时后分账") % {"n": minutes // 60}


def receiver_row(one: ReceiverView) -> dict[str, Any]:
    """A receiver in words."""
    state, tone = split_words.RECEIVER_STATES.get(one.state, (one.state, "plain"))
    return {
        "one": one,
        "kind": split_words.RECEIVER_KINDS.get(one.kind, one.kind),
        "relation": split_words.RELATIONS.get(one.relation, one.relation),
        "share": split_words.points(one.basis_points),
        "state": state,
        "tone": tone,
        "reason": split_words.reason(one.failure),
        "stays": one.state != "leaving",
    }


def pot_row(pot: PotView) -> dict[str, Any]:
    """What is frozen of a payment, in words. `open`: it may be shared out or given free now."""
    state, tone = split_words.STAGES.get(pot.stage, (pot.stage, "plain"))
    return {
        "pot": pot,
        "state": state,
        "tone": tone,
        "open": pot.state == "frozen" and pot.split is None,
        "shares": [share_row(share) for share in (pot.split.shares if pot.split else ())],
        "splits": _split_rows(pot),
    }


def _split_rows(pot: PotView) -> Sequence[dict[str, Any]]:
    rows = []
    for split in ((pot.split,) if pot.split else ()) + pot.refused:
        state, tone = split_words.ERRAND_STATES.get(split.state, (split.state, "plain"))
        rows.append({
            "split": split, "state": state, "tone": tone, "reason": split_words.reason(split.failure),
            "shares": [share_row(share) for share in split.shares],
        })  # fmt: skip
    return rows


def share_row(share: ShareView) -> dict[str, Any]:
    """A share with what came back of it, in words. `owes`: something was refused that may be asked for again."""
    state, tone = split_words.SHARE_STATES.get(share.state, (share.state, "plain"))
    returns = [
        (one, *split_words.ERRAND_STATES.get(one.state, (one.state, "plain")), split_words.reason(one.failure))
        for one in share.returns
    ]
    never = bool(share.returns) and share.returns[-1].failure == _NEVER
    return {
        "share": share, "state": state, "tone": tone, "reason": split_words.reason(share.code), "returns": returns,
        "owes": share.missing.amount_minor > 0 and not never,
    }  # fmt: skip
