"""Reasons in sentences: why this doctor goes there, why a centre gets nobody, what would have to give."""

from collections.abc import Mapping

from wangdi.engine.model.registers import WORKER
from wangdi.engine.model.text import Text
from wangdi.methods.dispatch.changes import Difference
from wangdi.methods.dispatch.plan import Shortfall
from wangdi.methods.dispatch.postings import Gives, Posting
from wangdi.methods.dispatch.problem import Level
from wangdi.methods.dispatch.uncovered import Uncovered, Why
from wangdi.server.planning.dispatching import Dispatch
from wangdi.server.planning.handover import Strain
from wangdi.server.planning.travel import METRES

LEVELS: Mapping[Level, Text] = {
    Level.BROKEN: Text("未满足的要求", "Requirements missed"),
    Level.UNCOVERED: Text("未覆盖的机构", "Centres without a doctor"),
    Level.UNMET: Text("未满足的需要", "Needs not met"),
    Level.REPEATED: Text("派出人员此前派驻次数合计", "Earlier postings of those who go"),
    Level.FARTHEST: Text("最远行程", "Longest travel"),
    Level.DISTANCE: Text("行程合计", "Travel in all"),
    Level.CHANGED: Text("以前派驻过、这次不回原机构的人数", "Posted before, and not back at that centre"),
    Level.MOVED: Text("与原方案不同的派驻", "Postings unlike the plan before"),
}

_UNITS: Mapping[Level, Text] = {
    Level.BROKEN: Text("项", "units"),
    Level.UNCOVERED: Text("个", "centres"),
    Level.UNMET: Text("项", "needs"),
    Level.REPEATED: Text("次", "times"),
    Level.CHANGED: Text("人", "doctors"),
    Level.MOVED: Text("人", "doctors"),
}

FAMILIES: Mapping[str, Text] = {
    "hospital_floor": Text("医院留守比例", "Share who stay at a hospital"),
    "department_floor": Text("专业留守人数", "Doctors of a specialty who stay"),
    "tcm_least": Text("中医药人员至少派驻人数", "Least number of workers of Chinese medicine"),
    "new_quota": Text("新招聘医师派驻比例", "Quota of doctors hired this year"),
    "new_most": Text("本次最多新派人数", "Most new postings"),
    "senior_share": Text("副高及以上占比", "Share of seniors in each county"),
    "one_hospital_most": Text("一家医院最多占比", "Most from one hospital in a county"),
    "fixed": Text("已派驻或手工指定的人员留任", "Those posted already, or sent by hand, stay"),
}


def amount(level: Level, value: float) -> Text:
    """A value of a level with its unit; distances in kilometres."""
    if level in (Level.FARTHEST, Level.DISTANCE):
        written = f"{value / METRES:,.1f}"
        return Text(f"{written} 公里", f"{written} km")
    unit = _UNITS[level]
    return Text(f"{value:,.0f} {unit.zh}", f"{value:,.0f} {unit.en}")


def km(metres: int) -> str:
    return f"{metres / METRES:.1f}"


def posting_reason(dispatch: Dispatch, posting: Posting) -> Text:
    """What the centre lacked, how far it is, and why those who live nearer do not go."""
    if posting.gives is Gives.STAYS:
        return _stays(dispatch, posting)
    why = _goes_on(dispatch, posting) or _gives(dispatch, posting)
    nearer = _nearer(posting)
    turn = _turn(posting)
    distance = km(posting.distance)
    return Text(
        f"{why.zh}；行程约 {distance} 公里{nearer.zh}{turn.zh}。",
        f"{why.en}; about {distance} km{nearer.en}{turn.en}.",
    )


