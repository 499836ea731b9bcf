"""How the Farrington methods take a baseline and judge by it, with the settings that have names.

Original: Farrington et al. 1996, Journal of the Royal Statistical Society A 159:547-563. Flexible, and its improved
settings: Noufaily et al. 2013, Statistics in Medicine 32:1206-1222.
"""

from dataclasses import dataclass

from wangdi.methods.detection.arrays import fraction
from wangdi.methods.detection.baseline import Reach
from wangdi.methods.detection.farrington_fit import Errors
from wangdi.methods.detection.prediction import Power, Threshold
from wangdi.methods.detection.result import Variant


@dataclass(frozen=True)
class Settings:
    """How a baseline is taken and judged; the names in brackets are those of `surveillance`.

    ``years`` (b) back, ``half_window`` (w) times around each anniversary, ``seasons`` (noPeriods) levels,
    ``left_out`` (pastWeeksNotIncluded) latest times, ``reweight`` and ``weights_threshold``, ``trend`` and
    ``trend_p`` (pThresholdTrend), ``cases`` within ``recent`` times as the least to be judged at all (limit54),
    ``alpha``, ``power`` (powertrans), ``threshold`` (thresholdMethod). ``original``: half of ``alpha`` lies above
    the bound.
    """

    years: int = 5
    half_window: int = 3
    seasons: int = 1
    left_out: int = 0
    reweight: bool = True
    weights_threshold: float = 2.58
    trend: bool = True
    trend_p: float = 0.05
    cases: float = 5
    recent: int = 4
    alpha: float = 0.05
    original: bool = False
    power: Power = Power.TWO_THIRDS
    threshold: Threshold = Threshold.DELTA

    def __post_init__(self) -> None:
        fraction(self.alpha, "alpha")
        if self.years < 1 or self.half_window < 0 or self.seasons < 1 or self.recent < 1 or self.left_out < 0:
            raise ValueError(
                f"no baseline has {self.years} years, windows of {self.half_window}, {self.seasons} seasons"
            )

    def errors(self, variant: Variant) -> Errors:
        if variant is Variant.TEXTBOOK:
            return Errors.FLOORED
        return Errors.ORIGINAL if self.original else Errors.FLEXIBLE

    def misdates_trends(self, variant: Variant) -> bool:
        """Whether a trend is read off too early where the first counts of a baseline are missing."""
        return variant is Variant.R and not self.original

    @property
    def reach(self) -> Reach:
        """The original looks at earlier years alone and counts time in columns, the flexible one by date."""
        left_out = max(self.left_out, self.half_window) if self.original else self.left_out
        return Reach(self.years, self.half_window, self.seasons, left_out, by_date=not self.original)

    @property
    def quantile(self) -> float:
        return 1 - self.alpha / (2 if self.original else 1)


ORIGINAL = Settings(weights_threshold=1.0, original=True)
FLEXIBLE = Settings(left_out=3)
IMPROVED = Settings(
    seasons=10, left_out=26, weights_threshold=2.58, trend_p=1.0, threshold=Threshold.NB_PLUGIN
)
"""As `algo.farrington`, `farringtonFlexible` and Noufaily et al. 2013 have them."""
