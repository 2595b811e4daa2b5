"""Commands on a full disk: one sentence, nothing changed, and well again when there is room."""

import os

from tests.process.product import Product
from tests.torture.disks import Ceiling


async def test_a_command_on_a_full_disk_is_refused_in_a_sentence(product: Product) -> None:
    async with product.serving() as running:
        disk = Ceiling(running.pid, product.data / "anphuong.db")
        disk.shut()
        done = await product.command("job", "daily_summary")
        disk.free()
        assert (done.code, len(done.complaints)) == (1, 1), done
        assert "The disk is full" in done.err
        assert (await product.command("job", "daily_summary")).code == 0


async def test_a_command_that_works_alone_on_a_full_disk_is_refused_in_a_sentence(product: Product) -> None:
    # The ceiling of the test's own process is what its child begins with.
    disk = Ceiling(os.getpid(), product.data / "anphuong.db")
    disk.shut()
    try:
        running = await product.start("job", "daily_summary")
    finally:
        disk.free()
    done = await running.done()
    assert (done.code, len(done.complaints)) == (1, 1), done
    assert (await product.command("job", "daily_summary")).code == 0
