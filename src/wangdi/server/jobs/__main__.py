"""``python -m wangdi.server.jobs NUMBER``: the process of one job."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangdi.server.config.settings")
django.setup()

from wangdi.server.jobs.running import run_job  # noqa: E402

if __name__ == "__main__":
    run_job(int(sys.argv[1]))
