"""What the templates say: pairs of wordings, dates, ages, figures, states."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wangdi.engine.explain.missing import Requirement
from wangdi.engine.explain.trace import Evidence
from wangdi.engine.model.fields import Field
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import Figure
from wangdi.server.evaluation.services import rulebook
from wangdi.server.network.models import AnyEntity
from wangdi.server.portal.opening import public
from wangdi.server.web import audit, entities, naming, words
from wangdi.server.web.figures import Counts
from wangdi.server.web.values import SHARE, amount, scale_of

register = template.Library()

STATES = {
    "overdue": ("!", Text("逾期", "Overdue")),
    "due": ("●", Text("应做", "Due")),
    "upcoming": ("○", Text("未到期", "Upcoming")),
    "missed": ("×", Text("已错过", "Missed")),
}
"""Of a due item: a sign and a word, so that colour is never the only difference."""


class Wording(template.Node):
    """A pair of wordings, read when the template is: a page has some hundred of them."""

    def __init__(self, text: Text, values: Mapping[str, FilterExpression], name: str | None) -> None:
        self.text, self.values, self.name = text, values, name

    def render(self, context: template.Context) -> SafeString:
        told = self._told(context)
        if self.name is None:
            return told
        context[self.name] = told
        return SafeString("")

    def _told(self, context: template.Context) -> SafeString:
        told = words.wording(self.text)
        if not self.values:
            return SafeString(told)
        return format_html(told, **{name: value.resolve(context) for name, value in self.values.items()})


@register.tag
def t(parser: Parser, token: Token) -> Wording:
    """``{% t "共{n}项" "{n} items" n=total %}``: the wording in the reader's language; values are escaped. At its end may
    stand ``as name``."""
    _, *bits = token.split_contents()
    zh, en = (str(parser.compile_filter(bit).resolve(template.Context())) for bit in bits[:2])
    rest = bits[2:]
    values = token_kwargs(rest, parser)  # takes what it knows off the list
    name = rest[1] if len(rest) == 2 and rest[0] == "as" else None
    if rest and name is None:
        raise template.TemplateSyntaxError(f"t does not know what to do with {' '.join(rest)!r}")
    return Wording(Text(zh, en) if values else Text(zh.format(), en.format()), values, name)


@register.filter
def text(value: Text | None) -> str:
    return words.wording(value) if value else ""


@register.filter
def share(value: float | None) -> str:
    """A share from 0 to 1 of something that is no indicator, in percent."""
    return SHARE.written(value)


@register.filter
def day(value: date | None) -> str:
    return words.day_in_words(value) if value else words.NOTHING


@register.filter
def written(value: float | None, indicator: Indicator) -> str:
    """The value of an indicator, or a target of it, in its unit."""
    return scale_of(indicator).written(value)


@register.filter
def written_code(field: Field, code: str) -> str:
    """Whom a field of a form names, with name and code."""
    return naming.written_code(field, code)


@register.filter
def headline(value: float | None, indicator: Indicator) -> SafeString:
    """As `written`, with words of a unit in small letters."""
    number, space, unit = written(value, indicator).partition(" ")
    return format_html("{}<small>{}{}</small>", number, space, unit) if unit else format_html("{}", number)


@register.filter
def in_unit(indicator: Indicator) -> str:
    """The unit of an indicator's values, in brackets; nothing for plain numbers."""
    unit = scale_of(indicator).unit
    return words.say("（{unit}）", " ({unit})", unit=words.wording(unit).strip()) if unit else ""


@register.filter
def counts(figure: Figure | Counts | None) -> str:
    """What a figure is made from; nothing where that is its value."""
    if figure is None or figure.denominator is None:
        return ""
    return f"{amount(figure.numerator)} / {amount(figure.denominator)}"


@register.filter
def unit(value: str | None) -> str:
    return words.unit(value)


@register.simple_tag
def age(birth: date | None, on: date) -> str:
    return words.age_in_words(birth, on)


@register.filter
def lateness(days: int) -> str:
    return words.lateness_in_words(days)


@register.simple_tag
def state(name: str) -> SafeString:
    """The badge of a due item's status."""
    sign, title = STATES[name]
    return format_html(
        '<span class="state {}"><span aria-hidden="true">{}</span> {}</span>',
        name,
        sign,
        words.wording(title),
    )


@register.simple_tag
def sex(code: str | None) -> str:
    return words.sex_in_words(code)


@register.simple_tag
def page_of(one: AnyEntity) -> str:
    """The address of the page about somebody of a register."""
    return entities.page_of(one)


@register.simple_tag
def is_simulated() -> bool:
    """Whether the people and records of this installation are invented."""
    return Installation.current().simulated_mark.exists()


@register.simple_tag
def hours_are_public() -> bool:
    """Whether the notices of opening hours are open to everybody."""
    return bool(settings.HOURS_ARE_PUBLIC) and public() is not None


@register.simple_tag
def has_notices() -> bool:
    """Whether institutions have notices of opening hours at all."""
    return public() is not None


@register.simple_tag(takes_context=True)
def other_page(context: dict[str, Any], number: int) -> str:
    """The address of another page of the same list."""
    query = context["request"].GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@register.filter
def result(value: object) -> str:
    """What a step of an explanation came to."""
    if isinstance(value, bool):
        return words.wording(words.YES if value else words.NO)
    return words.NOTHING if value is None else str(value)


@register.simple_tag
def requirement(one: Requirement, on: date) -> str:
    """A condition of a numerator in words, with the title of what it stands in."""
    rule = words.rule_in_words(one.condition, on)
    if one.named is None or one.named.title is None:
        return rule
    return words.say("{title}：{rule}", "{title}: {rule}", title=words.wording(one.named.title), rule=rule)


@register.filter
def measured(value: str) -> str:
    return words.measured(value)


@register.filter
def title_of_rule(name: str) -> str:
    """What an indicator or schedule in force is called; its name where there is none any more."""
    found = rulebook().indicators.get(name) or rulebook().schedules.get(name)
    return words.wording(found.title) if found else name


@register.filter
def title_of_table(name: str) -> str:
    """What a table of a file is called, by a register or a kind."""
    return audit.part_title(name)


@register.filter
def title_of_kind(name: str) -> str:
    """What a kind in force is called; its name when no pack declares it."""
    return title_of(rulebook().kinds, name)


@register.filter
def title_of_pack(name: str) -> str:
    """What a pack in force is called; its name where there is none any more."""
    found = next((pack for pack in rulebook().packs if pack.name == name), None)
    return words.wording(found.title) if found else name


@register.filter
def title_of(kinds: Mapping[str, Kind], name: str) -> str:
    """The title of a kind; its name when no pack declares it."""
    return words.wording(kinds[name].title) if name in kinds else name


@register.simple_tag
def looked_at(kinds: Mapping[str, Kind], evidence: Evidence) -> str:
    """The fields of a record that a rule looked at, as people read them."""
    declared = {field.name: field for field in kinds[evidence.kind].fields} if evidence.kind in kinds else {}
    return words.say("，", ", ").join(
        f"{words.wording(declared[name].title)} {words.value_in_words(declared[name], value)}"
        for name, value in evidence.values.items()
        if name in declared
    )
