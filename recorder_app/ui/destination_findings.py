"""What a test of a destination has found: a line for each thing that was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, tokens
from recorder_app.ui.field_row import breakable, line

if TYPE_CHECKING:
    from recorder_app.services.destinations import FindingEntry, TestReport

_CHECKS = {
    "network": N_("Connection"),
    "proxy": N_("Proxy"),
    "certificate": N_("Certificate"),
    "clock": N_("Clock"),
    "key": N_("Key"),
    "region": N_("Region"),
    "bucket": N_("Place for files"),
    "permission": N_("Writing and deleting"),
    "service": N_("Service"),
}


class Findings(QWidget):
    """Empty until a report is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[QLabel] = []
        column = boxes.column(tokens.SPACE_XS, self)
        column.addWidget(line(translate(N_("Test result")), "strong"))
        self._held = boxes.column(tokens.SPACE_XS)
        column.addLayout(self._held)
        self.hide()

    def show_report(self, report: TestReport) -> None:
        """Show what was tried, in the order in which it was."""
        self.clear()
        for finding in report.findings:
            text = _text(finding)
            shown = line(breakable(text), "ok" if finding.is_fine else "warn")
            shown.setAccessibleName(text)
            self.lines.append(shown)
            self._held.addWidget(shown)
        self.show()

    def clear(self) -> None:
        """Forget an older report: it is not true any more."""
        for shown in self.lines:
            # At once, or it stays to be seen until later.
            shown.setParent(None)
            shown.deleteLater()
        self.lines = []
        self.hide()


def check_title(check: str) -> str:
    """Return what people call one of the things that are tried."""
    return translate(_CHECKS.get(check, check))


def _text(finding: FindingEntry) -> str:
    title = check_title(finding.check)
    if finding.is_fine:
        return f"✓ {title}"
    return f"⚠ {title}: {finding.message} {finding.hint}".rstrip()
