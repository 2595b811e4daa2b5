"""The installation of the process tests serves here too, and so do their forks."""

from tests.process.conftest import forks, installed

__all__ = ["forks", "installed"]
