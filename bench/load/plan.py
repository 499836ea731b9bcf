"""Who visits, and what they look at: made once beside the data, so that the visitors need no Django."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PASSWORD = "a morning of many users"


@dataclass(frozen=True, slots=True)
class Service:
    """A record that a doctor makes: about whom, of which kind, and what is typed into the form."""

    person: str
    kind: str
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Visitor:
    """``area``: the address of where an officer or director works; empty for doctors, who have people instead."""

    username: str
    role: str
    area: str = ""
    query: str = ""
    people: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    words: tuple[str, ...] = ()
    """What is typed into the search box."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, and how large the store is that they work on."""

    visitors: tuple[Visitor, ...]
    indicators: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: Mapping[str, int]


def write_cast(cast: Cast, file: Path) -> None:
    file.write_text(json.dumps(asdict(cast), ensure_ascii=False), "utf-8")


def read_cast(file: Path) -> Cast:
    content = json.loads(file.read_text("utf-8"))
    return Cast(
        tuple(_visitor(one) for one in content["visitors"]),
        tuple(content["indicators"]),
        tuple(content["kinds"]),
        content["rows"],
    )


def _visitor(content: Mapping[str, object]) -> Visitor:
    services: Sequence[Mapping[str, object]] = content["services"]  # type: ignore[assignment]
    lists = {name: tuple(content[name]) for name in ("people", "words")}  # type: ignore[arg-type]
    return Visitor(**{**content, **lists, "services": tuple(Service(**one) for one in services)})  # type: ignore[arg-type]
