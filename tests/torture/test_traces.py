"""P6, short form: of an informant nothing is found in any file, nor in the log at DEBUG; what is planted is found."""

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from simulator.server import Simulator
from tests.postgres import free_port
from tests.process.product import Product, Running
from tests.torture.canaries import Canary, arrives, hatch, sends, sends_urgent, tells
from tests.torture.needles import Needle, cores, of_id, of_text, varint
from tests.torture.scan import Hit, hits_in, scan

EACH = 16  # people of each kind
KINDS = ("hidden", "call_back", "named", "draft", "urgent")


class Colony:
    """Canaries of every kind who talk to one process, and the place where everything it writes is looked through."""

    def __init__(self, product: Product, sim: Simulator) -> None:
        chance = random.Random()
        self.product = product
        self.health = f"127.0.0.1:{free_port()}"
        self.all = {kind: [hatch(sim, chance, old=bool(n % 2)) for n in range(EACH)] for kind in KINDS}

    def needles(self) -> list[Needle]:
        """Everybody's."""
        return [needle for group in self.all.values() for canary in group for needle in canary.needles()]

    async def talk(self) -> None:
        """Everybody at once, none waits for an answer."""
        for kind, group in self.all.items():
            for canary in group:
                await arrives(canary, "18115")
                await tells(canary, "fire_explosion" if kind == "urgent" else "scam")
                if kind == "urgent":
                    await sends_urgent(canary)
                elif kind != "draft":
                    await sends(canary, kind)

    async def receipts(self) -> None:
        """Waits until everybody who has sent something has a receipt."""
        group: Sequence[Canary] = [canary for kind in KINDS if kind != "draft" for canary in self.all[kind]]
        async with asyncio.timeout(60):
            while not all(canary.has_receipt() for canary in group):  # noqa: ASYNC110 -- many bells, one glance
                await asyncio.sleep(0.05)

    async def look(self, running: Running) -> list[Hit]:
        """What the data folder, the log, the metrics and a report tell of them."""
        outside = self.product.folder / "data" / "written-outside"
        outside.mkdir(exist_ok=True)
        (outside / "log").write_text(running.said)
        if running.alive:
            async with aiohttp.ClientSession() as web, web.get(f"http://{self.health}/metrics") as answer:
                (outside / "metrics").write_bytes(await answer.read())
        return await scan(self.product.data, self.needles())


async def test_informants_leave_no_trace_in_any_file_or_log(installed: Path, tmp_path: Path) -> None:
    async with Simulator(limits=False) as sim:
        product = Product(Path(shutil.copytree(installed, tmp_path / "home")), sim.url)
        colony = Colony(product, sim)
        settings = {"LOG_LEVEL": "DEBUG", "TELEGRAM_RATE": "1000", "HEALTH_LISTEN": colony.health}
        async with product.serving(**settings) as running:
            await colony.talk()
            assert await colony.look(running) == []
            await colony.receipts()
            assert await colony.look(running) == []
        assert await colony.look(running) == []
        assert (product.data / "anphuong.db").stat().st_size > 100_000

        # The same look finds what a careless program would leave.
        first, *others = colony.all["hidden"][1::2]
        with closing(sqlite3.connect(product.data / "anphuong.db")) as db, db:
            db.execute("CREATE TABLE seen (chat INTEGER PRIMARY KEY, name TEXT)")
            db.executemany("INSERT INTO seen VALUES (?, NULL)", [(each.phone.id,) for each in others])
            db.execute("INSERT INTO meta VALUES ('last', ?)", (str(first.phone.id),))
        found = await colony.look(running)
        assert Hit("anphuong.db", str(first.phone.id), "id") in found
        assert {hit.whose for hit in found if hit.form == "id varint"} == {str(each.phone.id) for each in others}


def test_every_form_of_an_id_and_a_name_is_found_where_it_is_planted(tmp_path: Path) -> None:
    folk = {1_234_567_890: "Canh", 4_000_000_001: "Khanh", 3_999_999_999: "Thanh"}
    needles = [needle for number in folk for needle in of_id(str(number), number)]
    needles += [needle for number, name in folk.items() for needle in of_text(str(number), f"{name}cf81", "name")]
    for form in {needle.form for needle in needles}:
        planted = b"..".join(needle.data for needle in needles if needle.form == form)
        (tmp_path / "file").write_bytes(b"noise" + planted + b"noise")
        assert {hit.whose for hit in hits_in(tmp_path, needles) if hit.form == form} == set(map(str, folk)), form


@pytest.mark.parametrize("before", ["", "x", "xy"])
def test_a_name_inside_a_longer_base64_text_is_found(before: str) -> None:
    import base64

    text = base64.b64encode(f"{before}Canhcf81 and more".encode())
    assert any(core in text for core in cores(b"Canhcf81"))


def test_a_varint_is_written_as_sqlite_writes_a_rows_key(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "db")) as db, db:
        db.execute("CREATE TABLE seen (chat INTEGER PRIMARY KEY)")
        db.execute("INSERT INTO seen VALUES (7123456789)")
    assert varint(7_123_456_789) in (tmp_path / "db").read_bytes()
