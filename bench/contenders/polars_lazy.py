"""Polars: one lazy query over frames in memory, each kind grouped once."""

from datetime import timedelta
from typing import TypeAlias

import polars as pl

from bench.figures import write_figures
from bench.measuring import Measurement, timed
from bench.peers import CENTRES, COLUMNS, FIGURES, MID_OR_HIGHER, both_ways
from bench.setting import Setting

Frames: TypeAlias = dict[str, pl.DataFrame]


def measure(setting: Setting) -> list[Measurement]:
    loading = timed(lambda: load(setting))
    computed = timed(lambda: figures(loading.made, setting))
    write_figures(computed.made.to_arrow(), setting.figures("polars_lazy"))
    return both_ways(f"polars {pl.__version__}", "one lazy query, frames in memory", loading, computed)


def load(setting: Setting) -> Frames:
    """Every table in memory, only the columns that the figures need, in the order of the files."""
    files = setting.parquet()
    scans = [pl.scan_parquet(files[name]).select(columns) for name, columns in COLUMNS.items()]
    return dict(zip(COLUMNS, pl.collect_all(scans), strict=True))


def figures(frames: Frames, setting: Setting) -> pl.DataFrame:
    """Indicator, place, numerator and denominator at every place."""
    lazy = {name: frame.lazy() for name, frame in frames.items()}
    villages = _of_villages(_people(lazy, setting))
    everywhere = pl.concat([villages, _of_centres(lazy, setting)]).join(_above(frames["places"]), on="place")
    sums = everywhere.group_by("indicator", "unit").agg(pl.col("numerator", "denominator").sum())
    return sums.rename({"unit": "place"}).collect()


def _above(places: pl.DataFrame) -> pl.LazyFrame:
    """Each place with itself and every place above it (``unit``)."""
    step = places.select(place="id", unit="id")
    steps = []
    while len(step):
        steps.append(step)
        step = step.join(places, left_on="unit", right_on="id").select("place", unit="parent").drop_nulls()
    return pl.concat(steps).lazy()


def _people(lazy: dict[str, pl.LazyFrame], setting: Setting) -> pl.LazyFrame:
    """One row per resident present on the day, with a flag for each condition."""
    as_of = pl.lit(setting.as_of)
    present = lazy["residents"].filter(
        (pl.col("birth_date") <= as_of).fill_null(True), (pl.col("death_date") > as_of).fill_null(True)
    )
    joined = (
        present.join(_since(lazy["records_htn_registration"], setting, "htn"), on="id", how="left")
        .join(_visits(lazy["records_htn_followup"], setting, "htn", ["sbp", "dbp"]), on="id", how="left")
        .join(_since(lazy["records_dm_registration"], setting, "dm"), on="id", how="left")
        .join(_visits(lazy["records_dm_followup"], setting, "dm", ["fpg"]), on="id", how="left")
        .join(_checked(lazy["records_elderly_check"], setting), on="id", how="left")
        .join(_contracted(lazy["records_contract"], setting), on="id", how="left")
    )
    old_at_visit = pl.col("birth_date") <= pl.col("htn_day").dt.offset_by("-65y")
    flags = joined.select(
        "place",
        everybody=pl.lit(True),
        hypertension=pl.col("htn_since").is_not_null(),
        htn_enough=_enough("htn", setting),
        htn_well=(pl.col("dbp") < 90) & (pl.col("sbp") < pl.when(old_at_visit).then(150).otherwise(140)),
        diabetes=pl.col("dm_since").is_not_null(),
        dm_enough=_enough("dm", setting),
        dm_well=pl.col("fpg") < 7.0,
        elderly=pl.col("birth_date") <= as_of.dt.offset_by("-65y"),
        child=pl.col("birth_date") > as_of.dt.offset_by("-7y"),
        checked=pl.col("checked").is_not_null(),
        contracted=pl.col("contracted").is_not_null(),
    )
    return flags.with_columns(key=pl.any_horizontal("elderly", "child", "hypertension", "diabetes"))


