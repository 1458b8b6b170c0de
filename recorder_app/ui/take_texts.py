"""The words for a take that several windows share."""

from __future__ import annotations

from recorder_app.texts import N_, clock_text, translate
from recorder_app.ui.take_view import AppState, TakeView

_STATES = {
    AppState.IDLE: N_("Ready to record"),
    AppState.PREPARING: N_("Getting ready"),
    AppState.RECORDING: N_("Recording"),
    AppState.PAUSED: N_("Paused"),
    AppState.FINISHING: N_("Saving the recording"),
    AppState.PROBLEM: N_("Recording is not possible"),
}


def state_text(view: TakeView) -> str:
    """Return the state in words."""
    if view.state is AppState.COUNTDOWN:
        return translate(N_("Recording starts in {seconds} s"), seconds=view.seconds_left)
    return translate(_STATES[view.state])


def summary(view: TakeView) -> str:
    """Return the state, the time and what is wrong, one a line: what a tooltip says."""
    first = state_text(view)
    if view.state.is_live:
        first += "  " + clock_text(view.elapsed_s)
    wrong = view.problem if not view.state.is_taking else view.warning and view.warning.message
    return f"{first}\n{wrong}" if wrong else first


def has_microphone(view: TakeView) -> bool:
    """Whether there is a microphone in the take, which can be muted."""
    return any(sound.kind == "microphone" for sound in view.sounds)


def plain(text: str, limit: int = 48) -> str:
    """Return a name as a menu or a button can show it: short, and with no hidden shortcut."""
    short = text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
    return short.replace("&", "&&")
