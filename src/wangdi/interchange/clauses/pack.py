"""From typed clauses to a pack: a standard of judged criteria, checked before anything is written."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from wangdi.engine.model.text import Text
from wangdi.engine.packs.load import PACK_FILE, load_rulebook
from wangdi.interchange.clauses.read import ClauseWorkbook, TypedClause, TypedCriterion, TypedTier

_EARLIEST = 2000
_SOURCE = "clauses"
_HEAD = """\
# Made from a workbook of clauses. Every criterion is judged by people; where the data of the system can decide one,
# write `when` and `title` in its place. The shares are unverified until somebody has compared them with the source.
"""


class _Plain(yaml.SafeDumper):
    """Writes everything out: packs have no references."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Naming:
    """What a workbook does not say: the pack's and standard's name, title and edition, whom it is for, from when."""

    name: str
    title: Text
    edition: str
    group: str
    first_year: int | None = None


def write_pack(workbook: ClauseWorkbook, naming: Naming, folder: Path, known: Sequence[Path]) -> Path:
    """Writes the pack's file into a folder and returns its path.

    It is first read together with the packs of ``known``: `PackError` with every problem, and then nothing is
    written. FileExistsError where the folder has a pack already. The workbook has to be without problems.
    """
    target = folder / PACK_FILE
    if target.exists():
        raise FileExistsError(target)
    body = yaml.dump(_pack(workbook, naming), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120)
    with tempfile.TemporaryDirectory() as trial:
        (Path(trial) / PACK_FILE).write_text(_HEAD + body, encoding="utf-8")
        load_rulebook([*known, Path(trial)], relative_to=Path(trial))
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{PACK_FILE}.unfinished"
    unfinished.write_text(_HEAD + body, encoding="utf-8")
    unfinished.replace(target)
    return target


def _pack(workbook: ClauseWorkbook, naming: Naming) -> dict[str, Any]:
    title = naming.title.as_json()
    standard: dict[str, Any] = {
        "title": title,
        "edition": naming.edition,
        "group": naming.group,
        "sources": [_SOURCE],
    }
    if naming.first_year is not None:
        standard["first_year"] = naming.first_year
    standard["chapters"] = list(_chapters(workbook.clauses))
    standard["tiers"] = [_tier(number, tier) for number, tier in enumerate(workbook.tiers, 1)]
    return {
        "pack": naming.name,
        "title": title,
        "version": "1",
        "entity": "institution",
        "sources": {_SOURCE: {"title": title, "status": "unverified"}},
        "parameters": dict(_parameters(workbook.tiers, naming)),
        "standards": {naming.name: standard},
    }


def _chapters(clauses: Sequence[TypedClause]) -> Iterator[dict[str, Any]]:
    titles = dict.fromkeys(clause.chapter for clause in clauses)
    for number, chapter in enumerate(titles, 1):
        inside = [clause for clause in clauses if clause.chapter == chapter]
        yield {
            "name": f"chapter_{number}",
            "title": {"zh": chapter, "en": inside[0].chapter_en},
            "clauses": [_clause(clause) for clause in inside],
        }


def _clause(clause: TypedClause) -> dict[str, Any]:
    levels = {
        level.value: [_criterion(one) for one in criteria] for level, criteria in clause.criteria.items()
    }
    return {"number": clause.number, "title": clause.title.as_json(), **levels}


def _criterion(criterion: TypedCriterion) -> dict[str, Any]:
    evidence = [text.as_json() for text in criterion.evidence]
    cost = {} if criterion.cost is None else {"cost": criterion.cost}
    return {"judged": criterion.title.as_json(), "evidence": evidence, **cost}


def _parameters(tiers: Sequence[TypedTier], naming: Naming) -> Iterator[tuple[str, dict[str, Any]]]:
    since = date(naming.first_year or _EARLIEST, 1, 1)
    for number, tier in enumerate(tiers, 1):
        for level, share in tier.shares.items():
            title = {
                "zh": f"{tier.title.zh}：{level.value}档及以上条款比例",
                "en": f"{tier.title.en}: clauses at level {level.value} or higher",
            }
            yield (
                f"tier_{number}_share_{level.value.lower()}",
                {
                    "title": title,
                    "source": _SOURCE,
                    "status": "unverified",
                    "values": [{"since": since, "value": share}],
                },
            )


def _tier(number: int, tier: TypedTier) -> dict[str, Any]:
    shares = {level.value: f"tier_{number}_share_{level.value.lower()}" for level in tier.shares}
    required = {level.value: list(numbers) for level, numbers in tier.required.items()}
    made = {"name": f"tier_{number}", "title": tier.title.as_json(), "shares": shares, "required": required}
    return {key: value for key, value in made.items() if value}
