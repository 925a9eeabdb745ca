"""Signatures: calls that prove an app's secret without sending it.

The clock, `now`, is in seconds since 1970, UTC.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy import delete

from shizi.access.apps import find_app, reveal_secret
from shizi.access.store import unbroken
from shizi.access.tables import signatures
from shizi.core.errors import AppIdError, SignatureError, StaleSignatureError

if TYPE_CHECKING:
    from shizi.access.apps import App
    from shizi.access.store import Store

SIGNED_SECONDS: Final = 600
"""How far from now a signature may have been made: what WeChat's SDK announces."""


class Signature(Protocol):
    """What a caller has signed, in whichever scheme."""

    @property
    def app_id(self) -> str:
        """Whose it says it is."""
        ...

    @property
    def made_at(self) -> float:
        """When it says it was made, in seconds since 1970."""
        ...

    @property
    def value(self) -> str:
        """The signature as it came."""
        ...

    def compute(self, secret: str) -> str:
        """Return what the signature is if this is the app's secret."""
        ...


async def check_signature(store: Store, signature: Signature, *, now: float) -> App:
    """Return the app that has signed a call, which none may repeat.

    Raises:
        StaleSignatureError: It is too old, or was used before.
        SignatureError: It is not the app's.
        StoreError: The store failed.
    """
    if abs(now - signature.made_at) > SIGNED_SECONDS:
        message = (
            f"the signature was not made within {SIGNED_SECONDS} s of now: is the"
            " caller's clock right?"
        )
        raise StaleSignatureError(message)
    try:
        app = await find_app(store, signature.app_id)
        secret = await reveal_secret(store, signature.app_id)
    except AppIdError as error:
        raise _not_signed() from error
    if not hmac.compare_digest(signature.compute(secret), signature.value):
        raise _not_signed()
    await _remember(store, signature, now=now)
    return app


@unbroken
async def _remember(store: Store, signature: Signature, *, now: float) -> None:
    """Keep a signature until it is too old, in all processes of the store."""
    digest = hashlib.sha256(f"{signature.app_id} {signature.value}".encode()).digest()
    statement = (
        store.insert(signatures)
        .values(digest=digest, ends_at=signature.made_at + SIGNED_SECONDS)
        .on_conflict_do_nothing()
        .returning(signatures.c.digest)
    )
    async with store.writing() as connection:
        await connection.execute(delete(signatures).where(signatures.c.ends_at < now))
        if (await connection.execute(statement)).first() is None:
            message = "the signature was used before"
            raise StaleSignatureError(message)


def _not_signed() -> SignatureError:
    return SignatureError("the signature is not the app's")
