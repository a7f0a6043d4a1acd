"""Advisory locks, by name. Lock order in the whole house: order, stock, payment or refund, ledger last."""

import hashlib

from django.db import connection
from psycopg import sql

#: Every kind of advisory lock in the house and what it protects.
LOCKS = {
    "loop": "one process runs a periodic duty at a time",
    "play": "one person begins a group or a bargain of a campaign, or helps in it, at a time",
    "card": "serial numbers of cards of one shop are taken by one at a time",
    "mall": "one member redeems one thing, or plays once, at a time",
    "buyer": "open unpaid orders and purchase limits of one buyer",
    "ip": "open unpaid orders from one address",
    "client": "open unpaid orders of one API client",
    "contact": "a telephone number or e-mail address becomes one account, and is sent so many codes an hour",
    "limit": "the uses of one exact limit by one key: count and use",
    "gift": "gifts of one giver are made, and counted, one at a time",
    "held": "what is held of one order's codes is written anew by one at a time",
    "import": "one import of a file at a time",
    "invoices": "the invoices of one order are written by one at a time",
    "finance": "whose money it is in one shop is told apart by one at a time",
    "policy": "one new version of a shop's table of decisions about claims at a time",
    "promise": "one new version of what is promised for a scope at a time",
    "risk_model": "models of one kind of act in one shop are made and promoted by one at a time",
    "snippets": "the prepared replies of one shop are changed by one at a time",
    "template": "one new version of a message template at a time",
    "recon": "one account is compared, and one day closed, by one at a time",
    "quarantine": "a key that a rule of risk control trips is written by one at a time, the others pass on",
    "risk_starter": "the rules that a shop begins with are made once",
    "points": "what points of one shop are worth is said by one at a time",
    "points_hand": "what one person of the staff gives in points in a day is counted by one at a time",
    "referral": "who brought a buyer, and what the first order earns, is settled by one at a time",
    "resend": "the same news is told again only so many times an hour",
    "subscriber": "one member begins a subscription, or changes the plan of one, at a time",
    "wish": "the same person's wish to take something away is one wish",
    "window": "the home page of one shop is arranged by one at a time",
    "bundle": "one bundle is changed by one at a time",
    "seed": "the demo shop is made once",
    "start": "each first step of a shop is taken by one at a time",
    "links": "the groups of linked accounts of one shop are changed by one at a time",
    "welfare_prepayment": "one line of a bank's statement is entered for one company",
    "demo": "demo data of one shop is made or taken away by one at a time",
}
LOCK_TIMEOUT_MS = 3000
#: Ends a SELECT of rows that are then written: what another process is at is left to it, keys stay free to be named.
PICK_FREE_ROWS = sql.SQL("FOR NO KEY UPDATE SKIP LOCKED")


def lock_key(kind: str, *parts: object) -> int:
    """A signed 64-bit key for a kind and its parts. Raises KeyError for a kind that is not in the registry."""
    if kind not in LOCKS:
        raise KeyError(f"unknown lock kind {kind!r}: add it to LOCKS")
    digest = hashlib.blake2b("|".join([kind, *map(str, parts)]).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def advisory_xact_lock(*keys: tuple[object, ...]) -> None:
    """Take several locks, sorted, for the rest of the transaction; each is (kind, *parts).

    Waits at most 3 s (LOCK_TIMEOUT_MS), then raises OperationalError.
    """
    ordered = sorted(lock_key(str(kind), *parts) for kind, *parts in keys)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
        for key in ordered:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
