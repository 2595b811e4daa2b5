"""Alarms of a serving process: it looks at itself every few seconds, and tells whoever can mend it, not by Telegram."""

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp
import orjson

from bot.api import Api, Failure
from bot.settings import Settings
from domain.alarms import Alarm, Bell, Ring, wrong
from domain.vitals import Vitals
from locales import Words, words

log = logging.getLogger(__name__)

SETTLE = 60.0  # seconds after the start in which what an outage has left is caught up with
LOOK = 15.0  # seconds between looks
ASK = 60.0  # seconds after which Telegram is asked, when nobody else has asked it anything
BEAT = 60.0  # seconds between signs of life
CHILD_SECONDS = 60.0
PAUSES = (2.0, 15.0, 60.0, 300.0)  # seconds between attempts to tell; the last for as long as it takes


@dataclass(frozen=True)
class Ways:
    """How operators are told: `urls` (apprise's) in their words; `heartbeat` is asked for while all is well."""

    urls: Sequence[str]
    heartbeat: str
    said: Words

    @classmethod
    def of(cls, settings: Settings) -> "Ways":
        """As the settings say."""
        return cls(settings.alarm_ways, settings.heartbeat_url.get_secret_value(), words(settings.operator_language))


class Alarms:
    """Which alarms stand; they are told by `ways`, and `name` says of which installation. `look` gives vital signs."""

    def __init__(
        self,
        look: Callable[[], Awaitable[Vitals]],
        api: Api,
        ways: Ways,
        name: Callable[[], str],
        *,
        settle: float = SETTLE,
        every: float = LOOK,
    ) -> None:
        self._look = look
        self._api = api
        self._ways = ways
        self._name = name
        self._settle = settle
        self._every = every
        self._bell = Bell()
        self._rings: asyncio.Queue[Ring] = asyncio.Queue()

    @property
    def standing(self) -> frozenset[Alarm]:
        """Alarms that have begun and are not over."""
        return frozenset(self._bell.standing)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`."""
        tasks = [asyncio.create_task(work) for work in (self._watch(), self._ask(), self._tell(), self._beat())]
        try:
            await stop.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self) -> None:
        await asyncio.sleep(self._settle)
        while True:
            try:
                await self._listen()
            except Exception:
                # A watchman who stumbles must not fall asleep.
                log.exception("a look at the process failed")
            await asyncio.sleep(self._every)

    async def _listen(self) -> None:
        """One look: what begins or ends is logged and will be told."""
        self._bell, rings = self._bell.hear(wrong(await self._look()), time.monotonic())
        for ring in rings:
            told = {"alarm": ring.alarm.value, "kind": ring.kind}
            (log.info if ring.kind == "over" else log.error)("alarm %(alarm)s %(kind)s", told)
            if self._ways.urls:
                self._rings.put_nowait(ring)

    async def _ask(self) -> None:
        """With a webhook and nothing to send, nobody would notice that Telegram is away."""
        while True:
            await asyncio.sleep(self._every)
            if time.monotonic() - self._api.heard_at > ASK:
                try:
                    await self._api.call("getMe", timeout=10.0)
                except Failure as error:
                    log.info("Telegram is silent: %s", error)

    async def _tell(self) -> None:
        while True:
            ring = await self._rings.get()
            left, tries = self._ways.urls, 0
            while left:
                left = await self._told(ring, left)
                if left:
                    told = {"alarm": ring.alarm.value, "ways": len(left)}
                    log.error("alarm %(alarm)s could not be told on %(ways)d of its ways", told)
                    await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
                    tries += 1

    async def _told(self, ring: Ring, urls: Sequence[str]) -> Sequence[str]:
        """One attempt at all of them; returns those to try again."""
        said = self._ways.said
        try:
            title = said.say(f"alarm.{ring.kind}", name=self._name())
            return await tell(urls, title, said.say(f"alarm.{ring.alarm.value}"))
        except Exception as error:
            # Without a file handle or memory there is no child, nor even words: just then somebody must hear of it.
            log.error("an attempt to tell an alarm failed: %s", type(error).__name__)
            return urls

    async def _beat(self) -> None:
        """A sign of life, as long as nothing is wrong: whoever waits for it notices our death and our alarms alike."""
        if not self._ways.heartbeat:
            return
        await asyncio.sleep(self._every)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10.0)) as session:
            while True:
                if not self.standing:
                    try:
                        async with session.get(self._ways.heartbeat):
                            pass
                    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                        log.warning("the sign of life did not arrive: %s", type(error).__name__)
                await asyncio.sleep(BEAT)


async def tell(urls: Sequence[str], title: str, body: str | None) -> list[str]:
    """Tells `urls` and returns those that did not take it. Without a body: those that can't be understood."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.ringing"), stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        order = orjson.dumps({"urls": list(urls), "title": title, "body": body})
        said, _ = await asyncio.wait_for(child.communicate(order), CHILD_SECONDS)
        return [urls[place] for place in orjson.loads(said)]
    except (TimeoutError, orjson.JSONDecodeError):
        return list(urls)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
