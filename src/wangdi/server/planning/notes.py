"""What every plan about places says of what went into it: people, institutions, travel, answers, data and packs."""

from collections.abc import Sequence

from wangdi.engine.model.fields import Field
from wangdi.engine.model.text import Text
from wangdi.methods.travel.journeys import FromFile, Journeys
from wangdi.server.evaluation.rules import pack_versions
from wangdi.server.network.models import Place
from wangdi.server.planning.asking import Asked, Question, told_answers
from wangdi.server.planning.people import Homes, Services
from wangdi.server.planning.sheets import Note
from wangdi.server.records.models import RecordVersion

SHOWN_CODES = 10


def place_note(place: Place | None) -> Note:
    label = Text("区划", "place")
    if place is None:
        return Note("place", label, Text("全部区划", "the whole register"))
    name = f"{place.name} ({place.code})"
    return Note("place", label, Text(name, name), place.code)


def home_notes(homes: Homes) -> list[Note]:
    """What is known of the people, and what is not."""
    number, people = len(homes.points), homes.people.sum()
    zh, en = f"{number} 个村，{people:,.0f} 人", f"{number} villages, {people:,.0f} people"
    if homes.counted:
        zh += f"；其中 {homes.counted} 个村台账无人口数，用在册居民数"
        en += f"; {homes.counted} have no population in the register, residents on record stand for it"
    if homes.shared:
        zh += f"；其中 {homes.shared} 个村台账无人口数，由所属乡镇的人口按在册居民分摊，老年人同样折算"
        en += (
            f"; {homes.shared} have no population in the register: that of the place above is shared out "
            "by residents on record, and the elderly likewise"
        )
    notes = [Note("people", Text("人口", "people"), Text(zh, en), float(people))]
    if homes.nowhere:
        lost = sum(homes.nowhere.values())
        text = Text(
            f"{len(homes.nowhere)} 个村没有经纬度（{lost:,.0f} 人），未计入：{_codes(list(homes.nowhere), '、')}；"
            "请在区划台账填写经度、纬度",
            f"{len(homes.nowhere)} villages have no coordinates ({lost:,.0f} people) and are left out: "
            f"{_codes(list(homes.nowhere), ', ')}; fill in lon and lat in the register of places",
        )
        notes.append(Note("nowhere", Text("缺坐标", "no coordinates"), text, list(homes.nowhere)))
    return notes


def service_note(services: Services) -> Note:
    zh, en = f"{len(services.points)} 所", f"{len(services.points)}"
    if services.borrowed:
        zh += f"；其中 {services.borrowed} 所没有自己的经纬度，用所在区划的"
        en += f"; {services.borrowed} have no coordinates of their own and lie where their place does"
    if services.nowhere:
        zh += f"；{len(services.nowhere)} 所没有坐标，未计入：{_codes(services.nowhere, '、')}"
        en += f"; {len(services.nowhere)} have none at all and are left out: {_codes(services.nowhere, ', ')}"
    return Note("institutions", Text("机构", "institutions"), Text(zh, en), len(services.points))


def _codes(codes: Sequence[str], comma: str) -> str:
    more = "…" if len(codes) > SHOWN_CODES else ""
    return comma.join(codes[:SHOWN_CODES]) + more


def travel_notes(journeys: Journeys, homes: Homes) -> list[Note]:
    """Where travel times come from, and the villages of which a file says nothing."""
    notes = [Note("travel", Text("行程时间", "travel times"), journeys.title)]
    if isinstance(journeys, FromFile):
        known = journeys.rows.origins
        without = [code for code in homes.points.codes if code not in known]
        if without:
            text = Text(
                f"文件里没有 {len(without)} 个村的任何行程，按不可及计：{_codes(without, '、')}",
                f"the file knows no way from {len(without)} villages, which count as outside: "
                f"{_codes(without, ', ')}",
            )
            notes.append(Note("holes", Text("行程缺口", "holes"), text, without))
    return notes


def answer_notes(asked: Sequence[Asked], question: Question) -> list[Note]:
    """Every number and choice the plan was made with."""
    return [
        Note(f"asked_{of.name}", title, _written(of, value), value)
        for title, value, of in told_answers(asked, question.values)
    ]


def _written(of: Field, value: object) -> Text:
    titles = {option.code: option.title for option in of.options}
    if isinstance(value, list):
        chosen = [titles[one] for one in value if one in titles]
        return Text("、".join(one.zh for one in chosen), ", ".join(one.en for one in chosen))
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, str):
        return titles.get(value, Text(value, value))
    number = f"{value:g}" if isinstance(value, int | float) else str(value)
    return Text(f"{number} {of.unit or ''}".strip(), number)


def data_notes(question: Question) -> list[Note]:
    """As of when, after which change of the store, by which versions of packs."""
    newest = RecordVersion.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    day = question.as_of.isoformat()
    versions = pack_versions()
    packs = Text(f"{len(versions)} 个规则包", f"{len(versions)} packs")
    return [
        Note(
            "as_of",
            Text("数据截至", "data as of"),
            Text(f"{day}，记录序号 {newest}", f"{day}, record {newest}"),
            day,
        ),
        Note("packs", Text("规则包版本", "packs"), packs, versions),
    ]


def solved_note(seconds: float, cpu_seconds: float) -> Note:
    text = Text(
        f"{seconds:.1f} 秒（处理器 {cpu_seconds:.1f} 秒）",
        f"{seconds:.1f} s ({cpu_seconds:.1f} s of the processor)",
    )
    return Note("seconds", Text("用时", "took"), text, round(seconds, 3))
