"""``wangdi plan dispatch``: whom to post where."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.options import AsOf, parse_day
from wangdi.cli.output import errors, fail
from wangdi.cli.plan_documents import (
    Note,
    PlanDocument,
    PlanFile,
    PlanFormat,
    PlanOutput,
    Sheet,
    check_form,
    write_document,
)
from wangdi.cli.wording import t
from wangdi.methods.dispatch.milp import NoPlanInTime
from wangdi.server.network.models import Place
from wangdi.server.planning.declaration import Number, declaration
from wangdi.server.planning.dispatching import UnknownCode, Wish
from wangdi.server.planning.documents import (
    SECONDS,
    Solved,
    document_of,
    moves_texts,
    relaxation_rows,
    solve_beside,
    solve_wish,
)
from wangdi.server.planning.numbers import InvalidNumbers, numbers_from, parse_settings
from wangdi.server.planning.reasons import difference_texts
from wangdi.server.planning.services import keep_plan
from wangdi.server.planning.travel import InvalidMatrix, read_matrix


def dispatch(
    as_of: AsOf,
    place: Annotated[
        str,
        typer.Option(
            "--place", metavar="CODE", help=t("为哪个区划的机构派人", "The place whose centres receive")
        ),
    ],
    sender: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="CODE",
            help=t(
                "由哪个区划的医院派出，默认同 --place", "The place whose hospitals send; --place if left out"
            ),
        ),
    ] = None,
    begins: Annotated[
        date | None,
        typer.Option(
            "--begins",
            parser=parse_day,
            metavar="YYYY-MM-DD",
            help=t("派驻开始日期，默认 --as-of 当日", "First day of the postings; --as-of if left out"),
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=NUMBER",
            help=t(
                "改一个数，可多次；--numbers 列出全部", "Set a number, may be repeated; --numbers lists them"
            ),
        ),
    ] = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            "--what-if",
            metavar="NAME=NUMBER",
            help=t("再按这些数算一次，列出差别", "Solve again with these numbers and tell the difference"),
        ),
    ] = None,
    together: Annotated[
        list[str] | None,
        typer.Option(
            "--together",
            metavar="CODE+CODE",
            help=t("同去同一机构的人员编码，用 + 连接", "Codes of workers who go to one centre, joined by +"),
        ),
    ] = None,
    matrix: Annotated[
        Path | None,
        typer.Option(
            "--travel",
            exists=True,
            dir_okay=False,
            help=t("行程文件 csv：from,to,km,minutes", "Travel as csv: from,to,km,minutes"),
        ),
    ] = None,
    relax: Annotated[
        bool,
        typer.Option(
            "--relax", help=t("列出放宽各类要求的效果", "Tell what relaxing each requirement brings")
        ),
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help=t("保存方案，网页可查看和采用", "Keep the plan for the pages"))
    ] = False,
    seconds: Annotated[
        float, typer.Option("--seconds", min=1, help=t("最长求解秒数", "Seconds at most"))
    ] = SECONDS,
    numbers: Annotated[
        bool, typer.Option("--numbers", help=t("列出可设的数", "List the numbers that may be set"))
    ] = False,
    output: PlanOutput = PlanFormat.TABLE,
    file: PlanFile = None,
) -> None:
    form = check_form(output, file)
    require_installation()
    if numbers:
        write_document(_numbers_document(), form, file)
        return
    try:
        wish = _wish(place, sender, as_of, begins, settings or [], together or [], matrix)
        solved = solve_wish(wish, seconds=seconds)
        beside = _beside(solved, what_if or [], seconds)
    except (InvalidNumbers, UnknownCode, InvalidMatrix) as error:
        raise fail(_told(error), 2) from None
    except NoPlanInTime:
        raise fail(
            t(
                f"{seconds:g} 秒内没有得到方案，请加大 --seconds",
                f"no plan within {seconds:g} s; raise --seconds",
            ),
            1,
        ) from None
    write_document(_document(solved, beside, relax, seconds), form, file)
    if keep:
        kept = keep_plan(solved, actor=None, title=_title(solved))
        errors.print(t(f"已保存为方案 {kept.pk}", f"kept as plan {kept.pk}"), highlight=False)


dispatch.__doc__ = t(
    "医师派驻方案：先覆盖每个机构，再满足需要，再轮派公平、行程均衡，再路程最短、少变动；每步都给出理论界限，每个未覆盖机构都说明原因。",
    "Whom to post where: every centre covered first, then needs met, then turns and travel shared, then short travel and "
    "little change; with the bound of each, and the reason for every centre left uncovered.",
)


def _told(error: Exception) -> str:
    if isinstance(error, InvalidNumbers):
        return "\n".join(t(text.zh, text.en) for text in error.problems.values())
    if isinstance(error, UnknownCode):
        return t(f"不在可派人员或接收机构中：{error}", f"not among who may go or the centres: {error}")
    return str(error)


def _wish(
    place: str,
    sender: str | None,
    as_of: date,
    begins: date | None,
    settings: list[str],
    together: list[str],
    matrix: Path | None,
) -> Wish:
    receiver = _place(place)
    return Wish(
        place=receiver,
        sender=_place(sender) if sender else receiver,
        as_of=as_of,
        begins=begins or as_of,
        numbers=numbers_from(parse_settings(settings)),
        travel=read_matrix(matrix) if matrix else None,
        together=tuple(tuple(group.split("+")) for group in together),
    )


def _place(code: str) -> Place:
    found = Place.objects.filter(code=code).first()
    if found is None:
        raise fail(t(f"没有编码为 {code} 的区划", f"there is no place {code}"), 2)
    return found


def _beside(solved: Solved, changes: list[str], seconds: float) -> list[str]:
    """What the other numbers change, in lines."""
    if not changes:
        return []
    wish = solved.dispatch.wish
    numbers = numbers_from({**wish.numbers, **parse_settings(changes)})
    other = Wish(wish.place, wish.sender, wish.as_of, wish.begins, numbers, wish.travel, wish.together)
    after, difference = solve_beside(solved, other, seconds=seconds)
    if difference is None:
        return [t("可派人员或机构不同，无法逐项比较", "other people or centres: nothing to compare")]
    lines = [t(text.zh, text.en) for text in difference_texts(difference)]
    moves = [t(text.zh, text.en) for text in moves_texts(after.dispatch, difference)]
    return [*(lines or [t("各项不变", "nothing changes")]), *moves]


def _title(solved: Solved) -> str:
    name = solved.dispatch.wish.place.name
    return t(f"{name}医师派驻方案", f"Postings in {name}")


def _document(solved: Solved, beside: list[str], relax: bool, seconds: float) -> PlanDocument:
    kept = document_of(solved)
    sheets = [_postings_sheet(kept), _centres_sheet(kept)]
    if kept["uncovered"]:
        sheets.append(_uncovered_sheet(kept))
    if relax:
        rows = relaxation_rows(solved, seconds=seconds)
        table = {
            "requirement": [_say(row["title"]) for row in rows],
            "brings": [t("；", "; ").join(_say(one) for one in row["brings"]) for row in rows],
        }
        headings = {"requirement": t("放宽的要求", "requirement"), "brings": t("效果", "brings")}
        sheets.append(
            Sheet("relaxing", t("放宽要求的效果", "What relaxing brings"), pa.table(table), headings)
        )
    if beside:
        headings = {"difference": t("差别", "difference")}
        sheets.append(
            Sheet("what_if", t("换数再算", "With other numbers"), pa.table({"difference": beside}), headings)
        )
    return PlanDocument(_title(solved), _notes(solved, kept), sheets)


def _notes(solved: Solved, kept: dict[str, Any]) -> list[Note]:
    wish = solved.dispatch.wish
    notes = [
        Note("as_of", t("数据截至", "as of"), wish.as_of.isoformat()),
        Note(
            "begins", t("派驻期", "postings"), f"{wish.begins} – {wish.period.ends}", wish.begins.isoformat()
        ),
        Note("travel", t("行程", "travel"), _say(kept["travel"])),
        *(
            Note(
                name,
                t(number.title.zh, number.title.en),
                f"{wish.numbers[name]:g} {_unit(number)}",
                wish.numbers[name],
            )
            for name, number in declaration().numbers.items()
        ),
        Note("doctors", t("可派人员", "who may go"), str(kept["doctors"]), kept["doctors"]),
        Note("away", t("不在岗未列入", "away, left out"), str(kept["away"]), kept["away"]),
    ]
    for level in kept["levels"]:
        bound = (
            ""
            if level["bound"] == level["value"]
            else t(f"（界限 {_say(level['shown_bound'])}）", f" (bound {_say(level['shown_bound'])})")
        )
        notes.append(Note(level["name"], _say(level["title"]), _say(level["shown"]) + bound, level["value"]))
    proved = (
        t("已证明最优", "proved the best")
        if kept["is_proved"]
        else t(f"距界限 {kept['gap']:.2%}", f"gap {kept['gap']:.2%}")
    )
    notes.append(
        Note(
            "proof",
            t("求解", "solved"),
            f"{kept['method']}, {kept['seconds']:.2f} s, {proved}",
            kept["is_proved"],
        )
    )
    notes += [
        Note(f"missed_{at}", t("未满足", "missed"), _say(text)) for at, text in enumerate(kept["shortfalls"])
    ]
    if kept["unplaced"]:
        notes.append(Note("unplaced", t("没有坐标", "no coordinates"), t("、", ", ").join(kept["unplaced"])))
    return notes


def _unit(number: Number) -> str:
    return t(number.unit.zh, number.unit.en) if number.unit else ""


def _say(text: dict[str, str]) -> str:
    return t(text["zh"], text["en"])


def _postings_sheet(kept: dict[str, Any]) -> Sheet:
    rows = kept["postings"]
    columns = {
        "centre": t("机构", "centre"),
        "centre_name": t("机构名称", "name"),
        "doctor": t("人员", "doctor"),
        "name": t("姓名", "name of doctor"),
        "specialty": t("专业", "specialty"),
        "hospital_name": t("派出医院", "hospital"),
    }
    table: dict[str, Any] = {name: [row[name] for row in rows] for name in columns}
    table["km"] = [round(row["metres"] / 1000, 1) for row in rows]
    table["minutes"] = [row["minutes"] for row in rows]
    table["runs_already"] = [row["runs_already"] for row in rows]
    table["because"] = [_say(row["because"]) for row in rows]
    more = {
        "km": t("公里", "km"),
        "minutes": t("分钟", "minutes"),
        "runs_already": t("已在派", "runs already"),
        "because": t("理由", "why"),
    }
    return Sheet("postings", t("派驻", "Postings"), pa.table(table), columns | more)


def _centres_sheet(kept: dict[str, Any]) -> Sheet:
    columns = {
        "code": t("机构", "centre"),
        "name": t("名称", "name"),
        "wanted": t("应有", "wanted"),
        "before": t("现有派驻", "before"),
        "after": t("派驻后", "after"),
    }
    table: dict[str, Any] = {name: [row[name] for row in kept["centres"]] for name in columns}
    table["needs"] = [t("、", ", ").join(row["needs"]) for row in kept["centres"]]
    return Sheet(
        "centres",
        t("机构", "Centres"),
        pa.table(table),
        columns | {"needs": t("缺少专业", "specialties lacking")},
    )


def _uncovered_sheet(kept: dict[str, Any]) -> Sheet:
    rows = kept["uncovered"]
    table = {
        "code": [row["code"] for row in rows],
        "name": [row["name"] for row in rows],
        "because": [_say(row["because"]) for row in rows],
        "remedies": [t("；", "; ").join(_say(one) for one in row["remedies"]) for row in rows],
    }
    headings = {
        "code": t("机构", "centre"),
        "name": t("名称", "name"),
        "because": t("原因", "why"),
        "remedies": t("怎样才能覆盖", "what would cover it"),
    }
    return Sheet("uncovered", t("未覆盖的机构", "Uncovered centres"), pa.table(table), headings)


def _numbers_document() -> PlanDocument:
    declared = declaration().numbers
    table = {
        "name": list(declared),
        "title": [t(number.title.zh, number.title.en) for number in declared.values()],
        "unit": [_unit(number) for number in declared.values()],
        "default": [number.default for number in declared.values()],
        "least": [number.least for number in declared.values()],
        "most": [number.most for number in declared.values()],
    }
    headings = {
        "name": t("名称", "name"),
        "title": t("含义", "meaning"),
        "unit": t("单位", "unit"),
        "default": t("默认", "default"),
        "least": t("最小", "least"),
        "most": t("最大", "most"),
    }
    title = t("可设的数（默认值为示例，待各县核定）", "Numbers that may be set (defaults are samples)")
    return PlanDocument(title, [], [Sheet("numbers", title, pa.table(table), headings)])
