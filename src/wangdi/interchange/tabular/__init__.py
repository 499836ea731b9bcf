"""Reading the spreadsheets people have into exchange tables, and telling them what to mend.

`read_tables` reads and checks, `annotate` writes the problems back into a copy of the workbook,
`write_template` makes the empty workbook to start from.
"""

from wangdi.interchange.tabular.annotate import annotate
from wangdi.interchange.tabular.catalogue import CATALOGUE
from wangdi.interchange.tabular.known import KnownCodes, KnownTables
from wangdi.interchange.tabular.problems import Note, Place, Problem, ProblemTotal
from wangdi.interchange.tabular.read import ReadResult, read_tables
from wangdi.interchange.tabular.template import write_template

__all__ = [
    "CATALOGUE",
    "KnownCodes",
    "KnownTables",
    "Note",
    "Place",
    "Problem",
    "ProblemTotal",
    "ReadResult",
    "annotate",
    "read_tables",
    "write_template",
]