def _stays(dispatch: Dispatch, posting: Posting) -> Text:
    doctor, distance = dispatch.inputs.doctors[posting.doctor], km(posting.distance)
    if doctor.worker.code in dispatch.wish.pinned:
        meets = _meets(dispatch, posting)
        zh, en = (
            (f"，该机构缺这个专业{meets.zh}", f"; the centre lacks this specialty{meets.en}")
            if meets
            else ("", "")
        )
        return Text(f"由人工指定{zh}；行程约 {distance} 公里。", f"Sent by hand{en}; about {distance} km.")
    return Text(
        f"已在该机构派驻，继续留任；行程约 {distance} 公里。", f"Posted there already; about {distance} km."
    )


def _goes_on(dispatch: Dispatch, posting: Posting) -> Text | None:
    """For whoever is posted there until soon and stays."""
    doctor = dispatch.inputs.doctors[posting.doctor]
    if doctor.until is None or doctor.last != posting.centre:
        return None
    return Text(f"现派驻到 {doctor.until} 期满，续派", f"posted there until {doctor.until}, goes on")


def _gives(dispatch: Dispatch, posting: Posting) -> Text:
    said = {
        Gives.COVERS: Text(
            "该机构没有其他派驻医师，由此得到覆盖", "the centre's only posted doctor: it is covered by this"
        ),
        Gives.SPECIALTY: Text("该机构缺这个专业", "the centre lacks this specialty"),
        Gives.WANTED: Text("该机构派驻人数不足", "the centre lacks posted doctors"),
        Gives.REQUIRED: Text(
            "为满足人数要求或同组同去而派", "to meet a required number, or to go with a team"
        ),
    }[posting.gives]
    meets = _meets(dispatch, posting) if posting.for_specialty else None
    return Text(said.zh + meets.zh, said.en + meets.en) if meets else said


def _meets(dispatch: Dispatch, posting: Posting) -> Text | None:
    """What says that the centre lacks the doctor's specialty, in brackets; None where nothing does."""
    signs = dispatch.signs_met(posting.doctor, posting.centre)
    zh, en = "；".join(one.text.zh for one in signs), "; ".join(one.text.en for one in signs)
    return Text(f"（{zh}）", f" ({en})") if signs else None


def _nearer(posting: Posting) -> Text:
    if not posting.nearer_busy and not posting.nearer_stay:
        return Text("，是最近的可派人员", ", nobody who may go is nearer")
    busy, stay = posting.nearer_busy, posting.nearer_stay
    return Text(
        f"；更近的可派人员中 {busy} 人派往其他机构、{stay} 人留守或排在轮派之后",
        f"; of those nearer {busy} go to other centres, {stay} stay or come later in turn",
    )


def _turn(posting: Posting) -> Text:
    if posting.earlier:
        return Text(f"；此前派驻过 {posting.earlier} 次", f"; {posting.earlier} postings before")
    return Text("；此前没有派驻过", "; not posted before")


def uncovered_reason(dispatch: Dispatch, item: Uncovered) -> Text:
    radius = f"{dispatch.wish.numbers['radius']:g}"
    match item.why:
        case Why.NOBODY_NEAR:
            return Text(
                f"{radius} 公里内没有符合条件的医师", f"no doctor who may go works within {radius} km"
            )
        case Why.FLOORS:
            return Text(
                f"{radius} 公里内符合条件的 {item.able} 人中，{item.needed} 人派往其他机构，其余受留守要求限制不能再派",
                f"of {item.able} within {radius} km who may go {item.needed} go elsewhere; the others have to stay",
            )
        case Why.ALL_NEEDED:
            return Text(
                f"{radius} 公里内符合条件的 {item.able} 人都派在其他机构，是那里唯一的派驻医师",
                f"all {item.able} within {radius} km who may go are posted elsewhere, each a centre's only doctor",
            )
        case Why.NOT_ACCEPTED:
            return Text(
                f"{radius} 公里内的 {item.near} 人专业不合",
                f"the {item.near} within {radius} km are of other specialties",
            )
        case Why.REQUIREMENTS:
            return Text("为满足更优先的要求（占比、同组、人数）而未派", "other requirements come first")


