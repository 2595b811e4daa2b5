"""What an installation remembers of itself."""

from datetime import date

from storage.engine import Transaction

KEY_CHECK = "key_check"
FIRST_DAY = "first_day"
LAST_BACKUP = "last_backup"


async def get(tx: Transaction, name: str) -> str | None:
    """A remembered value."""
    row = await tx.fetch_one("SELECT value FROM meta WHERE name = :name", name=name)
    return None if row is None else str(row["value"])


async def put(tx: Transaction, name: str, value: str) -> None:
    """Remembers a value."""
    sql = (
        "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )
    await tx.execute(sql, name=name, value=value)


async def first_day(tx: Transaction) -> date | None:
    """The day of installation; None when `init` has not run."""
    known = await get(tx, FIRST_DAY)
    return None if known is None else date.fromisoformat(known)
