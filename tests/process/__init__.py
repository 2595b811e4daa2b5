"""The real command line as a process of its own: what it says, when it stops, which exit code it has."""
