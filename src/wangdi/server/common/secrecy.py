"""Identity numbers and telephone numbers at rest: AES-GCM, and a keyed index for exact search.

A sealed value is a 12-byte nonce followed by the AES-256-GCM ciphertext; the name of the field is
authenticated with it, so that a value cannot be moved to another column. The blind index is keyed BLAKE2b
(RFC 7693) of 16 bytes over field name and value: without the key, nothing is learnt from it.
"""

import hmac
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wangdi.server.common.installation import Installation

_NONCE_BYTES = 12
_INDEX_BYTES = 16


class Vault:
    """Seals, reveals and indexes values with keys derived from one installation key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(derive(key, "sealing"))
        self._index_key = derive(key, "blind index")

    def seal(self, field: str, value: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value.encode(), field.encode())

    def reveal(self, field: str, sealed: bytes | memoryview) -> str:
        """The plain value; InvalidTag (cryptography) when altered or moved from another field."""
        content = bytes(sealed)
        nonce, text = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
        return self._cipher.decrypt(nonce, text, field.encode()).decode()

    def blind_index(self, field: str, value: str) -> bytes:
        return self.blind_indexes(field, [value])[0] or b""

    def seal_all(self, field: str, values: Sequence[str | None]) -> list[bytes | None]:
        """``seal`` for a column; about 2 µs a value. Empty values stay empty."""
        encrypt, about = self._cipher.encrypt, field.encode()
        nonces = os.urandom(_NONCE_BYTES * len(values))
        return [
            (nonce := nonces[at : at + _NONCE_BYTES]) + encrypt(nonce, value.encode(), about)
            if value
            else None
            for at, value in zip(range(0, len(nonces), _NONCE_BYTES), values, strict=True)
        ]

    def blind_indexes(self, field: str, values: Iterable[str | None]) -> list[bytes | None]:
        """``blind_index`` for a column; about 1.5 µs a value. Empty values stay empty."""
        keyed = blake2b(field.encode() + b"\0", digest_size=_INDEX_BYTES, key=self._index_key)
        return [_digest(keyed.copy(), value) if value else None for value in values]


def _digest(keyed: blake2b, value: str) -> bytes:
    keyed.update(canonical(value).encode())
    return keyed.digest()


def canonical(value: str) -> str:
    """The form in which values are compared: no spaces or hyphens, capital X."""
    return value.replace(" ", "").replace("-", "").upper()


def derive(key: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose; knowing it tells nothing about the others."""
    return hmac.digest(key, b"wangdi/" + purpose.encode(), "sha256")


def vault() -> Vault:
    """The vault of the current installation; NotInitialised when it has no key."""
    return _vault(Installation.current().key())


@lru_cache(maxsize=4)
def _vault(key: bytes) -> Vault:
    return Vault(key)


def mask_id_number(value: str) -> str:
    """``420281********1234``: the area and the last four characters stay readable."""
    return _mask(value, 6, 4)


def mask_phone(value: str) -> str:
    """``138****5678``."""
    return _mask(value, 3, 4)


def _mask(value: str, head: int, tail: int) -> str:
    hidden = len(value) - head - tail
    if hidden <= 0:
        return "*" * len(value)
    return value[:head] + "*" * hidden + value[-tail:]
