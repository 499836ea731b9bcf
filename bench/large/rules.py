"""The synthetic rules: forty kinds, a hundred and fifty facts each with a window of its own, thirty schedules, a
hundred indicators. One specification, written as a pack for Wangdi and as SQL for a peer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice

KINDS = 40
FACTS = 150
DOSES = 30
INDICATORS = 100
SCHEDULES = 30
VACCINES = 14
VACCINATION = "vaccination"
CHILD_YEARS = 7

_OPERATIONS = ("latest", "count", "any", "sum", "latest", "max", "count", "mean", "first", "min")


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact over one kind: over the last ``days``, of the records with ``field a`` from ``low`` on."""

    name: str
    kind: str
    operation: str
    days: int
    low: int | None

    @property
    def of_number(self) -> bool:
        return self.operation in ("sum", "max", "mean", "min")

    @property
    def value(self) -> str:
        """What rules compare: a record's reading, or the fact itself."""
        return f"{self.name}.a" if self.operation in ("latest", "first") else self.name

    def as_yaml(self) -> str:
        parts = [f"{self.operation}: {self.kind}", f"during: {self.days} days"]
        parts += ["of: a"] if self.of_number else []
        parts += [f"where: a >= {self.low}"] if self.low is not None else []
        return f"  {self.name}: {{{', '.join(parts)}}}"

    def as_sql(self, as_of: date) -> str:
        """An aggregate over the kind's records of one subject, ordered as Wangdi orders them."""
        first = as_of - timedelta(days=self.days - 1)
        inside = f"occurred_on >= DATE '{first}' AND occurred_on <= DATE '{as_of}'"
        if self.low is not None:
            inside += f" AND a >= {self.low}"
        body = {
            "latest": "arg_max(a, (occurred_on, id))",
            "first": "arg_min(a, (occurred_on, id))",
            "count": "count(*)",
            "any": "count(*)",
            "sum": "sum(a)",
            "max": "max(a)",
            "min": "min(a)",
            "mean": "avg(a)",
        }[self.operation]
        filtered = f"{body} FILTER (WHERE {inside})"
        return f"({filtered} > 0)::INT" if self.operation == "any" else filtered


def kind_name(number: int) -> str:
    return f"kind_{number:02}"


def kinds() -> list[str]:
    """The names of the kinds; the last one is the one doses are written in."""
    return [*(kind_name(number) for number in range(KINDS - 1)), VACCINATION]


def facts() -> list[FactSpec]:
    """No two have the same window."""
    names = kinds()[:-1]
    made = []
    for number in range(FACTS):
        low = 60 + number % 90 if number % 3 == 0 else None
        operation = _OPERATIONS[number % len(_OPERATIONS)]
        made.append(
            FactSpec(f"fact_{number:03}", names[number % len(names)], operation, 40 + 7 * number, low)
        )
    return made


def pack(indicators: int = INDICATORS) -> str:
    """The pack's text."""
    return "\n".join(
        [
            "pack: large",
            "title: {zh: 合成规则, en: Synthetic rules}",
            'version: "1"',
            "kinds:",
            *map(_kind, kinds()[:-1]),
            *_vaccination(),
            "facts:",
            *(fact.as_yaml() for fact in facts()),
            *_dose_facts(),
            *(f"  joined_{n:02}: {{first: {kind_name(n)}}}" for n in range(SCHEDULES - 1)),
            *(f"  last_{n:02}: {{latest: {kind_name(n)}}}" for n in range(SCHEDULES - 1)),
            "groups:",
            *map(_group, range(SCHEDULES - 1)),
            f'  children: {{title: {{zh: 儿童, en: Children}}, when: "full_years(birth_date, as_of) < {CHILD_YEARS}"}}',
            "schedules:",
            *map(_schedule, range(SCHEDULES - 1)),
            *_series(),
            "indicators:",
            *islice(_indicators(), indicators),
            "",
        ]
    )


