"""Argon2 as in earnest, with the least work: hundreds of sign-ins in the tests are not there to heat the machine."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """One pass over a little memory."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1
