"""The simulated demonstration network: real places, example institutions, simulated people and records."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.demo.arrays import day_number, first_day_of_window, integers, random_stream
from wangdi.demo.assets import assets_table, make_assets
from wangdi.demo.density import Density
from wangdi.demo.forms import Rows, fill_form
from wangdi.demo.households import make_families
from wangdi.demo.institutions import make_institutions
from wangdi.demo.population import simulate_people
from wangdi.demo.residents import resident_codes_of, residents_table
from wangdi.demo.setting import Part, Setting, simulate_care, simulate_moves
from wangdi.demo.sketches.crowds import crowd_of_part, crowds
from wangdi.demo.sketches.shapes import Sketch
from wangdi.demo.sketches.simulate import sketched_rows
from wangdi.demo.sketches.tallies import Tallies
from wangdi.demo.sources import CENSUS_DAY, places_table, read_places, read_pyramid
from wangdi.demo.teams import make_teams
from wangdi.demo.workers import make_workers
from wangdi.engine.model.kinds import Kind
from wangdi.interchange.tables import record_table_name

MOST_ROWS = 500_000
"""A piece of a record table is no longer than this."""

MOST_RESIDENTS = 10_000_000
CORRECTED = 0.004
"""Share of the first part's records that are corrected, of the kinds of which some are."""

Progress = Callable[[int, int], None]
"""Called with the residents whose records are made so far, and all of them."""

Piece = tuple[str, Any]
"""A table's name and an exchange table, or a part of one."""


def _no_progress(done: int, total: int) -> None:
    """Nobody watches."""


class Network:
    """A network of ``residents`` simulated people and three years of records that end with ``as_of``.

    The same arguments always make the same network. Only kinds in ``kinds`` get records, with those of their
    declared fields that the simulation knows or ``sketches`` (by kind) describe. Registers are held in memory, records
    are not.
    ValueError when ``residents`` is below 1 or above ten million, or the years begin before the 2020 census.
    """

    def __init__(
        self,
        residents: int,
        *,
        as_of: date,
        seed: int = 2026,
        kinds: Mapping[str, Kind],
        density: Density = Density.REALISTIC,
        sketches: Mapping[str, Sketch] | None = None,
    ) -> None:
        _check(residents, as_of)
        self._kinds = kinds
        self._sketches = sketches or {}
        self._places, self._pyramid = read_places(), read_pyramid()
        villages = tuple(place for place in self._places if place.level == "village")
        people = simulate_people(residents, villages, self._pyramid, as_of, random_stream(seed, "people"))
        institutions = make_institutions(self._places, as_of, random_stream(seed, "institutions"))
        workers = make_workers(institutions, as_of, random_stream(seed, "workers"))
        self._setting = Setting(
            seed=seed,
            density=density,
            first_day=day_number(first_day_of_window(as_of)),
            as_of=day_number(as_of),
            villages=villages,
            people=people,
            moved=simulate_moves(
                people,
                day_number(first_day_of_window(as_of)),
                day_number(as_of),
                random_stream(seed, "moves"),
            ),
            families=make_families(people, day_number(as_of), random_stream(seed, "households")),
            codes=resident_codes_of(people, villages),
            institutions=institutions,
            institution_codes=pa.array([row.code for row in institutions.rows]),
            workers=workers,
            teams=make_teams(villages, institutions, workers),
            assets=make_assets(institutions, as_of, random_stream(seed, "assets")),
            care=simulate_care(
                villages,
                integers(np.bincount(people.village, minlength=len(villages))),
                day_number(as_of),
                random_stream(seed, "care"),
            ),
        )

    def registers(self) -> dict[str, Any]:
        """The table of every register."""
        return dict(self._registers)

    @cached_property
    def _registers(self) -> dict[str, Any]:
        return {
            "places": places_table(self._places, self._pyramid, self._setting.residents_by_township()),
            "institutions": self._setting.institutions.table(),
            "workers": self._setting.workers.table,
            "teams": self._setting.teams.table(),
            "assets": assets_table(self._setting.assets),
            "residents": residents_table(self._setting, self._places),
        }

    def record_batches(self, on_progress: Progress = _no_progress) -> Iterator[Piece]:
        """All records, each id once, in pieces of at most ``MOST_ROWS`` rows in order of subject and day."""
        tallies = Tallies.of(self._setting, self._sketches.values())
        done, total = 0, len(self._setting.people)
        for part in self._setting.parts():
            for rows in self._about(part, self._sketches):
                tallies.add(rows)
                yield from self._pieces(rows, part.number)
            done += len(part.people)
            on_progress(done, total)
        for crowd in crowds(self._setting, self._registers, tallies):
            for rows in sketched_rows(self._sketches, self._kinds, crowd):
                yield from self._pieces(rows, 0)

    def _about(self, part: Part, sketches: Mapping[str, Sketch]) -> Iterator[Rows]:
        return sketched_rows(sketches, self._kinds, crowd_of_part(part, self._registers["residents"]))

    def amendments(self) -> Iterator[Piece]:
        """Later versions of a few records of ``record_batches``: the same ids with the numbers that sketches correct.

        To be stored as a later change, as a clinic corrects its typing errors afterwards.
        """
        part = next(self._setting.parts())
        for name, sketch in self._sketches.items():
            if sketch.corrected:
                for rows in self._about(part, _of_kind(name, self._sketches)):
                    if rows.kind == name:
                        for table, piece in self._pieces(rows, part.number):
                            yield table, _corrected(piece, sketch.corrected, self._setting.seed)

    def _pieces(self, rows: Rows, part: int) -> Iterator[Piece]:
        """A part's records of one kind; nothing when the kind is not wanted or there are none."""
        if rows.kind not in self._kinds or len(rows.day) == 0:
            return
        generator = random_stream(self._setting.seed, f"{rows.sketch or rows.kind} ids", part)
        table = fill_form(rows, self._kinds[rows.kind], generator)
        for start in range(0, len(table), MOST_ROWS):
            yield record_table_name(rows.kind), table.slice(start, MOST_ROWS)


