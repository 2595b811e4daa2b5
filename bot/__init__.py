"""The process: settings, wiring, command line, intake from Telegram and delivery to Telegram."""

import sys
import types

# python-telegram-bot imports httpx, which we never use, and httpx imports its own command line with rich and pygments
# whenever they are installed: memory that a small machine would carry for nothing.
sys.modules.setdefault("httpx._main", types.ModuleType("httpx._main")).__dict__.setdefault("main", lambda: None)
