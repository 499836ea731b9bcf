"""All threads of the product take their arrays from one heap, which keeps what was freed: `runners/allocator.py`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wangdi.engine.evaluate.runners.allocator import keep_freed_memory

STARTED = """
import ctypes, os, sys, threading
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "wangdi.server.config.settings"
django.setup()
import pyarrow

library = ctypes.CDLL(None)
library.malloc.restype = library.fopen.restype = ctypes.c_void_p
together = threading.Barrier(8)

def take_memory():
    together.wait()
    library.malloc(100_000)

threads = [threading.Thread(target=take_memory) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
file = ctypes.c_void_p(library.fopen(sys.argv[1].encode(), b"w"))
library.malloc_info(0, file)
library.fclose(file)
print(pyarrow.default_memory_pool().backend_name)
"""


def started(folder: Path, **environment: str) -> tuple[int, str]:
    """How many heaps the product has after eight of its threads took memory, and which allocator Arrow uses."""
    told = folder / "heaps.xml"
    given = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"}
    done = subprocess.run(
        [sys.executable, "-c", STARTED, str(told)],
        env={**given, "WANGDI_DATA": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return told.read_text().count("<heap "), done.stdout.strip()


needs_glibc = pytest.mark.skipif(not keep_freed_memory(), reason="only the heap of glibc can be arranged")


@needs_glibc
def test_threads_share_one_heap_and_so_does_arrow(tmp_path: Path) -> None:
    assert started(tmp_path) == (1, "system")


@needs_glibc
def test_the_allocator_that_an_administrator_chose_for_arrow_stays(tmp_path: Path) -> None:
    assert started(tmp_path, ARROW_DEFAULT_MEMORY_POOL="mimalloc") == (1, "mimalloc")
