"""What the peers that read the lake's Parquet files have in common."""

from typing import Any

from bench.measuring import FROM_FILES, LOADED, Measurement, Timed, peak_memory

COLUMNS = {
    "places": ["id", "parent"],
    "institutions": ["id", "type", "place", "opened_on", "closed_on"],
    "workers": ["id", "title_level"],
    "residents": ["id", "place", "birth_date", "death_date"],
    "records_htn_registration": ["subject", "occurred_on"],
    "records_htn_followup": ["subject", "occurred_on", "sbp", "dbp"],
    "records_dm_registration": ["subject", "occurred_on"],
    "records_dm_followup": ["subject", "occurred_on", "fpg"],
    "records_elderly_check": ["subject", "occurred_on", "lifestyle", "physical", "auxiliary", "guidance"],
    "records_contract": ["subject", "occurred_on", "valid_from", "valid_to"],
    "records_posting": ["subject", "institution", "occurred_on", "valid_from", "valid_to"],
}
"""All that the figures need. Files are sorted by subject, day and record id, so the id itself is not needed."""

MID_OR_HIGHER = ("mid", "associate_senior", "senior")
CENTRES = ("township_centre", "community_centre")
FIGURES = {
    "htn_managed": ("hypertension", "htn_enough"),
    "htn_controlled": ("hypertension", "htn_well"),
    "dm_managed": ("diabetes", "dm_enough"),
    "dm_controlled": ("diabetes", "dm_well"),
    "elderly_managed": ("elderly", "checked"),
    "contract_coverage": ("everybody", "contracted"),
    "contract_coverage_key": ("key", "contracted"),
}
"""Conditions of the indicators about residents: the denominator, and what makes part of it the numerator."""


def both_ways(name: str, how: str, loading: Timed[Any], computed: Timed[Any]) -> list[Measurement]:
    """The figures with the data in memory, and including reading the files."""
    total = loading.seconds + computed.seconds
    return [
        Measurement(name, f"Figures, {how}", computed.seconds, basis=LOADED, runs=computed.runs),
        Measurement(
            name,
            "Figures, including reading the Parquet files",
            total,
            basis=FROM_FILES,
            runs=computed.runs,
            peak=peak_memory(),
        ),
    ]
