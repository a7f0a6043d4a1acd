"""The prepaid wallet: a guarded ledger account. Nothing leaves this machine."""
