"""``wangdi plan dispatch``: whom to post where."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Annotated

import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.options import AsOf, parse_day
from wangdi.cli.output import fail
from wangdi.cli.places import place_named
from wangdi.cli.plan_documents import PlanFile, PlanFormat, PlanOutput, check_form, write_document
from wangdi.cli.plan_questions import Matrix, RoadsFile, brought_files, kept_beside, tell_kept
from wangdi.cli.wording import language, of, t
from wangdi.engine.model.text import Text
from wangdi.methods.dispatch.milp import NoPlanInTime
from wangdi.methods.problems import BadInput
from wangdi.server.planning.declaration import declaration
from wangdi.server.planning.dispatch_sheets import dispatch_document, numbers_document, title_of
from wangdi.server.planning.dispatching import UnknownCode
from wangdi.server.planning.documents import (
    SECONDS,
    Solved,
    document_of,
    moves_texts,
    solve_beside,
    solve_wish,
)
from wangdi.server.planning.naming import SEND, STAY, TOGETHER
from wangdi.server.planning.numbers import InvalidNumbers, numbers_from, parse_settings
from wangdi.server.planning.reasons import difference_texts
from wangdi.server.planning.relaxing import relaxation_rows
from wangdi.server.planning.services import keep_plan
from wangdi.server.planning.travelling import MATRIX, ROADS
from wangdi.server.planning.wishing import wish_from

Receiver = Annotated[
    str,
    typer.Option(
        "--place", metavar="CODE", help=t("为哪个区划的机构派人", "The place whose centres receive")
    ),
]
Sender = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="CODE",
        help=t("由哪个区划的医院派出，默认同 --place", "The place whose hospitals send; --place if left out"),
    ),
]
Begins = Annotated[
    date | None,
    typer.Option(
        "--begins",
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help=t("派驻开始日期，默认 --as-of 当日", "First day of the postings; --as-of if left out"),
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=NUMBER",
        help=t("改一个数，可多次；--numbers 列出全部", "Set a number, may be repeated; --numbers lists them"),
    ),
]
WhatIf = Annotated[
    list[str] | None,
    typer.Option(
        "--what-if",
        metavar="NAME=NUMBER",
        help=t("再按这些数算一次，列出差别", "Solve again with these numbers and tell the difference"),
    ),
]
Together = Annotated[
    list[str] | None,
    typer.Option(
        "--together",
        metavar="WHO+WHO",
        help=t(
            "同去同一机构的人员（姓名或编码），用 + 连接",
            "Workers (names or codes) who go to one centre, joined by +",
        ),
    ),
]
Stay = Annotated[
    list[str] | None,
    typer.Option(
        "--stay", metavar="WHO", help=t("不参加的人员，可多次", "A worker who stays, may be repeated")
    ),
]
Send = Annotated[
    list[str] | None,
    typer.Option(
        "--send",
        metavar="WHO=CENTRE",
        help=t("指定某人去某机构，可多次", "A worker and the centre to go to, may be repeated"),
    ),
]
SchemeName = Annotated[
    str | None,
    typer.Option(
        "--scheme",
        help=t("派驻方式；--numbers 列出全部", "The scheme of the postings; --numbers lists them"),
    ),
]
Batch = Annotated[
    int | None,
    typer.Option(
        "--batch", min=1, help=t("第几批，默认接着记录里的", "Which batch; the next one if left out")
    ),
]
Relax = Annotated[
    bool,
    typer.Option("--relax", help=t("列出放宽各类要求的效果", "Tell what relaxing each requirement brings")),
]
Keep = Annotated[
    bool, typer.Option("--keep", help=t("保存方案，网页可查看和采用", "Keep the plan for the pages"))
]
Longest = Annotated[float, typer.Option("--seconds", min=1, help=t("最长求解秒数", "Seconds at most"))]
Numbers = Annotated[
    bool, typer.Option("--numbers", help=t("列出可设的数", "List the numbers that may be set"))
]


def dispatch(
    as_of: AsOf,
    place: Receiver,
    sender: Sender = None,
    begins: Begins = None,
    scheme: SchemeName = None,
    batch: Batch = None,
    settings: Settings = None,
    what_if: WhatIf = None,
    together: Together = None,
    stay: Stay = None,
    send: Send = None,
    matrix: Matrix = None,
    roads: RoadsFile = None,
    relax: Relax = False,
    keep: Keep = False,
    seconds: Longest = SECONDS,
    numbers: Numbers = False,
    output: PlanOutput = PlanFormat.TABLE,
    file: PlanFile = None,
) -> None:
    form = check_form(output, file)
    require_installation()
    name = _scheme(scheme)
    if numbers:
        write_document(numbers_document(name, as_of), form, file)
        return
    receiver = place_named(place)
    written = {TOGETHER: _lines(together), STAY: _lines(stay), SEND: _lines(send)}
    with _told_clearly(seconds):
        wish = wish_from(
            receiver,
            place_named(sender) if sender else receiver,
            as_of,
            begins or as_of,
            name,
            batch,
            parse_settings(settings or []),
            written,
            brought_files({MATRIX: matrix, ROADS: roads}),
        )
        solved = solve_wish(wish, seconds=seconds)
        beside = _beside(solved, what_if or [], seconds)
    relaxed = relaxation_rows(solved, seconds=seconds) if relax else []
    write_document(dispatch_document(wish, document_of(solved), relaxed, beside), form, file)
    if keep:
        kept = Solved(
            replace(solved.dispatch, wish=replace(wish, files=kept_beside(wish.files))), solved.plan
        )
        tell_kept(keep_plan(kept, actor=None, title=of(title_of(wish))))


def _scheme(name: str | None) -> str:
    schemes = declaration().schemes
    if name is not None and name not in schemes:
        listed = ", ".join(schemes)
        raise fail(
            t(f"没有派驻方式 {name}；有：{listed}", f"there is no scheme {name}; there are {listed}"), 2
        )
    return name or declaration().first_scheme


def _lines(written: list[str] | None) -> str:
    return "\n".join(written or [])


@contextmanager
def _told_clearly(seconds: float) -> Iterator[None]:
    """Ends the command with what was wrong with the question."""
    try:
        yield
    except InvalidNumbers as error:
        raise fail("\n".join(of(text) for text in error.problems.values()), 2) from None
    except UnknownCode as error:
        raise fail(of(error.message), 2) from None
    except BadInput as error:
        raise fail(error.in_language(language()), 2) from None
    except NoPlanInTime:
        raise fail(
            t(
                f"{seconds:g} 秒内没有得到方案，请加大 --seconds",
                f"no plan within {seconds:g} s; raise --seconds",
            ),
            1,
        ) from None


def _beside(solved: Solved, changes: list[str], seconds: float) -> list[Text]:
    """What the other numbers change, in lines."""
    if not changes:
        return []
    wish = solved.dispatch.wish
    numbers = numbers_from({**wish.numbers, **parse_settings(changes)})
    after, difference = solve_beside(solved, replace(wish, numbers=numbers), seconds=seconds)
    if difference is None:
        return [Text("可派人员或机构不同，无法逐项比较", "other people or centres: nothing to compare")]
    lines = difference_texts(difference) or [Text("各项不变", "nothing changes")]
    return [*lines, *moves_texts(after.dispatch, difference)]
