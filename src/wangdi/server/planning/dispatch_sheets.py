"""A plan of postings as a document with tables: for the terminal and for workbooks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wangdi.engine.model.text import Text
from wangdi.server.planning.declaration import declaration
from wangdi.server.planning.dispatching import Wish
from wangdi.server.planning.numbers import default_numbers
from wangdi.server.planning.sheets import Cell, Document, Note, Sheet

COMMA, SEMICOLON, NONE = Text("、", ", "), Text("；", "; "), Text("—", "—")


def dispatch_document(
    wish: Wish,
    kept: Mapping[str, Any],
    relaxed: Sequence[Mapping[str, Any]] = (),
    beside: Sequence[Text] = (),
) -> Document:
    """``kept``: what `documents.document_of` gave; ``relaxed``: `documents.relaxation_rows`; ``beside``: lines of what
    other numbers change."""
    sheets = [_postings(kept), _centres(kept)]
    of_parts = ((_uncovered, "uncovered"), (_quotas, "quotas"), (_rounds, "rounds"), (_people, "people"))
    sheets += [sheet(kept) for sheet, part in of_parts if kept.get(part)]
    if relaxed:
        sheets.append(_relaxing(relaxed))
    if beside:
        rows = [{"difference": line} for line in beside]
        columns = {"difference": Text("差别", "difference")}
        sheets.append(Sheet("what_if", Text("换数再算", "With other numbers"), columns, rows))
    return Document(title_of(wish), _notes(wish, kept), sheets)


def title_of(wish: Wish) -> Text:
    title = wish.scheme_declared.title
    return Text(f"{wish.place.name}{title.zh}方案", f"{title.en} in {wish.place.name}")


def _notes(wish: Wish, kept: Mapping[str, Any]) -> list[Note]:
    begins, days = wish.begins.isoformat(), f"{wish.begins} – {wish.period.ends}"
    return [
        Note("as_of", Text("数据截至", "as of"), _same(wish.as_of.isoformat())),
        Note("begins", Text("派驻期", "postings"), _same(days), begins),
        Note("scheme", Text("派驻方式", "scheme"), wish.scheme_declared.title.text, wish.scheme_name),
        *([Note("batch", Text("批次", "batch"), _same(str(wish.batch)), wish.batch)] if wish.batch else []),
        Note("travel", Text("行程", "travel"), _text(kept["travel"])),
        *_by_hand(wish, kept),
        *_numbers(wish),
        Note("doctors", Text("可派人员", "who may go"), _same(str(kept["doctors"])), kept["doctors"]),
        Note("away", Text("不在岗未列入", "away, left out"), _same(str(kept["away"])), kept["away"]),
        *map(_level, kept["levels"]),
        _proof(kept),
        *(
            Note(f"missed_{at}", Text("未满足", "missed"), _text(text))
            for at, text in enumerate(kept["shortfalls"])
        ),
        *([Note("nobody", Text("没有新派", "nobody new"), _text(kept["nobody"]))] if kept["nobody"] else []),
        *([_unplaced(kept["unplaced"])] if kept["unplaced"] else []),
    ]


def _unplaced(names: Sequence[str]) -> Note:
    listed = _joined(names)
    text = Text(
        f"{listed.zh}；请在机构台账填写经度、纬度 后重新计算，或用 --matrix 给出行程时间",
        f"{listed.en}; fill in lon and lat in the register of institutions and solve again, or give --matrix",
    )
    return Note("unplaced", Text("没有坐标", "no coordinates"), text, list(names))


def _by_hand(wish: Wish, kept: Mapping[str, Any]) -> list[Note]:
    """What was settled about people: groups with where they go, who stays, who was sent."""
    names = {row["code"]: row["name"] for row in kept.get("people", ())}
    found = [
        Note(f"group_{at}", Text("同去一处", "together"), _group(row), row["names"])
        for at, row in enumerate(kept.get("groups", ()))
    ]
    if wish.stay:
        stay = _joined([names.get(code, code) for code in sorted(wish.stay)])
        found.append(Note("stay", Text("不参加的人", "kept home"), stay, sorted(wish.stay)))
    if wish.pinned:
        sent = _joined([f"{names.get(code, code)} → {centre}" for code, centre in wish.pinned.items()])
        found.append(Note("send", Text("手工指定", "sent by hand"), sent, dict(wish.pinned)))
    return found


def _group(row: Mapping[str, Any]) -> Text:
    names, why = _joined(row["names"]), _text(row["because"])
    return Text(f"{names.zh}：{why.zh}", f"{names.en}: {why.en}")


def _numbers(wish: Wish) -> list[Note]:
    return [
        Note(
            name,
            number.title.text,
            Text(
                f"{wish.numbers[name]:g} {number.unit.zh if number.unit else ''}",
                f"{wish.numbers[name]:g} {number.unit.en if number.unit else ''}",
            ),
            wish.numbers[name],
        )
        for name, number in declaration().numbers.items()
    ]


def _level(level: Mapping[str, Any]) -> Note:
    shown, bound = _text(level["shown"]), _text(level["shown_bound"])
    if level["bound"] != level["value"]:
        shown = Text(f"{shown.zh}（界限 {bound.zh}）", f"{shown.en} (bound {bound.en})")
    return Note(level["name"], _text(level["title"]), shown, level["value"])


def _proof(kept: Mapping[str, Any]) -> Note:
    proved = (
        Text("已证明最优", "proved the best")
        if kept["is_proved"]
        else Text(f"距界限 {kept['gap']:.2%}", f"gap {kept['gap']:.2%}")
    )
    how = f"{kept['method']}, {kept['seconds']:.2f} s, "
    return Note("proof", Text("求解", "solved"), Text(how + proved.zh, how + proved.en), kept["is_proved"])


def _same(text: str) -> Text:
    return Text(text, text)


def _text(kept: Mapping[str, str]) -> Text:
    return Text(kept["zh"], kept["en"])


def _joined(names: Sequence[str]) -> Text:
    return Text(COMMA.zh.join(names), COMMA.en.join(names)) if names else NONE


def _all(texts: Sequence[Mapping[str, str]]) -> Text:
    found = [_text(one) for one in texts]
    if not found:
        return NONE
    return Text(SEMICOLON.zh.join(one.zh for one in found), SEMICOLON.en.join(one.en for one in found))


def _postings(kept: Mapping[str, Any]) -> Sheet:
    columns = {
        "centre": Text("机构", "centre"),
        "centre_name": Text("机构名称", "name"),
        "doctor": Text("人员", "doctor"),
        "name": Text("姓名", "name of doctor"),
        "specialty": Text("专业", "specialty"),
        "hospital_name": Text("派出医院", "hospital"),
        "km": Text("公里", "km"),
        "minutes": Text("分钟", "minutes"),
        "begins": Text("自", "from"),
        "ends": Text("至", "to"),
        "earlier": Text("此前派驻次数", "posted before"),
        "runs_already": Text("已在派", "runs already"),
        "because": Text("理由", "why"),
    }
    rows = [
        {**row, "km": round(row["metres"] / 1000, 1), "because": _text(row["because"])}
        for row in kept["postings"]
    ]
    return Sheet("postings", Text("派驻", "Postings"), columns, rows)


def _centres(kept: Mapping[str, Any]) -> Sheet:
    columns = {
        "code": Text("机构", "centre"),
        "name": Text("名称", "name"),
        "wanted": Text("应有", "wanted"),
        "before": Text("现有派驻", "before"),
        "after": Text("派驻后", "after"),
        "needs": Text("缺少专业", "specialties lacking"),
    }
    rows = [{**row, "needs": _joined(row["needs"])} for row in kept["centres"]]
    return Sheet("centres", Text("机构", "Centres"), columns, rows)


def _uncovered(kept: Mapping[str, Any]) -> Sheet:
    columns = {
        "code": Text("机构", "centre"),
        "name": Text("名称", "name"),
        "because": Text("原因", "why"),
        "remedies": Text("怎样才能覆盖", "what would cover it"),
    }
    rows = [
        {**row, "because": _text(row["because"]), "remedies": _all(row["remedies"])}
        for row in kept["uncovered"]
    ]
    return Sheet("uncovered", Text("未覆盖的机构", "Uncovered centres"), columns, rows)


def _quotas(kept: Mapping[str, Any]) -> Sheet:
    columns = {
        "code": Text("医院", "hospital"),
        "name": Text("名称", "name"),
        "hired": Text("本年新招聘", "hired this year"),
        "asked": Text("应派驻", "to be posted"),
        "before": Text("已派驻", "posted before"),
        "now": Text("本次派驻", "posted now"),
        "short": Text("还差", "short"),
    }
    return Sheet(
        "quotas", Text("新招聘医师派驻比例", "Quota of doctors hired this year"), columns, kept["quotas"]
    )


def _rounds(kept: Mapping[str, Any]) -> Sheet:
    columns = {
        "earlier": Text("此前派驻次数", "posted before"),
        "doctors": Text("可派人员", "who may go"),
        "go": Text("本次新派", "go now"),
        "posted": Text("已在派", "posted already"),
        "stay": Text("留下", "stay"),
    }
    return Sheet("rounds", Text("轮派", "Rounds"), columns, kept["rounds"])


def _people(kept: Mapping[str, Any]) -> Sheet:
    columns = {
        "code": Text("人员", "doctor"),
        "name": Text("姓名", "name"),
        "title": Text("职称", "title"),
        "specialty": Text("专业", "specialty"),
        "hospital_name": Text("医院", "hospital"),
        "earlier": Text("此前派驻次数", "posted before"),
        "is_new": Text("本年新招聘", "hired this year"),
        "last": Text("上次派驻机构", "last centre"),
        "until": Text("现派驻至", "posted until"),
        "goes": Text("本方案", "this plan"),
        "runs_already": Text("已在派", "runs already"),
        "kept_home": Text("不参加", "kept home"),
    }
    rows = [{**row, "title": _text(row["title"])} for row in kept["people"]]
    return Sheet("people", Text("可派人员", "Who may go"), columns, rows)


def _relaxing(relaxed: Sequence[Mapping[str, Any]]) -> Sheet:
    columns = {"requirement": Text("放宽的要求", "requirement"), "brings": Text("效果", "brings")}
    rows = [{"requirement": _text(row["title"]), "brings": _all(row["brings"])} for row in relaxed]
    return Sheet("relaxing", Text("放宽要求的效果", "What relaxing brings"), columns, rows)


def numbers_document(scheme: str, day: date) -> Document:
    """The numbers that may be set, with their defaults in a scheme on a day; the schemes there are."""
    columns = {
        "name": Text("名称", "name"),
        "title": Text("含义", "meaning"),
        "unit": Text("单位", "unit"),
        "default": Text("默认", "default"),
        "least": Text("最小", "least"),
        "most": Text("最大", "most"),
    }
    defaults = default_numbers(scheme, day)
    rows = [
        {
            "name": name,
            "title": number.title.text,
            "unit": number.unit.text if number.unit else "",
            "default": defaults[name],
            "least": number.least,
            "most": number.most,
        }
        for name, number in declaration().numbers.items()
    ]
    title = Text("可设的数（默认值为示例，待各县核定）", "Numbers that may be set (defaults are samples)")
    return Document(title, [], [Sheet("numbers", title, columns, rows), _schemes(scheme)])


def _schemes(chosen: str) -> Sheet:
    columns = {
        "name": Text("名称", "name"),
        "title": Text("派驻方式", "scheme"),
        "chosen": Text("上表的默认值", "defaults above"),
    }
    rows: list[dict[str, Cell]] = [
        {"name": name, "title": scheme.title.text, "chosen": name == chosen}
        for name, scheme in declaration().schemes.items()
    ]
    return Sheet("schemes", Text("派驻方式（--scheme）", "Schemes (--scheme)"), columns, rows)
