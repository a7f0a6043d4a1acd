"""The ledger: append-only double entry. Accounts, postings, guarded balances, holds; knows no business noun."""
