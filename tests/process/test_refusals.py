"""A user's mistake is one line on stderr that says what is wrong and how to mend it, and exit code 1 or 2."""

import base64
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.process.forks import Forks
from tests.process.product import Done, Product

# The system's administrator may open everything: these tests are somebody else's.
NOBODY = ("setpriv", "--inh-caps=-all", "--bounding-set=-all") if os.geteuid() == 0 else ()
HOOK = {"WEBHOOK_URL": "http://127.0.0.1:1/hook", "WEBHOOK_SECRET": "a-secret"}
WRONG_SETTINGS: list[tuple[dict[str, str], str]] = [
    ({"BOT_TOKEN": ""}, "BOT_TOKEN"),
    ({"BOT_TOKEN": "123456:WRONG"}, "BOT_TOKEN"),
    ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
    ({"LOG_FORMAT": "xml"}, "LOG_FORMAT"),
    ({"TELEGRAM_RATE": "many"}, "TELEGRAM_RATE"),
    ({"TELEGRAM_RATE": "0"}, "TELEGRAM_RATE"),
    ({"TELEGRAM_RATE": "nan"}, "TELEGRAM_RATE"),
    ({"TELEGRAM_PROXY": "socks5://127.0.0.1:1"}, "TELEGRAM_PROXY"),
    ({"TELEGRAM_PROXY": "http://"}, "TELEGRAM_PROXY"),
    ({"TELEGRAM_PROXY": "http://me:hush@[::1"}, "TELEGRAM_PROXY"),
    ({"TELEGRAM_API_URL": "nonsense"}, "TELEGRAM_API_URL"),
    ({"TELEGRAM_API_URL": "http://127.0.0.1:99999"}, "TELEGRAM_API_URL"),
    ({"HEARTBEAT_URL": "hush"}, "HEARTBEAT_URL"),
    ({"HEALTH_LISTEN": "nonsense"}, "host:port"),
    ({"WEBHOOK_URL": "https://example.org/hook"}, "WEBHOOK_SECRET"),
    ({**HOOK, "WEBHOOK_URL": "http://example.org/hook", "LISTEN": "127.0.0.1:0"}, "https"),
    ({**HOOK, "WEBHOOK_URL": "https://[::1/hook", "LISTEN": "127.0.0.1:0"}, "WEBHOOK_URL"),
    ({**HOOK, "WEBHOOK_SECRET": "hush hush", "LISTEN": "127.0.0.1:0"}, "WEBHOOK_SECRET"),
    ({"DATABASE_URL": "mysql://somebody:hush@127.0.0.1/x"}, "DATABASE_URL"),
    ({"DATABASE_URL": "postgresql://somebody:hush@127.0.0.1:1/x"}, "server"),
    ({"DATABASE_URL": "host=127.0.0.1 password=hush"}, "DATABASE_URL"),
    ({"DATABASE_URL": "postgresql://somebody:1hush/rest@127.0.0.1/x"}, "server"),
    ({"DATABASE_URL": "postgresql://somebody:hush word@127.0.0.1/x"}, "server"),
    ({"DATA_DIR": "/proc/anphuong"}, "/proc/anphuong"),
]


def told_once(done: Done, *words: str, code: int = 1) -> None:
    """Exactly one line, with these words in it, and nothing that only a programmer understands."""
    assert done.code == code, done
    assert done.out == "", done
    assert len(done.complaints) == 1, done.err
    for word in words:
        assert word in done.err
    for leak in ("Traceback", "hush", "Error("):
        assert leak not in done.err


@pytest.mark.parametrize(("settings", "named"), WRONG_SETTINGS, ids=lambda value: str(value)[:40])
async def test_a_wrong_setting_is_named_in_one_line(product: Product, settings: dict[str, str], named: str) -> None:
    told_once(await product.command("run", **settings), named)


async def test_a_wrong_setting_is_told_in_the_operators_language(product: Product) -> None:
    told_once(await product.command("run", LOG_LEVEL="LOUD", OPERATOR_LANGUAGE="vi"), "Không hiểu LOG_LEVEL")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("BOT_TOKEN=hush\n".encode("utf-16"), "UTF-8"),
        (b"LOG_LEVEL=INFO\nBOT_TOKEN='hush\n", "Line 2 of .env"),
        (None, ".env"),
    ],
    ids=["another encoding", "an open quote", "a folder"],
)
async def test_a_file_of_settings_that_cannot_be_understood_is_refused_whole(
    product: Product, forks: Forks, content: bytes | None, named: str
) -> None:
    product.forks = forks
    file = product.folder / ".env"
    file.mkdir() if content is None else file.write_bytes(content)
    told_once(await product.command("units"), named)


async def test_a_file_of_settings_may_come_from_another_system(product: Product, forks: Forks) -> None:
    product.forks = forks
    (product.folder / ".env").write_bytes(b'\xef\xbb\xbf# mine\r\nOPERATOR_LANGUAGE="vi"\r\nNOBODYS=1\r\n')
    told_once(await product.command("job", "make_coffee"), "Không có việc")


def _lose_key(product: Product) -> str:
    product.key.unlink()
    return str(product.key)


def _change_key(product: Product) -> str:
    product.key.write_bytes(base64.b64encode(b"k" * 32) + b"\n")
    return "MASTER_KEY_FILE"


