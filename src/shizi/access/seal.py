"""Sealing of secrets that must be read back, with a key kept beside the database."""

from __future__ import annotations

import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shizi.core.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


class Seal:
    """Seals text with one key, and reads what was sealed with it."""

    def __init__(self, key: bytes) -> None:
        """Take a key of 32 bytes in URL-safe base64.

        Raises:
            StoreError: The key has another form.
        """
        try:
            self._fernet = Fernet(key)
        except ValueError as error:
            message = "the seal's key is not 32 bytes in URL-safe base64"
            raise StoreError(message) from error
        self._key = key

    def derived(self, purpose: str) -> Seal:
        """Return a seal with a key of its own, the same wherever this one is."""
        work = HKDF(SHA256(), length=32, salt=None, info=purpose.encode())
        return Seal(urlsafe_b64encode(work.derive(urlsafe_b64decode(self._key))))

    def encrypt(self, text: str) -> str:
        """Return the text sealed: ASCII that tells nothing without the key."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def decrypt(self, sealed: str, *, seconds: int | None = None) -> str:
        """Return the text that was sealed.

        Args:
            sealed: What `encrypt` returned.
            seconds: How long ago that may be; any time unless given.

        Raises:
            StoreError: It was sealed with another key, altered since, or is too old.
        """
        try:
            return self._fernet.decrypt(sealed, ttl=seconds).decode()
        except InvalidToken as error:
            message = "a secret in the database was sealed with another key"
            raise StoreError(message) from error


def make_key(path: Path) -> None:
    """Write a fresh key that only the owner can read, unless there is one already.

    Whoever reads the file, at any time and in any process, finds one whole key, the
    same for all.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with open(draft, "xb", opener=_open_private) as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, fails where another process was quicker.
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)
    _sync(path.parent)


def read_seal(path: Path) -> Seal:
    """Return the seal whose key the file holds.

    Raises:
        StoreError: The file is missing or damaged.
    """
    try:
        return Seal(path.read_bytes().strip())
    except FileNotFoundError as error:
        message = (
            f"{path} is missing: restore it, or give the key of the other servers by"
            " seal_key, for the secrets in the database cannot be read without it"
        )
        raise StoreError(message) from error


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync(directory: Path) -> None:
    """Make the directory's newest entry outlast a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
