"""From an author's keys to measures that are put together from the figures of other indicators."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from wangdi.engine.model.indicators import Better, Indicator, Measure, Ratio, Scorecard, ScoreLine
from wangdi.engine.model.scoring import Amount, Band, Bands, FullOrZero, Proportional, ScoringRule
from wangdi.engine.packs.reading import Reader
from wangdi.engine.packs.shapes import AmountShape, IndicatorShape, ScoreLineShape
from wangdi.engine.packs.syntax import Broken
from wangdi.engine.packs.yaml_tree import Path_

T = TypeVar("T")


@dataclass(frozen=True)
class ComposedReader(Reader):
    """Reads the ratio or the scorecard of one indicator. Methods return None when they reported what is wrong."""

    path: Path_
    shape: IndicatorShape

    def read(self) -> Measure | None:
        return self._ratio() if self.shape.ratio_of is not None else self._scorecard()

    def _make(self, make: Callable[[], T], *key: str | int) -> T | None:
        return self.names.library.build(self.file, "W2005", (*self.path, *key), make)

    def _ratio(self) -> Measure | None:
        names = self.shape.ratio_of or []
        found = [self._indicator(name, ("ratio_of", at)) for at, name in enumerate(names)]
        above, below = found
        if above is None or below is None:
            return None
        per = self.shape.per
        return self._make(
            lambda: Ratio(above, below, 1 if per is None else per), "per" if per else "ratio_of"
        )

    def _scorecard(self) -> Measure | None:
        lines = [self._line(line, ("scorecard", at)) for at, line in enumerate(self.shape.scorecard or [])]
        fine = tuple(line for line in lines if line is not None)
        return Scorecard(fine) if len(fine) == len(lines) else None

    def _line(self, shape: ScoreLineShape, at: tuple[str | int, ...]) -> ScoreLine | None:
        indicator = self._indicator(shape.indicator, (*at, "indicator"))
        weight, rule = self._amount(shape.weight, (*at, "weight")), self._rule(shape, at, indicator)
        if indicator is None or weight is None or rule is None:
            return None
        return self._make(lambda: ScoreLine(indicator, weight, rule), *at, "weight")

    def _rule(
        self, shape: ScoreLineShape, at: tuple[str | int, ...], indicator: Indicator | None
    ) -> ScoringRule | None:
        given = {key for key in ("rule", "zero", "full", "bands") if getattr(shape, key) is not None}
        if given == {"bands"} and shape.bands is not None:
            return self._bands(shape.bands, (*at, "bands"), indicator)
        rule = shape.rule or "proportional"
        wanted = {"zero", "full"} if rule == "proportional" else {"full"}
        if given - {"rule"} != wanted:
            message = "a line gives points in exactly one way"
            hint = "write zero and full, or rule: full_or_zero and full, or bands"
            self.report("W1005", (*self.path, *at), message, hint)
            return None
        full = self._amount(shape.full, (*at, "full"))
        if rule == "full_or_zero":
            return FullOrZero(full) if full is not None else None
        zero = self._amount(shape.zero, (*at, "zero"))
        if zero is None or full is None:
            return None
        self._check_order([full, zero], (*at, "full"), indicator)
        return Proportional(zero, full)

    def _bands(
        self, rows: list[list[AmountShape]], at: tuple[str | int, ...], indicator: Indicator | None
    ) -> Bands | None:
        found = []
        for number, (threshold, points) in enumerate(rows):
            amounts = self._amount(threshold, (*at, number, 0)), self._amount(points, (*at, number, 1))
            if amounts[0] is None or amounts[1] is None:
                return None
            found.append(Band(amounts[0], amounts[1]))
        self._check_order([band.threshold for band in found], at, indicator)
        return Bands(tuple(found))

    def _check_order(
        self, amounts: list[Amount], at: tuple[str | int, ...], indicator: Indicator | None
    ) -> None:
        """Reports thresholds that do not run from the best down; those of parameters change with the day."""
        numbers = [amount.given for amount in amounts if isinstance(amount.given, int | float)]
        if indicator is None or len(numbers) < len(amounts):
            return
        higher = indicator.better is Better.HIGHER
        if any(one <= two if higher else one >= two for one, two in pairwise(numbers)):
            message = f"the thresholds do not run from the best down: for '{indicator.name}' " + (
                "higher is better" if higher else "lower is better"
            )
            self.report("W3020", (*self.path, *at), message, "turn them round")

    def _indicator(self, name: str, at: tuple[str | int, ...]) -> Indicator | None:
        """The indicator of that name, of whichever pack."""
        path = (*self.path, *at)
        try:
            found = self.names.indicator(name)
        except Broken:
            return None
        if found is None:
            files = self.names.library.files.values()
            known = {other for file in files for other in file.shape.indicators}
            self.names.library.report_unknown(self.file, "W2003", path, "indicator", name, known)
        return found

    def _amount(self, written: AmountShape | None, at: tuple[str | int, ...]) -> Amount | None:
        return read_amount(self, written, (*self.path, *at))


def read_amount(reader: Reader, written: AmountShape | None, path: Path_) -> Amount | None:
    """A number, or the parameter of that name."""
    if not isinstance(written, str):
        return reader.names.library.build(reader.file, "W2005", path, lambda: Amount(written or 0))
    parameter = reader.parameter(written, path, "neither a number nor a parameter of this pack")
    if parameter is None:
        return None
    return reader.names.library.build(reader.file, "W2005", path, lambda: Amount(parameter))
