"""Commands beside a running process: it carries them out, for on SQLite it alone owns the database."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from domain.clocks import ward_day
from simulator.phone import Phone
from simulator.server import Simulator
from tests.journeys.town import press
from tests.process.forks import Forks
from tests.process.product import Product

LINK = re.compile(r"https://t\.me/anphuong_bot\?start=[A-Za-z0-9_-]{16,64}\n\Z")
LONG = "a-folder-whose-name-is-quite-long-already/" * 4  # a socket's address holds 107 bytes


@pytest.fixture(params=["sqlite", "postgresql"])
async def served(request: pytest.FixtureRequest, product: Product, forks: Forks) -> Product:
    """An installation on either engine, in a folder whose path no socket's address can hold.

    On SQLite its commands are started, on PostgreSQL forked.
    """
    far = product.folder / LONG
    far.parent.mkdir(parents=True)
    shutil.move(product.data, far)
    product.settings.update(DATA_DIR=str(far), DATABASE_URL=f"sqlite:///{far}/anphuong.db")
    if request.param == "postgresql":
        product.settings["DATABASE_URL"] = request.getfixturevalue("postgres_url")
        product.key.unlink()
        product.forks = forks
        await product.install()
    return product


async def officer(product: Product, sim: Simulator) -> Phone:
    """A duty officer who joins by an invitation made beside the running process."""
    done = await product.command("invite", "--role", "duty_officer", "--unit", "18115")
    assert (done.code, done.err) == (0, ""), done
    assert LINK.match(done.out), done.out
    phone = sim.phone("Trung úy Nam")
    await phone.open_link(done.out.strip())
    await press(phone, "Đồng ý")
    await phone.until(lambda _: bool(phone.keyboard))
    return phone


def summaries(phone: Phone) -> list[str]:
    """Daily summaries among what was heard."""
    said = [message.get("caption") or message.get("text") or "" for message in phone.heard]
    return [text for text in said if text.startswith("Tổng hợp ngày")]


async def test_commands_work_beside_the_running_process(served: Product, telegram: Simulator, tmp_path: Path) -> None:
    async with served.serving():
        nam = await officer(served, telegram)

        units = await served.command("units", "--json")
        listed = {unit["code"]: unit for unit in orjson.loads(units.out)}
        assert listed["18115"]["kind"] == "ward"
        assert set(listed["18115"]) == {"code", "name", "kind", "parent"}

        today = ward_day(datetime.now(UTC)).isoformat()
        for form, magic in (("json", b"{"), ("png", b"\x89PNG"), ("docx", b"PK")):
            file = tmp_path / f"report.{form}"
            args = ("report", "daily", "--unit", "18115", "--date", today, "--format", form, "--out", str(file))
            done = await served.command(*args)
            assert (done.code, done.out, done.err) == (0, "", ""), done
            assert file.read_bytes().startswith(magic)
        assert orjson.loads((tmp_path / "report.json").read_bytes())["ward"]

        refused = await served.command("invite", "--role", "duty_officer", "--unit", "99999")
        assert (refused.code, len(refused.complaints)) == (1, 1), refused

        own = tmp_path / "own.toml"
        own.write_text(
            'fill = "movement_34"\nunit = "18115"\n[[criterion]]\nnumber = 3\ntext = "Ba"\n', encoding="utf-8"
        )
        filled = await served.command("criteria", "import", str(own))
        assert (filled.code, filled.out) == (0, ""), filled
        figures = orjson.loads((await served.command("figures", "--unit", "18115", "--json")).out)
        names = {"name", "value", "numerator", "denominator", "as_of", "source", "status"}
        assert all(set(figure) == names for figure in figures)
        assert {"safe_families", "criteria.movement_34", "tips.opened"} <= {figure["name"] for figure in figures}

        first = await served.command("job", "daily_summary", "--date", today)
        assert first.code == 0, first
        await nam.until(lambda message: "Tổng hợp ngày" in message.get("caption", ""))
        again = await served.command("job", "daily_summary", "--date", today)
        assert again.code == 0, again
        # What the second run owed would stand before the answer to what is asked after it.
        await nam.send("/trogiup")
        await nam.until(lambda _: True)
        assert len(summaries(nam)) == 1

    offline = await served.command("job", "daily_summary", "--date", today)
    assert offline.code == 0, offline
    assert (await served.command("units")).code == 0


async def test_the_control_socket_is_its_owners_alone(product: Product) -> None:
    async with product.serving():
        assert (product.data / "control.sock").stat().st_mode & 0o077 == 0
    assert not (product.data / "control.sock").exists()


async def test_a_socket_left_by_a_killed_process_is_in_nobodys_way(product: Product) -> None:
    running = await product.start("run")
    await running.until("serving by")
    await running.kill()
    assert (await product.command("units")).code == 0
    async with product.serving():
        assert (await product.command("units")).code == 0
