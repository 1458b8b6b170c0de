"""Keeping sound in step by reading it a little faster or slower, never by a jump."""

from __future__ import annotations

# Proportional gain a second, and integral gain for critical damping (P squared over 4), as control
# theory has it for an integrating process. A higher gain follows faster and lets jitter be heard.
_P = 0.4
_I = _P**2 / 4
# Most that the rate may differ. Half a percent is a twelfth of a semitone.
_MOST = 0.005


class DriftCorrector:
    """A PI controller: position error in, change of rate out. Pure; not thread-safe."""

    def __init__(self) -> None:
        self._sum = 0.0
        self.correction = 0.0

    def update(self, error_s: float, elapsed_s: float) -> float:
        """Return by which share to read slower, for the next `elapsed_s`.

        `error_s` is how far what is read now lies ahead of what should be.
        """
        total = self._sum + error_s * elapsed_s
        wanted = _P * error_s + _I * total
        self.correction = min(max(wanted, -_MOST), _MOST)
        if wanted == self.correction:
            # While limited the sum stands still: it would overshoot later.
            self._sum = total
        return self.correction
