"""P12, short form: a backup of two thousand tips comes back the same, and what is not the same is seen."""

from pathlib import Path

from tests.torture import restore
from tests.torture.restore import drill


async def test_a_backup_of_many_tips_comes_back_the_same(tmp_path: Path) -> None:
    report = await drill(tmp_path, 2_000)
    assert report.rows > 5 * 2_000
    assert report.different == (), str(report)


async def test_a_table_that_is_not_the_same_is_told(tmp_path: Path) -> None:
    report = restore.Report(1.0, 1.0, 1.0, 10, 2, ("tips",))
    assert "NOT THE SAME: tips" in str(report)
