"""A wish for postings out of what a form or a command was told."""

from collections.abc import Mapping
from datetime import date

from wangdi.engine.model.text import Text
from wangdi.server.network.models import Place
from wangdi.server.planning.asking import KeptFile
from wangdi.server.planning.declaration import declaration
from wangdi.server.planning.dispatching import Wish
from wangdi.server.planning.inputs import next_batch
from wangdi.server.planning.naming import people_from
from wangdi.server.planning.numbers import InvalidNumbers, gathered, numbers_from


def wish_from(
    place: Place,
    sender: Place,
    as_of: date,
    begins: date,
    scheme: str,
    batch: int | None,
    settings: Mapping[str, str],
    written: Mapping[str, str],
    files: Mapping[str, KeptFile],
) -> Wish:
    """``settings``: numbers as they were written; ``written``: the fields of `naming.people_from`.

    Without a batch it is the next one, where the scheme goes out in batches. Raises InvalidNumbers with all that is wrong.
    """
    declared, problems = declaration(), dict[str, Text]()
    numbers = gathered(problems, lambda: numbers_from(settings, scheme, as_of))
    people = gathered(problems, lambda: people_from(written, sender, place))
    problems |= _contradictions(numbers or {}, begins, as_of)
    if numbers is None or people is None or problems:
        raise InvalidNumbers(problems)
    in_batches = declared.scheme(scheme).in_batches
    return Wish(
        place,
        sender,
        as_of,
        begins,
        numbers,
        scheme,
        (batch or next_batch(declared, scheme, as_of)) if in_batches else None,
        files,
        people.together,
        people.stay,
        people.pinned,
    )


def _contradictions(numbers: Mapping[str, float], begins: date, as_of: date) -> dict[str, Text]:
    """What no plan can keep to, by the name of the answer to change."""
    found = {}
    if begins < as_of:
        found["begins"] = Text(
            f"派驻开始日期 {begins} 早于今天（数据日期 {as_of}），这样的方案不能采用：请改为 {as_of} 或以后",
            f"the postings would begin on {begins}, before {as_of}: such a plan cannot be adopted, take {as_of} or later",
        )
    if numbers and numbers["per_centre"] > numbers["most_per_centre"]:
        wanted, most = numbers["per_centre"], numbers["most_per_centre"]
        found["most_per_centre"] = Text(
            f"每个机构最多派驻 {most:g} 人，少于应有的 {wanted:g} 人：请调高最多，或调低应有",
            f"{most:g} doctors at a centre at most, but {wanted:g} wanted: raise the one or lower the other",
        )
    return found