def remedies(dispatch: Dispatch, item: Uncovered) -> list[Text]:
    """What would cover the centre: a floor lowered by one, or a wider radius."""
    found = [_floor_remedy(dispatch, index) for index in item.floors_that_cover[:3]]
    if item.beyond is not None:
        doctor = dispatch.inputs.doctors[item.beyond.doctor]
        distance = km(item.beyond.distance)
        found.append(
            Text(
                f"半径放宽到 {distance} 公里：{doctor.hospital.name}可派",
                f"a radius of {distance} km: {doctor.hospital.name} could send somebody",
            )
        )
    return found


def _floor_remedy(dispatch: Dispatch, index: int) -> Text:
    if dispatch.problem.limits[index].family == "new_most":
        return Text("多派 1 人即可覆盖", "one more posting would cover it")
    where = limit_title(dispatch, dispatch.problem.limits[index].name)
    return Text(f"{where.zh}少留 1 人即可覆盖", f"one fewer staying at {where.en} would cover it")


def limit_title(dispatch: Dispatch, name: str) -> Text:
    """What a limit or row is about, from its name."""
    kind, *parts = name.split("/")
    houses = {
        int(at): doctor.hospital.name
        for at, doctor in zip(dispatch.hospital, dispatch.inputs.doctors, strict=True)
    }
    if kind in ("hospital", "new"):
        return Text(houses[int(parts[0])], houses[int(parts[0])])
    if kind == "department":
        house, specialty = houses[int(parts[0])], dispatch.specialties[int(parts[1])]
        return Text(f"{house}{specialty}", f"{house} {specialty}")
    if kind in ("senior", "one"):
        counties = {one.county.pk: one.county.name for one in dispatch.inputs.centres}
        county = counties[int(parts[-1])]
        return Text(county, county)
    return FAMILIES["new_most" if kind == "new_most" else "tcm_least"]


def shortfall_text(dispatch: Dispatch, item: Shortfall) -> Text:
    family = FAMILIES[item.family]
    if item.kind == "fixed":
        doctor = dispatch.inputs.doctors[item.index].worker.name
        return Text(f"{family.zh}：{doctor}未能留任", f"{family.en}: {doctor} does not stay")
    if item.family == "tcm_least":
        return _of_candidates(dispatch, item, family)
    where = limit_title(dispatch, item.name)
    if item.kind == "row":
        return Text(f"{family.zh}（{where.zh}）未达到", f"{family.en} ({where.en}) is not reached")
    named = Text(f"{family.zh}（{where.zh}）", f"{family.en} ({where.en})")
    return _of_candidates(dispatch, item, named)


def _of_candidates(dispatch: Dispatch, item: Shortfall, named: Text) -> Text:
    """How many are missing, of how many that are asked for, and how many there are to choose from."""
    limit = dispatch.problem.limits[item.index]
    least, able = limit.least, len(limit.members)
    return Text(
        f"{named.zh}还差 {item.missing} 人：要求 {least} 人，符合条件的共 {able} 人",
        f"{named.en}: {item.missing} short of {least}; {able} are suitable",
    )


def strain_text(strain: Strain) -> Text:
    """When a hospital is short while postings are handed over."""
    name, n = strain.hospital.name, strain.missing
    return Text(
        f"{name}：{strain.begins} 至 {strain.ends} 接任与返回交错，留守少 {n} 人",
        f"{name}: {n} fewer than should stay from {strain.begins} to {strain.ends}, while postings are handed over",
    )


def difference_texts(difference: Difference) -> list[Text]:
    """The levels that change, in order."""
    found = []
    for level, change in difference.levels.items():
        if change:
            title, size = LEVELS[level], amount(level, abs(change))
            sign = "+" if change > 0 else "−"
            found.append(Text(f"{title.zh} {sign}{size.zh}", f"{title.en} {sign}{size.en}"))
    return found


def title_of(dispatch: Dispatch, doctor: int) -> Text:
    """The title level of a doctor in words."""
    level = dispatch.inputs.doctors[doctor].worker.title_level
    return next(
        (one.title for one in WORKER.field("title_level").options if one.code == level), Text("—", "—")
    )
