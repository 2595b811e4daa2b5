"""A process that sleeps while the world goes on (a laptop's lid, a paused machine): nothing lost, nothing twice."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta

from domain.clocks import VIETNAM, ward_day
from simulator.server import Simulator
from tests.process.product import SERVING, Product
from tests.torture.nights import MORNING, moved_to, next_moment

ASLEEP = 3.0  # seconds; long polls and sends on their way break off meanwhile


async def test_who_writes_while_it_sleeps_is_answered_once_and_the_night_is_caught_up(
    product: Product, telegram: Simulator
) -> None:
    chief = telegram.phone("Thiếu tá Sơn")
    running = await product.start(module="tests.torture.composed", TELEGRAM_RATE="3000")
    try:
        await running.until(SERVING)
        await chief.open_link((await product.asked("invite", role="ward_chief", unit="18115")).out)
        await chief.until(lambda message: "Đồng ý" in chief.buttons(message))
        await chief.press("Đồng ý")
        await chief.until(lambda _: bool(chief.keyboard))

        running.signal(signal.SIGSTOP)
        crowd = [telegram.phone(f"Người {number}") for number in range(20)]
        for phone in crowd:
            await phone.send("/start w_18115")
        await asyncio.sleep(ASLEEP)  # the sleep is what is tried here
        now = datetime.now(UTC)
        moments = [next_moment(now)]
        # The next day's morning: in that of the first one there is nothing to sum up.
        while moments[-1] < datetime.combine(ward_day(now) + timedelta(days=1), MORNING, VIETNAM):
            moments.append(next_moment(moments[-1]))
        running.signal(signal.SIGCONT)

        for phone in crowd:
            await phone.until("An Phường chào bà con")
        for moment in moments:
            running.signal(signal.SIGUSR1)
            await running.until(moved_to(moment))
        yesterday = (moments[-1].astimezone(VIETNAM) - timedelta(days=1)).strftime("%d/%m/%Y")
        await chief.until(f"Tổng hợp ngày {yesterday}")
        assert await running.stop() == 0, running.said
    finally:
        await running.kill()
    greetings = [sum("An Phường chào bà con" in m.get("text", "") for m in phone.heard) for phone in crowd]
    assert greetings == [1] * len(crowd)
    assert sum("Tổng hợp ngày" in str(m.get("caption")) for m in chief.heard) == 1
