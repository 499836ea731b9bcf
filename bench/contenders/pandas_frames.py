"""pandas: frames in memory, each kind grouped once, straightforward code."""

from typing import TypeAlias

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # ships no type information
import pyarrow as pa
import pyarrow.parquet as pq

from bench.figures import write_figures
from bench.measuring import Measurement, timed
from bench.peers import CENTRES, COLUMNS, FIGURES, MID_OR_HIGHER, both_ways
from bench.setting import Setting

Frames: TypeAlias = dict[str, pd.DataFrame]


def measure(setting: Setting) -> list[Measurement]:
    loading = timed(lambda: load(setting))
    computed = timed(lambda: figures(loading.made, setting))
    write_figures(pa.Table.from_pandas(computed.made, preserve_index=False), setting.figures("pandas_frames"))
    return both_ways(f"pandas {pd.__version__}", "frames in memory", loading, computed)


def load(setting: Setting) -> Frames:
    """Every table in memory, only the columns that the figures need, in the order of the files."""
    files = setting.parquet()
    tables = {
        name: pa.concat_tables(
            [pq.read_table(file, columns=columns, partitioning=None) for file in files[name]]
        )
        for name, columns in COLUMNS.items()
    }
    return {name: table.to_pandas(date_as_object=False) for name, table in tables.items()}


def figures(frames: Frames, setting: Setting) -> pd.DataFrame:
    """Indicator, place, numerator and denominator at every place."""
    flags = _people(frames, setting)
    villages = pd.concat([*_of_villages(flags), _of_centres(frames, setting)])
    everywhere = villages.merge(_above(frames["places"]), on="place")
    sums = everywhere.groupby(["indicator", "unit"], as_index=False)[["numerator", "denominator"]].sum()
    return sums.rename(columns={"unit": "place"})


def _above(places: pd.DataFrame) -> pd.DataFrame:
    """Each place with itself and every place above it (``unit``)."""
    parents = places.set_index("id")["parent"]
    step = pd.DataFrame({"place": places["id"], "unit": places["id"]})
    steps = []
    while len(step):
        steps.append(step)
        step = step.assign(unit=step["unit"].map(parents)).dropna().astype("int64")
    return pd.concat(steps)


def _people(frames: Frames, setting: Setting) -> pd.DataFrame:
    """One row per resident present on the day, with a flag for each condition."""
    as_of = pd.Timestamp(setting.as_of)
    everybody = frames["residents"].set_index("id")
    born, died = everybody["birth_date"], everybody["death_date"]
    people = everybody[(born.isna() | (born <= as_of)) & (died.isna() | (died > as_of))]
    flags = pd.DataFrame({"place": people["place"], "everybody": True})
    _add_hypertension(flags, people["birth_date"], frames, setting)
    _add_diabetes(flags, frames, setting)
    flags["elderly"] = people["birth_date"] <= as_of - pd.DateOffset(years=65)
    flags["checked"] = flags.index.isin(_checked(frames["records_elderly_check"], setting))
    flags["contracted"] = flags.index.isin(_valid(frames["records_contract"], as_of)["subject"])
    child = people["birth_date"] > as_of - pd.DateOffset(years=7)
    flags["key"] = flags["elderly"] | child | flags["hypertension"] | flags["diabetes"]
    return flags


def _add_hypertension(flags: pd.DataFrame, born: pd.Series, frames: Frames, setting: Setting) -> None:
    visits = _this_year(frames["records_htn_followup"], setting)
    last = visits.drop_duplicates("subject", keep="last").set_index("subject")
    limit = np.where(born.reindex(last.index) <= last["occurred_on"] - pd.DateOffset(years=65), 150, 140)
    well = last.index[(last["dbp"] < 90) & (last["sbp"] < limit)]
    since = _since(frames["records_htn_registration"], setting).reindex(flags.index)
    flags["hypertension"] = since.notna()
    flags["htn_enough"] = _enough(visits, since, setting)
    flags["htn_well"] = flags.index.isin(well)


