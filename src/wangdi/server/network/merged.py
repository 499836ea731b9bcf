"""Codes of residents' files that were merged into another: files on the way and phones may still have them."""

from wangdi.server.network.models import Resident


def current_code(code: str) -> str:
    """The code of the file that stands for this one; itself where it was not merged, and where there is none."""
    into = Resident.all_files.filter(code=code, merged_into__isnull=False).values_list(
        "merged_into__code", flat=True
    )
    return into.first() or code
