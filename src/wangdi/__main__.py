"""``python -m wangdi`` is the ``wangdi`` command."""

from wangdi.cli.main import run

if __name__ == "__main__":
    run()
