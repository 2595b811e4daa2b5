"""Return addresses: who wants to be called back leaves a sealed box that only delivery can open.

Boxes are sealed to the public key of the week and always have the same size. Its private key is itself sealed by the
master key, and destroyed thirty days after its week.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from pydantic import BaseModel

from domain.clocks import day_bounds, local, ward_day
from storage.engine import Transaction
from storage.records import Records, Work, moment, to_ms
from storage.vault import Vault

_SIZE = 64
_NAME = 7  # letters of a week's name
KEPT = timedelta(days=30)


class ReturnKey(BaseModel, frozen=True):
    """The key pair of one week; the private half sealed."""

    week: str
    public: bytes
    private: bytes
    made_at: datetime


def week_of(now: datetime) -> str:
    """The name of a week: 2026W47."""
    year, week, _ = local(now).isocalendar()
    return f"{year}W{week:02}"


class ReturnKeys(Records[str, ReturnKey]):
    """The weeks' key pairs."""

    table = "return_keys"
    key = "week"
    columns = ("week", "public", "private", "made_at")

    def __init__(self, work: Work, vault: Vault) -> None:
        super().__init__(work)
        self._vault = vault
        self._seal = vault.for_("return_keys")

    async def write(self, receipt: str, chat: int, now: datetime) -> bytes:
        """A sealed return address: nobody who holds the database can read which chat it is."""
        name = week_of(now)
        held = await self.find(name)
        if held is None:
            pair = PrivateKey.generate()
            sealed = self._seal.seal(bytes(pair), f"return_keys/private/{name}")
            held = ReturnKey(
                week=name, public=bytes(pair.public_key), private=sealed, made_at=day_bounds(ward_day(now))[0]
            )
            self.save(held)
        plain = orjson.dumps([receipt, chat]).ljust(_SIZE)
        return name.encode() + SealedBox(PublicKey(held.public)).encrypt(plain)

    async def reseal(self, tx: Transaction, address: bytes, now: datetime) -> bytes | None:
        """The same way back under this week's key; None when its key has been destroyed."""
        if address[:_NAME].decode() == week_of(now):
            return address
        opened = await open_address(tx, self._vault, address)
        return None if opened is None else await self.write(*opened, now)

    async def drop_older(self, now: datetime) -> int:
        """Destroys keys of weeks long past: their boxes stay shut for ever."""
        return await self._work.execute("DELETE FROM return_keys WHERE made_at < :before", before=to_ms(now - KEPT))

    def to_row(self, record: ReturnKey) -> dict[str, Any]:
        return {**record.model_dump(), "made_at": to_ms(record.made_at)}

    def from_row(self, row: Mapping[str, Any]) -> ReturnKey:
        values = {**row, "public": bytes(row["public"]), "private": bytes(row["private"])}
        return ReturnKey.model_validate({**values, "made_at": moment(row["made_at"])})


async def open_address(tx: Transaction, vault: Vault, address: bytes) -> tuple[str, int] | None:
    """The receipt and the chat of a return address, for delivery only; None when its week's key has been destroyed."""
    week, box = address[:_NAME].decode(errors="replace"), address[_NAME:]
    row = await tx.fetch_one("SELECT private FROM return_keys WHERE week = :week", week=week)
    if row is None:
        return None
    private = vault.for_("return_keys").open(bytes(row["private"]), f"return_keys/private/{week}")
    try:
        plain = SealedBox(PrivateKey(private)).decrypt(box)
    except CryptoError:
        return None
    receipt, chat = orjson.loads(plain)
    return receipt, chat
