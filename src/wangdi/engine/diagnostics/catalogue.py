"""Every code a pack author may meet, with the mistake it stands for and the mend.

The tests have one broken pack for each.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    code: str
    title: str
    mend: str


_ALL = (
    Code(
        "W1001",
        "The file is no YAML",
        "Mend the YAML at the place named; often an indentation or a missing quote.",
    ),
    Code("W1002", "A key stands twice", "Keep one of them; YAML would silently take the last."),
    Code("W1003", "A key is unknown", "Use one of the allowed keys named in the hint."),
    Code("W1004", "A key is missing", "Add the key named in the message."),
    Code("W1005", "A value has the wrong shape", "Write the value as the message says."),
    Code(
        "W1006",
        "A name is not well formed",
        "Names are lower-case Latin letters, digits and _, and no word of the expression language.",
    ),
    Code(
        "W2001",
        "An expression cannot be read",
        "Mend the expression at the place named; it is a SQL condition.",
    ),
    Code(
        "W2002",
        "An expression uses something that rules do not have",
        "Use the closed language: no sub-queries, casts, patterns.",
    ),
    Code("W2003", "A name is unknown", "Define it, or correct its spelling; the hint names the nearest."),
    Code("W2004", "A function is unknown", "Use one of the functions of the language."),
    Code("W2005", "The types do not fit", "Compare and combine only values of the same sort."),
    Code(
        "W2006",
        "Names depend on each other in a circle",
        "Break the circle: a value cannot use itself, even through others.",
    ),
    Code(
        "W2104",
        "A record kind is unknown",
        "Declare the kind in this pack or another one, or correct its spelling.",
    ),
    Code("W2105", "A group is unknown", "Declare the group, or correct its spelling."),
    Code("W2106", "A source is unknown", "List the document under 'sources' and use its name."),
    Code(
        "W2107",
        "Two packs define the same name",
        "Rename one: kinds, groups, schedules and indicators are shared by all packs.",
    ),
    Code(
        "W2108",
        "A local name hides another one",
        "Rename it, so that every name has one meaning in its pack.",
    ),
    Code("W2110", "The rule mixes entities", "A rule is about one entity; use facts of that entity."),
    Code("W2111", "Presence is defined twice", "Keep one definition of who is present per entity."),
    Code(
        "W3001",
        "A field is declared inconsistently",
        "Options belong to choices, limits to numbers; no column of every record is declared again.",
    ),
    Code(
        "W3002",
        "A parameter is declared inconsistently",
        "Dates rise from one value to the next; values are of one type.",
    ),
    Code(
        "W3003",
        "A schedule is declared inconsistently",
        "The last interval stands without a condition; leads are in days; after is a latest fact.",
    ),
    Code(
        "W3050",
        "The adoption is declared inconsistently",
        "Only packs with 'adoption: by_place' have editions, for a place to adopt one of them.",
    ),
)

CODES = {code.code: code for code in _ALL}
