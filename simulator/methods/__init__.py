"""The Bot API methods the simulator serves, by what they are about."""

from simulator.methods import about, changing, chats, media, sending
from simulator.methods.registry import METHODS, SENDS, Given

__all__ = ["METHODS", "SENDS", "Given", "about", "changing", "chats", "media", "sending"]
