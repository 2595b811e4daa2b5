"""A Telegram on this machine: a strict Bot API server and three phones in a browser, for the demo and the tests."""

from simulator.faults import Fault, Faults
from simulator.limits import Limits
from simulator.phone import Phone
from simulator.server import TOKEN, Simulator

__all__ = ["TOKEN", "Fault", "Faults", "Limits", "Phone", "Simulator"]
