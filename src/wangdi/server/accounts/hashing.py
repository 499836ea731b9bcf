"""Hashing one-time passwords."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class OneTimePasswordHasher(PBKDF2PasswordHasher):
    """PBKDF2 with few rounds, for passwords that were drawn, not thought up: nobody guesses 79 random bits.

    The rounds that slow guessing down take half a second a password, for two thousand accounts a quarter of an hour.
    Django hashes anew with the ordinary hasher when the password is used, and it is changed then in any case.
    """

    algorithm = "pbkdf2_sha256_one_time"
    iterations = 10_000
