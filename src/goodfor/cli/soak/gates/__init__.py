"""The channels that the soaks of payments run over, each behind the same few calls. Names are those of `--channel`."""

from goodfor.cli.soak.gates.accounts import CHANNELS
from goodfor.cli.soak.gates.base import Gate
from goodfor.cli.soak.gates.channels import ChannelGate
from goodfor.cli.soak.gates.epay import EpayGate
from goodfor.cli.stack import Stack

NAMES = ("epay", *CHANNELS)


def gate_of(stack: Stack, name: str) -> Gate:
    """The gate of that name; opens nothing yet."""
    return EpayGate(stack) if name == "epay" else ChannelGate(stack, name)


__all__ = ["NAMES", "Gate", "gate_of"]
