"""What Telegram saw of a bot: every message that was carried out, when, and how often."""

import time
from collections import defaultdict
from collections.abc import Callable

from simulator.calls import Call

Said = dict[tuple[int, str], list[float]]  # chat and words, and when (monotonic seconds)


class Wire(list[Call]):
    """Sees each call when it was carried out and its answer has not left yet; keeps little, for long campaigns."""

    def __init__(self) -> None:
        super().__init__()
        self.said: Said = defaultdict(list)
        self.last = time.monotonic()
        self.on_call: Callable[[str], None] = lambda method: None

    def append(self, call: Call) -> None:
        """One more call."""
        if call.method != "getUpdates":
            self.last = call.at
        if call.ok and call.method in ("sendMessage", "sendPhoto"):
            words = str(call.params.get("text") or call.params.get("caption") or "")
            self.said[int(call.params["chat_id"]), words].append(call.at)
        self.on_call(call.method)
