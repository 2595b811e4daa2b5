"""How fast: this bot beside others that do the same job, on one machine, in one run."""