def _spoil_key(product: Product) -> str:
    product.key.write_bytes(b"not a key\n")
    return str(product.key)


def _newer_schema(product: Product) -> str:
    with closing(sqlite3.connect(product.data / "anphuong.db")) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    return "9999"


def _no_database(product: Product) -> str:
    for file in product.data.glob("anphuong.db*"):
        file.unlink()
    return "python -m bot init"


def _not_a_database(product: Product) -> str:
    _no_database(product)
    (product.data / "anphuong.db").write_bytes(b"a shopping list, certainly no database " * 200)
    return "DATABASE_URL"


def _file_for_folder(product: Product) -> str:
    product.settings["DATA_DIR"] = str(product.key)
    return str(product.key)


@pytest.mark.parametrize(
    "spoil",
    [_lose_key, _change_key, _spoil_key, _newer_schema, _no_database, _not_a_database, _file_for_folder],
)
async def test_what_is_missing_or_foreign_is_named_in_one_line(
    product: Product, spoil: Callable[[Product], str]
) -> None:
    named = spoil(product)
    told_once(await product.command("run"), named)


@pytest.mark.parametrize("folder", ["keys/master.key/data", "/proc/anphuong"])
async def test_init_says_which_folder_it_cannot_write(product: Product, forks: Forks, folder: str) -> None:
    product.forks = forks
    told_once(await product.command("init", DATA_DIR=str(product.folder / folder)), "DATA_DIR")


@pytest.mark.parametrize("file", ["keys/master.key/mine", "/proc/anphuong/master.key"])
async def test_init_says_where_it_cannot_write_the_key(tmp_path: Path, forks: Forks, file: str) -> None:
    product = Product(tmp_path, MASTER_KEY_FILE=str(tmp_path / file))
    product.forks = forks
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "master.key").write_bytes(b"a file")
    told_once(await product.command("init"), "MASTER_KEY_FILE")


@pytest.mark.parametrize("command", ["units", "doctor", "init", "run", "restore nothing"])
async def test_who_is_not_the_user_who_serves_is_told_so(product: Product, command: str) -> None:
    product.before = NOBODY
    product.data.chmod(0)
    try:
        done = await product.command(*command.split())
    finally:
        product.data.chmod(0o700)
    assert done.code == 1, done
    assert done.err == "" if command == "doctor" else len(done.complaints) == 1, done
    said = [line for line in (done.out + done.err).splitlines() if str(product.data) in line]
    assert said, done
    assert all("Permission denied" in line or "permission denied" in line for line in said)
    assert "unexpected" not in done.err


async def test_init_does_not_replace_a_lost_key_of_a_database(product: Product) -> None:
    _lose_key(product)
    told_once(await product.command("init"), str(product.key))
    assert not product.key.exists()


async def test_before_init_every_command_says_to_run_it(tmp_path: Path) -> None:
    told_once(await Product(tmp_path).command("units"), "python -m bot init")


@pytest.fixture
def taken() -> Iterator[str]:
    """An address on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield f"127.0.0.1:{other.getsockname()[1]}"


async def test_a_taken_port_is_named(product: Product, taken: str) -> None:
    told_once(await product.command("run", HEALTH_LISTEN=taken), taken)
    told_once(await product.command("run", LISTEN=taken, **HOOK), taken)


async def test_what_stands_where_commands_are_taken_is_named(product: Product) -> None:
    (product.data / "control.sock").mkdir()
    told_once(await product.command("run"), "control.sock")


async def test_a_second_process_on_one_sqlite_database_is_refused(product: Product) -> None:
    async with product.serving():
        told_once(await product.command("run"), "Another process", str(product.data))


async def test_a_second_process_on_one_postgresql_database_is_refused(
    product: Product, forks: Forks, postgres_url: str
) -> None:
    product.forks = forks
    product.settings["DATABASE_URL"] = postgres_url
    product.key.unlink()
    await product.install()
    async with product.serving():
        told_once(await product.command("run"), "Another process")


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("invite --role leader --unit 99999", "99999"),
        ("invite --role leader --unit 18115", "leader"),
        ("job make_coffee", "daily_summary"),
        ("job daily_summary --date yesterday", "YYYY-MM-DD"),
        ("job daily_summary --date 2999-01-01", "day"),
        ("report daily --unit 99999", "ward"),
        ("report daily --unit 18115 --date 2999-01-01", "day"),
        ("report daily --unit 18115 --out /proc/anphuong", "/proc/anphuong"),
        ("figures --unit 99999", "99999"),
        ("figures --unit 16726 --as-of 2999-01-01", "01/01/2999"),
        ("criteria import /proc/anphuong", "/proc/anphuong"),
    ],
)
async def test_a_refused_command_says_why_in_one_line(product: Product, forks: Forks, command: str, named: str) -> None:
    product.forks = forks
    told_once(await product.command(*command.split()), named)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "sing",
        "invite",
        "invite --role mayor --unit 18115",
        "report hourly --unit 18115",
        "run --fast",
        "demo --port 99999",
    ],
)
async def test_wrong_usage_ends_with_code_2(product: Product, forks: Forks, command: str) -> None:
    product.forks = forks
    done = await product.command(*command.split())
    assert done.code == 2, done
    assert "Usage" in done.out + done.err
    assert "Traceback" not in done.err
