"""The one table: Markdown."""

from collections.abc import Iterable, Sequence

from bench.machine import machine, today, versions
from bench.measuring import Measurement

_HEAD = ("who", "what", "measured", "target", "× Wangdi", "peak memory", "runs", "note")
_RIGHT = {2, 3, 4, 5, 6}
_WHOLE_FROM = 100


def render(measured: Sequence[Measurement], about: Iterable[str]) -> str:
    """The measurements with the machine, the versions and what the data are."""
    base = {item.basis: item.value for item in measured if item.contender == "Wangdi" and item.basis}
    rows = [_HEAD, tuple("--:" if i in _RIGHT else "---" for i in range(len(_HEAD)))]
    rows += [_row(item, base) for item in measured]
    lines = [*(f"- {line}" for line in (*about, machine(), versions(), f"measured {today()}")), ""]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def _row(item: Measurement, base: dict[str, float]) -> tuple[str, ...]:
    ratio = f"{item.value / base[item.basis]:.1f}" if item.basis in base else ""
    return (
        item.contender,
        item.what,
        _amount(item.value, item.unit),
        _target(item),
        ratio,
        f"{item.peak / 1e9:.2f} GB" if item.peak else "",
        str(item.runs) if item.runs > 1 else "1",
        item.note,
    )


def _target(item: Measurement) -> str:
    if item.target is None:
        return ""
    limit = "≥" if item.is_better_high else "≤"
    return f"{limit} {_amount(item.target, item.unit)} {'✓' if item.met else '✗'}"


def _amount(value: float, unit: str) -> str:
    """Three significant digits or whole numbers."""
    return f"{value:,.0f} {unit}" if abs(value) >= _WHOLE_FROM else f"{value:.3g} {unit}"
