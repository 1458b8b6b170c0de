"""Links on the clipboard, from a command that ends at once."""

from __future__ import annotations

from recorder_app.cli.main import report, say
from recorder_app.errors import IntegrationError, RecorderError


def copy(text: str, *, is_asked: bool = True) -> bool:
    """Put `text` on the clipboard, by the desktop's programs or by the app that runs.

    Returns whether it is there; where it was asked for, it is said if not.
    """
    from recorder_app.services.remote import send
    from recorder_app.system import clipboard

    try:
        clipboard.copy(text)
    except IntegrationError as error:
        try:
            is_there = send("copy", text=text, limit_s=3.0).app
        except RecorderError:
            is_there = False
        if not is_there:
            if is_asked:
                report(error)
            return False
    say("copied")
    return True
