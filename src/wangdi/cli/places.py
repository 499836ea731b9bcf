"""The place that a command is told by its code."""

from wangdi.cli.output import fail
from wangdi.cli.wording import t
from wangdi.server.network.models import Place


def place_named(code: str) -> Place:
    """The place of that code; ends the command when there is none."""
    found = Place.objects.filter(code=code).first()
    if found is None:
        raise fail(t(f"没有编码为 {code} 的区划", f"no place has the code {code}"), 2)
    return found