def make_network(
    residents: int,
    *,
    as_of: date,
    seed: int = 2026,
    kinds: Mapping[str, Kind],
    density: Density = Density.REALISTIC,
    sketches: Mapping[str, Sketch] | None = None,
    on_progress: Progress = _no_progress,
) -> dict[str, Any]:
    """All tables of a ``Network`` at once; from some hundred thousand residents on, stream it instead."""
    network = Network(residents, as_of=as_of, seed=seed, kinds=kinds, density=density, sketches=sketches)
    pieces: dict[str, list[Any]] = {}
    for name, table in network.record_batches(on_progress):
        pieces.setdefault(name, []).append(table)
    return network.registers() | {name: pa.concat_tables(tables) for name, tables in sorted(pieces.items())}


def _check(residents: int, as_of: date) -> None:
    if not 1 <= residents <= MOST_RESIDENTS:
        raise ValueError(f"residents is {residents}: give a number from 1 to {MOST_RESIDENTS:,}")
    if first_day_of_window(as_of) <= CENSUS_DAY:
        earliest = CENSUS_DAY.replace(year=CENSUS_DAY.year + 3)
        raise ValueError(
            f"as_of is {as_of}: give a day from {earliest}, three years after the census it starts from"
        )


def _of_kind(kind: str, sketches: Mapping[str, Sketch]) -> dict[str, Sketch]:
    """All sketches of a kind and those they follow, first things first."""
    found: dict[str, Sketch] = {}
    for name in sketches:
        if name.partition("/")[0] == kind:
            found |= _up_to(name, sketches)
    return found


def _up_to(name: str, sketches: Mapping[str, Sketch]) -> dict[str, Sketch]:
    """A sketch and those it follows, first things first."""
    after = sketches[name].when.after
    before = _up_to(after.kind, sketches) if after is not None else {}
    return {**before, name: sketches[name]}


def _corrected(table: Any, changes: Mapping[str, float], seed: int) -> Any:
    """A few rows with all the numbers that are corrected."""
    chosen = random_stream(seed, "corrections").random(len(table)) < CORRECTED
    rows = table.filter(pa.array(chosen)).filter(pc.field("status") == "final")
    for name, change in changes.items():
        rows = rows.filter(pc.field(name).is_valid())
        position = rows.schema.get_field_index(name)
        values = pc.add(rows[name], pa.scalar(change).cast(rows[name].type))
        rows = rows.set_column(position, rows.schema.field(position), values)
    return rows
