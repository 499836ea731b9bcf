"""The synthetic facts: Wangdi's and DuckDB's, both with their data in memory, one grouped pass per kind in DuckDB."""

from collections import defaultdict

import duckdb

from bench.contenders.large_data import RECORDS_EACH
from bench.large.checksums import Checksums, checksums, open_facts
from bench.large.product import Large
from bench.large.rules import FactSpec, facts
from bench.measuring import LOADED, Measurement, timed
from bench.setting import Setting
from wangdi.engine.evaluate.moment import Moment
from wangdi.server.evaluation.lake.files import list_files
from wangdi.server.evaluation.lake.layout import kind_table
from wangdi.server.evaluation.lake.state import read_state

THREADS = 2
RUNS = 3


class Disagreement(Exception):
    """Both should have found the same."""


def measure(setting: Setting) -> list[Measurement]:
    large = Large(setting, RECORDS_EACH)
    rules = large.rules()
    network = large.network(rules)
    opened = open_facts(network, rules)
    ours = timed(lambda: checksums(opened, rules, Moment.in_year(setting.as_of)), RUNS)
    quack = _load(large)
    queries = {kind: query(kind, specs, setting) for kind, specs in by_kind().items()}
    theirs = timed(lambda: _run(quack, queries), RUNS)
    _compare(ours.made, theirs.made)
    what = f"{len(facts())} facts with windows of their own, for everybody, data in memory"
    return [
        Measurement("Wangdi", what, ours.seconds, basis=LOADED, runs=ours.runs),
        Measurement(
            f"DuckDB {duckdb.__version__}",
            what,
            theirs.seconds,
            basis=LOADED,
            runs=theirs.runs,
            note="one grouped pass per kind, two threads, files in order of subject",
        ),
    ]


def by_kind() -> dict[str, list[FactSpec]]:
    found = defaultdict(list)
    for fact in facts():
        found[fact.kind].append(fact)
    return found


def query(kind: str, specs: list[FactSpec], setting: Setting) -> str:
    """Every fact of a kind for each subject, then how many values there are and their sum."""
    drawn = ", ".join(f"{spec.as_sql(setting.as_of)} AS {spec.name}" for spec in specs)
    sums = ", ".join(
        f"count(*) FILTER (WHERE {s.name} <> 0)::DOUBLE, coalesce(sum({s.name}), 0)::DOUBLE" for s in specs
    )
    return f"SELECT {sums} FROM (SELECT subject, {drawn} FROM {kind} GROUP BY subject)"


def _load(large: Large) -> duckdb.DuckDBPyConnection:
    quack = duckdb.connect(config={"threads": THREADS})
    state = read_state(large.lake)
    if state is None:
        raise FileNotFoundError(large.lake)
    for kind in by_kind():
        table = kind_table(kind)
        files = [str(f.path) for f in list_files(large.lake / table, state.tables[table].version)]
        quack.execute(
            f"CREATE TABLE {kind} AS SELECT subject, occurred_on, id, a FROM read_parquet(?)", [files]
        )
    return quack


def _run(quack: duckdb.DuckDBPyConnection, queries: dict[str, str]) -> Checksums:
    found: Checksums = {}
    for kind, specs in by_kind().items():
        row = quack.execute(queries[kind]).fetchone() or ()
        for spec, count, total in zip(specs, row[::2], row[1::2], strict=True):
            found[spec.name] = (int(count), total)
    return found


def _compare(ours: Checksums, theirs: Checksums) -> None:
    wrong = [
        f"{name}: {ours[name]} and {theirs[name]}"
        for name in ours
        if ours[name][0] != theirs[name][0]
        or abs(ours[name][1] - theirs[name][1]) > 1e-6 * abs(ours[name][1])
    ]
    if wrong:
        raise Disagreement("; ".join(wrong))
