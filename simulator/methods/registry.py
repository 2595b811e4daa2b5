"""What a method gets, and the table of methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from simulator.files import Upload
from simulator.world import World


class Given(NamedTuple):
    """One checked call."""

    method: str
    params: dict[str, Any]
    files: Mapping[str, Upload]


Method = Callable[[World, Given], Any]
METHODS: dict[str, Method] = {}
SENDS: set[str] = set()
"""Methods that count against the sending rates."""


def serves(*names: str, sends: bool = False) -> Callable[[Method], Method]:
    """Registers a function for methods of these names. `sends`: it counts as a message."""

    def register(function: Method) -> Method:
        for name in names:
            METHODS[name] = function
        if sends:
            SENDS.update(names)
        return function

    return register
