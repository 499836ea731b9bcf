"""One module per contender, each with ``measure(setting)``; every one runs in a process of its own."""
