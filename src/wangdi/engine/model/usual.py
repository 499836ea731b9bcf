"""The range in which nearly all values of a field lie: outside it a value is doubted and asked about, never refused."""

from dataclasses import dataclass

from wangdi.engine.model.parameters import Trust


def span_in_words(lowest: float | None, highest: float | None) -> str:
    """``90–180``, ``≥ 90`` or ``≤ 180``; nothing where both ends are open."""
    if lowest is not None and highest is not None:
        return f"{lowest:.12g}–{highest:.12g}"
    if lowest is not None:
        return f"≥ {lowest:.12g}"
    return f"≤ {highest:.12g}" if highest is not None else ""


@dataclass(frozen=True, slots=True)
class Usual:
    """Inclusive bounds in the field's unit, either of which may be open (None).

    ``source`` names one of the pack's sources. Without it nobody has checked the bounds, so they are ``unverified``.
    """

    minimum: float | None = None
    maximum: float | None = None
    source: str | None = None
    trust: Trust = Trust.UNVERIFIED

    def __post_init__(self) -> None:
        if self.minimum is None and self.maximum is None:
            raise ValueError("usual needs min or max")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("usual: min is above max")
        if self.source is None and self.trust is Trust.OFFICIAL:
            raise ValueError("usual values that are official name their source")

    def doubts(self, value: float) -> bool:
        too_small = self.minimum is not None and value < self.minimum
        return too_small or (self.maximum is not None and value > self.maximum)

    @property
    def in_words(self) -> str:
        return span_in_words(self.minimum, self.maximum)

    def flaw_within(self, lowest: float | None, highest: float | None) -> str | None:
        """What keeps the range from fitting the limits of its field, in words."""
        bounds = [bound for bound in (self.minimum, self.maximum) if bound is not None]
        if lowest is not None and min(bounds) < lowest:
            return f"usual begins at {min(bounds):g}, but values below {lowest:g} are refused"
        if highest is not None and max(bounds) > highest:
            return f"usual ends at {max(bounds):g}, but values above {highest:g} are refused"
        return None
