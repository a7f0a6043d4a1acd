"""Paying those whose goods and services were sold: statements of what they are owed, confirmed, approved and paid."""