def _kind(name: str) -> str:
    number = "{title: {zh: 数值, en: Number}, type: integer, min: 0, max: 500}"
    decimal = "{title: {zh: 小数, en: Decimal}, type: decimal}"
    options = ", ".join(f'"{code}": {{zh: 选项{code}, en: Option {code}}}' for code in range(1, 5))
    choice = f"{{title: {{zh: 选择, en: Choice}}, type: choice, options: {{{options}}}}}"
    flag = "{title: {zh: 是否, en: Flag}, type: boolean}"
    fields = f"a: {number}, b: {decimal}, c: {choice}, d: {flag}"
    return f"  {name}: {{title: {{zh: 记录, en: Record}}, about: resident, fields: {{{fields}}}}}"


def _vaccination() -> Iterator[str]:
    options = ", ".join(
        f'"{code}": {{zh: 疫苗{code}, en: Vaccine {code}}}' for code in range(1, VACCINES + 1)
    )
    yield f"  {VACCINATION}:"
    yield "    title: {zh: 接种, en: Vaccination}"
    yield "    about: resident"
    yield f"    fields: {{vaccine: {{title: {{zh: 疫苗, en: Vaccine}}, type: choice, options: {{{options}}}}}}}"


def _group(number: int) -> str:
    title = f"{{zh: 人群{number}, en: Group {number}}}"
    return f"  group_{number:02}: {{title: {title}, when: joined_{number:02}.occurred_on is not null}}"


def _schedule(number: int) -> str:
    title = f"{{zh: 服务{number}, en: Service {number}}}"
    kind = kind_name(number)
    if number % 3 == 2:
        shape = f"once_per_year: {{satisfied: last_{number:02}.occurred_on >= start_of_year(as_of)}}"
    else:
        when = f"last_{number:02}.a >= {100 + number}"
        intervals = f"[{{when: {when}, then: 14 days}}, {{then: {2 + number % 5} months}}]"
        shape = (
            f"every: {{after: last_{number:02}, start: joined_{number:02}.occurred_on, first: 1 month, "
            f"intervals: {intervals}}}"
        )
    return f"  service_{number:02}: {{title: {title}, group: group_{number:02}, service: {kind}, lead: 7 days, {shape}}}"


def _doses() -> Iterator[tuple[str, int, int]]:
    """The name of each dose, its vaccine and its number among the vaccine's doses, dose by dose."""
    for number in range(DOSES):
        vaccine, dose = number % VACCINES + 1, number // VACCINES + 1
        yield f"vaccine_{vaccine:02}_{dose}", vaccine, dose


def _dose_facts() -> Iterator[str]:
    for name, vaccine, dose in _doses():
        yield f"  {name}: {{nth: {VACCINATION}, n: {dose}, where: \"vaccine = '{vaccine}'\"}}"


def _series() -> Iterator[str]:
    """Thirty doses, each a month older than the one before; it waits for the vaccine's dose before it."""
    yield "  vaccination:"
    yield "    title: {zh: 预防接种, en: Vaccination}"
    yield "    group: children"
    yield f"    service: {VACCINATION}"
    yield "    series:"
    yield "      anchor: birth_date"
    yield "      steps:"
    for age, (name, vaccine, dose) in enumerate(_doses()):
        after = f", after: vaccine_{vaccine:02}_{dose - 1}, min_interval: 28 days" if dose > 1 else ""
        title = f'{{zh: 疫苗{vaccine}第{dose}剂, en: "Vaccine {vaccine}, dose {dose}"}}'
        window = f"from: {age} months, before: {age + 3} months, until: {age + 60} months"
        yield f"        {name}: {{title: {title}, given: {name}.occurred_on, {window}{after}}}"


def _indicators() -> Iterator[str]:
    """Different conditions over readings and counts, among the members of different groups."""
    specs = facts()
    for number in count():
        one, other = specs[(number * 7) % FACTS], specs[(number * 11 + 3) % FACTS]
        condition = f"{one.value} >= {90 + number % 60}" if one.operation != "any" else one.name
        more = f"{other.value} < {100 + number % 70}" if other.operation != "any" else f"not {other.name}"
        joined = ("and", "or")[number % 2]
        yield (
            f"  indicator_{number:03}: {{title: {{zh: 指标{number}, en: Figure {number}}}, span: year_to_date, "
            f"numerator: {condition} {joined} {more}, denominator: group_{number % (SCHEDULES - 1):02}}}"
        )
