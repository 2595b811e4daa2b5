"""What the child may use: enough for a large photo, and no file, no socket, no core dump."""

import os
import resource
import sys

MEMORY = 512 * 1024 * 1024  # bytes of address space
SECONDS = 25  # of computing


def confine() -> None:
    """From here on this process can only compute, read its input and write to its output."""
    os.nice(10)  # whoever waits for an answer comes first
    if sys.platform == "linux":  # macOS refuses this limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    for none in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_NOFILE):
        resource.setrlimit(none, (0, 0))
