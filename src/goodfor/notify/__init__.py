"""Notify: what people are told, in which words, by which channel, and what became of it.

A caller says `operations.send.send(...)` inside its own transaction; nothing leaves the machine there. A loop takes
what is due, calls the channels outside of any transaction, and writes down what became of it. A business key (shop,
scene, subject, audience, channel) is told at most once, however often its news arrives.

An outcome nobody knows is asked about where the channel can be asked (SMS). Elsewhere a harmless message is repeated
and a secret one is not: it ends as `lost`, and the person asks for a new code. Contents are sealed; a secret one is
wiped as soon as its message has ended. Card codes are let into a message only for SKUs for which the shop said so.
"""