def _add_diabetes(flags: pd.DataFrame, frames: Frames, setting: Setting) -> None:
    visits = _this_year(frames["records_dm_followup"], setting)
    last = visits.drop_duplicates("subject", keep="last")
    since = _since(frames["records_dm_registration"], setting).reindex(flags.index)
    flags["diabetes"] = since.notna()
    flags["dm_enough"] = _enough(visits, since, setting)
    flags["dm_well"] = flags.index.isin(last.loc[last["fpg"] < 7.0, "subject"])


def _since(registrations: pd.DataFrame, setting: Setting) -> pd.Series:
    known = registrations[registrations["occurred_on"] <= pd.Timestamp(setting.as_of)]
    return known.groupby("subject")["occurred_on"].min()


def _this_year(records: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    return records[
        records["occurred_on"].between(pd.Timestamp(setting.year_start), pd.Timestamp(setting.as_of))
    ]


def _enough(visits: pd.DataFrame, since: pd.Series, setting: Setting) -> pd.Series:
    """One visit is expected for each whole three months since 1 January or registration; 1 to 4."""
    made = visits.groupby("subject").size().reindex(since.index, fill_value=0)
    start = since.clip(lower=pd.Timestamp(setting.year_start))
    next_day = pd.Timestamp(setting.as_of) + pd.Timedelta(days=1)
    # A year's starting days are few: shift each of them once rather than one for every person.
    expected = {
        day: 1 + sum(day + pd.DateOffset(months=months) <= next_day for months in (6, 9, 12))
        for day in start.dropna().unique()
    }
    return made >= start.map(expected)


def _checked(checks: pd.DataFrame, setting: Setting) -> pd.Series:
    this_year = _this_year(checks, setting)
    complete = this_year[["lifestyle", "physical", "auxiliary", "guidance"]].fillna(False).all(axis=1)
    return this_year.loc[complete, "subject"]


def _valid(records: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Records whose validity includes the day; an empty date sets no limit."""
    begun = records["valid_from"].isna() | (records["valid_from"] <= as_of)
    not_ended = records["valid_to"].isna() | (records["valid_to"] >= as_of)
    return records[(records["occurred_on"] <= as_of) & begun & not_ended]


def _of_villages(flags: pd.DataFrame) -> list[pd.DataFrame]:
    """Indicators about residents, by village."""
    counted = pd.DataFrame({"place": flags["place"]})
    for name, (denominator, numerator) in FIGURES.items():
        counted[f"{name}/numerator"] = flags[denominator] & flags[numerator]
        counted[f"{name}/denominator"] = flags[denominator]
    sums = counted.groupby("place").sum()
    return [
        pd.DataFrame(
            {
                "place": sums.index,
                "indicator": name,
                "numerator": sums[f"{name}/numerator"].to_numpy(),
                "denominator": sums[f"{name}/denominator"].to_numpy(),
            }
        )
        for name in FIGURES
    ]


def _of_centres(frames: Frames, setting: Setting) -> pd.DataFrame:
    as_of = pd.Timestamp(setting.as_of)
    workers, centres = frames["workers"], frames["institutions"]
    able = workers.loc[workers["title_level"].isin(MID_OR_HIGHER), "id"]
    postings = _valid(frames["records_posting"], as_of)
    posted = postings.loc[postings["subject"].isin(able), "institution"]
    opened, closed = centres["opened_on"], centres["closed_on"]
    is_open = (opened.isna() | (opened <= as_of)) & (closed.isna() | (closed > as_of))
    centres = centres[is_open & centres["type"].isin(CENTRES)]
    counts = centres["id"].isin(posted).groupby(centres["place"]).agg(["sum", "size"]).reset_index()
    counts.columns = pd.Index(["place", "numerator", "denominator"])
    return counts.assign(indicator="posting_coverage")
