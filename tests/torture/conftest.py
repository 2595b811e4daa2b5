"""The installation of the process tests serves here too."""

from tests.process.conftest import installed

__all__ = ["installed"]