def _since(registrations: pl.LazyFrame, setting: Setting, name: str) -> pl.LazyFrame:
    known = registrations.filter(pl.col("occurred_on") <= setting.as_of)
    return known.group_by(id="subject").agg(pl.col("occurred_on").min().alias(f"{name}_since"))


def _this_year(records: pl.LazyFrame, setting: Setting) -> pl.LazyFrame:
    return records.filter(pl.col("occurred_on").is_between(setting.year_start, setting.as_of))


def _visits(visits: pl.LazyFrame, setting: Setting, name: str, readings: list[str]) -> pl.LazyFrame:
    """Visits this year, and the last of them: rows keep their order within a group."""
    return (
        _this_year(visits, setting)
        .group_by(id="subject")
        .agg(
            pl.len().alias(f"{name}_visits"),
            pl.col("occurred_on").last().alias(f"{name}_day"),
            *(pl.col(reading).last() for reading in readings),
        )
    )


def _enough(name: str, setting: Setting) -> pl.Expr:
    """One visit is expected for each whole three months since 1 January or registration; 1 to 4."""
    since = pl.max_horizontal(pl.col(f"{name}_since"), pl.lit(setting.year_start))
    next_day = setting.as_of + timedelta(days=1)
    spans = [(since.dt.offset_by(f"{months}mo") <= next_day).cast(pl.Int8) for months in (6, 9, 12)]
    return pl.col(f"{name}_visits").fill_null(0) >= pl.sum_horizontal(spans) + 1


def _checked(checks: pl.LazyFrame, setting: Setting) -> pl.LazyFrame:
    complete = pl.col("lifestyle") & pl.col("physical") & pl.col("auxiliary") & pl.col("guidance")
    return _this_year(checks, setting).filter(complete).select(id="subject", checked=True).unique("id")


def _contracted(contracts: pl.LazyFrame, setting: Setting) -> pl.LazyFrame:
    return _valid(contracts, setting).select(id="subject", contracted=True).unique("id")


def _valid(records: pl.LazyFrame, setting: Setting) -> pl.LazyFrame:
    """Records whose validity includes the day; an empty date sets no limit."""
    return records.filter(
        pl.col("occurred_on") <= setting.as_of,
        (pl.col("valid_from") <= setting.as_of).fill_null(True),
        (pl.col("valid_to") >= setting.as_of).fill_null(True),
    )


def _of_villages(people: pl.LazyFrame) -> pl.LazyFrame:
    """Indicators about residents in long form, by village."""
    counts = [
        pl.struct(
            indicator=pl.lit(name),
            numerator=(pl.col(denominator) & pl.col(numerator)).sum().cast(pl.Int64),
            denominator=pl.col(denominator).sum().cast(pl.Int64),
        ).alias(name)
        for name, (denominator, numerator) in FIGURES.items()
    ]
    long = (
        people.group_by("place").agg(counts).unpivot(index="place", variable_name="name", value_name="figure")
    )
    return long.select("place", pl.col("figure").struct.unnest())


def _of_centres(lazy: dict[str, pl.LazyFrame], setting: Setting) -> pl.LazyFrame:
    posted = (
        _valid(lazy["records_posting"], setting)
        .join(
            lazy["workers"].filter(pl.col("title_level").is_in(MID_OR_HIGHER)),
            left_on="subject",
            right_on="id",
        )
        .select(id="institution", posted=1)
        .unique("id")
    )
    centres = lazy["institutions"].filter(
        pl.col("type").is_in(CENTRES),
        (pl.col("opened_on") <= setting.as_of).fill_null(True),
        (pl.col("closed_on") > setting.as_of).fill_null(True),
    )
    return (
        centres.join(posted, on="id", how="left")
        .group_by("place")
        .agg(
            indicator=pl.lit("posting_coverage"),
            numerator=pl.col("posted").sum().cast(pl.Int64),
            denominator=pl.len().cast(pl.Int64),
        )
        .select("place", "indicator", "numerator", "denominator")
    )
