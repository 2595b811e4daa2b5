"""How spans of time are spread over classes, as Prometheus reads it; light enough for a process that nobody asks."""

from bisect import bisect_left

SENDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0)  # seconds
COMMITS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5)  # seconds


class Spread:
    """Counts spans by class; `bounds` are the classes' upper ends in seconds, ascending."""

    __slots__ = ("_bounds", "_counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """One more span."""
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self.total += seconds

    def classes(self) -> list[tuple[str, float]]:
        """How many spans were at most so long: (bound in seconds, count so far), "+Inf" last."""
        reached, found = 0, []
        for bound, count in zip((*map(str, self._bounds), "+Inf"), self._counts, strict=True):
            reached += count
            found.append((bound, float(reached)))
        return found
