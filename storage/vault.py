"""Sealing: every text, name, chat and file is sealed before a driver sees it.

The master key stands in a file outside the data folder. From it come one key a purpose (HKDF), so that a blob of one
table never opens as one of another; the associated data names table, column and row. A tip has a key of its own,
wrapped by the master key: destroying the wrapped key erases the tip everywhere.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.errors import Refused

_NONCE = 12
# How a stored row shows that it is damaged: it doesn't open, or what it holds is no model of ours (any more).
DAMAGED = (InvalidTag, ValueError, TypeError)


class Sealer:
    """Seals and opens under one key. Raises InvalidTag when blob, key or place don't belong together."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, data: bytes, place: str) -> bytes:
        """`place` is table, column and row: a blob moved elsewhere doesn't open there."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data, place.encode())

    def open(self, blob: bytes, place: str) -> bytes:
        """The data that was sealed for this place."""
        return self._cipher.decrypt(blob[:_NONCE], blob[_NONCE:], place.encode())


class Vault:
    """All keys of an installation, derived from the master key."""

    def __init__(self, master: bytes) -> None:
        self._master = master
        self._sealers: dict[str, Sealer] = {}
        self.damaged: set[str] = set()  # places that were found damaged since the start, and the operator has to mend
        self._lookup = self._derive("lookup")

    def _derive(self, purpose: str) -> bytes:
        return HKDF(SHA256(), 32, None, f"anphuong/{purpose}".encode()).derive(self._master)

    def for_(self, purpose: str) -> Sealer:
        """The sealer of a purpose: `inbox`, `outbox`, `contacts`, `talks`."""
        if purpose not in self._sealers:
            self._sealers[purpose] = Sealer(self._derive(purpose))
        return self._sealers[purpose]

    def lookup(self, purpose: str, value: str | int | bytes) -> bytes:
        """A keyed hash to find a row by: a plain hash of a Telegram id is reversed in minutes (`promises.md`)."""
        raw = value if isinstance(value, bytes) else str(value).encode()
        return hmac.digest(self._lookup, purpose.encode() + b"\0" + raw, hashlib.sha256)[:16]

    def check_value(self) -> str:
        """What the database remembers of the key, to notice another or a lost one."""
        return self.lookup("check", "an phuong").hex()

    def new_tip_key(self, tip: str) -> tuple[bytes, Sealer]:
        """A fresh key for a tip: wrapped for the key store, and ready to use."""
        key = secrets.token_bytes(32)
        return self.for_("tip_keys").seal(key, f"tip_keys/{tip}"), Sealer(key)

    def tip_key(self, tip: str, wrapped: bytes) -> Sealer:
        """The sealer of a tip from its wrapped key."""
        return Sealer(self.for_("tip_keys").open(wrapped, f"tip_keys/{tip}"))


def create_master_key(path: Path) -> None:
    """Writes a new master key, readable by its owner only. An existing one is left as it is.

    Raises Refused `key.unwritable`; then nothing is left of it.
    """
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, mode=0o700)
        with suppress(FileExistsError):
            _write_key(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), path)
    except OSError as error:
        raise Refused("key.unwritable", path=path, reason=error.strerror) from None


def _write_key(handle: int, path: Path) -> None:
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink()  # half a key opens nothing, and would be in the way of a whole one
        raise


def open_vault(path: Path) -> Vault:
    """The vault of a key file. Raises Refused when it is missing, unreadable or not a key."""
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except FileNotFoundError:
        raise Refused("key.missing", path=path) from None
    except OSError as error:
        raise Refused("key.unreadable", path=path, reason=error.strerror) from None
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise Refused("key.malformed", path=path)
    return Vault(key)


__all__ = ["DAMAGED", "InvalidTag", "Sealer", "Vault", "create_master_key", "open_vault"]
