"""Windows by themselves, drawn without a display; what needs a real one is in tests/desktop."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"
