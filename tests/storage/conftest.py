"""Migrations without a process for each: starting Alembic costs half a second, taking a step a fiftieth."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from storage import migrate


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """`migrate` does all that it does (its order, its backup, its transaction) in this process.

    For tests of many steps; that the child does the same, and says what went wrong, is tested with the child.
    """

    async def here(order: Mapping[str, Any]) -> None:
        await asyncio.to_thread(migrate.carry_out, order)

    monkeypatch.setattr(migrate, "_in_child", here)
