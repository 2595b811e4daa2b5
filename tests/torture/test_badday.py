"""P5, short form: on a bad day urgent messages leave within seconds past waiting bulk."""

import sys

from tests.torture.badday import bad_day


async def test_urgent_messages_leave_within_seconds_past_waiting_bulk_on_a_bad_day() -> None:
    report = await bad_day(bulk=2_000, alerts=30, to_the_end=False)
    sys.stdout.write(f"{report}\n")
    assert report.well, str(report)
    assert report.waits[len(report.waits) // 2] <= 0.5
