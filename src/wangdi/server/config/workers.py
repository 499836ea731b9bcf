"""``python -m``: granian, whose workers can be stopped from their first moment.

Granian takes SIGTERM over for itself before it forks its workers, and each takes it over in turn only when its
application is there, after seconds. A worker that was told to stop in between noted it where nobody looked, served on, and
its parent waited for it for good. So SIGTERM ends a new worker until the worker knows what else to do.
"""

import os
import runpy
import signal


def _end_when_told_to() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


if __name__ == "__main__":
    if hasattr(os, "register_at_fork"):  # elsewhere processes begin anew and inherit nothing
        os.register_at_fork(after_in_child=_end_when_told_to)
    runpy.run_module("granian", run_name="__main__")
