"""Each thing that doctor looks at is found when it is wrong, in either language."""

import base64
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.doctor import LISTED, SQLITE_SOUND, Finding, examine
from bot.settings import Settings
from locales import LANGUAGES
from simulator.server import TOKEN, Simulator
from storage.migrate import migrate, revisions
from tests.operations.conftest import Home, settings_in


async def found(settings: Settings) -> dict[str, list[str]]:
    """What is wrong: checks and the codes of their refusals. Telegram can't be reached in these tests."""
    wrong: dict[str, list[str]] = {}
    for finding in (await examine(settings)).all:
        if finding.wrong is not None and finding.wrong.code != "telegram.unreachable":
            wrong.setdefault(finding.check, []).append(finding.wrong.code)
            assert all(len(finding.as_line(language).splitlines()) == 1 for language in LANGUAGES)
    return wrong


async def test_a_key_beside_the_data_and_one_that_others_read_are_found(home: Home) -> None:
    key = home.folder / "keys" / "master.key"
    assert await found(home.settings) == {}
    key.chmod(0o640)
    assert await found(home.settings) == {"key": ["key.open_to_all"]}
    key.chmod(0o600)
    beside = key.rename(home.folder / "data" / "master.key")
    assert await found(settings_in(home.folder, master_key_file=beside)) == {"key": ["key.beside_data"]}


async def test_another_key_is_found(home: Home) -> None:
    (home.folder / "keys" / "master.key").write_bytes(base64.b64encode(b"k" * 32))
    assert await found(home.settings) == {"database": ["key.other"]}


async def test_a_full_disk_is_found(home: Home) -> None:
    wrong = await found(settings_in(home.folder, data_dir=Path("/proc")))  # where nothing is free
    assert wrong["disk"] == ["disk.low"]


async def test_a_schema_that_is_behind_is_found(home: Home) -> None:
    await migrate(home.settings.database_url, backups=home.folder / "data" / "backups", to=revisions()[-2])
    assert await found(home.settings) == {"database": ["database.behind"]}


async def test_an_installation_made_with_a_clock_that_was_ahead_is_found(home: Home) -> None:
    with closing(sqlite3.connect(home.folder / "data" / "anphuong.db")) as db, db:
        db.execute("UPDATE meta SET value = '2999-01-01' WHERE name = 'first_day'")
    assert await found(home.settings) == {"clock": ["clock.ahead"]}


@pytest.mark.parametrize(
    ("token", "code"), [(TOKEN, None), ("123456:WRONG", "telegram.token"), ("", "telegram.no_token")]
)
async def test_a_token_that_telegram_refuses_is_found(home: Home, token: str, code: str | None) -> None:
    async with Simulator() as sim:
        settings = settings_in(home.folder, bot_token=token, telegram_api_url=sim.url)
        assert await found(settings) == ({} if code is None else {"telegram": [code]})
        assert (await examine(settings)).well == (code is None)


async def test_it_says_what_to_know_of_the_databases_program(home: Home) -> None:
    old = sqlite3.sqlite_version_info < SQLITE_SOUND
    notes = [finding.note for finding in (await examine(home.settings)).all if finding.check == "engine"]
    assert notes == [("doctor.sqlite_old" if old else "doctor.version_sqlite", {"version": sqlite3.sqlite_version})]


async def test_what_was_put_aside_and_never_delivered_is_found_and_the_list_ends(home: Home) -> None:
    with closing(sqlite3.connect(home.folder / "data" / "anphuong.db")) as db, db:
        db.executemany(
            "INSERT INTO undelivered (id, at, lane, method, reason) VALUES (?, 1, 3, 'sendMessage', 'no')",
            [(number,) for number in range(LISTED + 5)],
        )
        db.execute(
            "INSERT INTO inbox (update_id, body, received_at, attempts, state, day) VALUES (7, x'00', 1, 5, 'bad', 'x')"
        )
    wrong = await found(home.settings)
    codes = ["message.undelivered"] * LISTED + ["message.undelivered_more", "database.aside"]
    assert wrong == {"undelivered": codes}
    more = [one for one in (await examine(home.settings)).all if is_a(one, "message.undelivered_more")]
    assert more[0].wrong is not None
    assert more[0].wrong.params["count"] == 5


def is_a(finding: Finding, code: str) -> bool:
    """Whether something is wrong in this way."""
    return finding.wrong is not None and finding.wrong.code == code
