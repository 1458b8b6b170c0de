"""What the tray and the small window have in common: both are a way to one menu."""

from __future__ import annotations

from PySide6.QtCore import QObject, SignalInstance

from recorder_app.ui.take_menu import TakeMenu

# Signals of the menu that its owner passes on as its own.
FORWARDED = (
    "record_requested",
    "stop_requested",
    "pause_requested",
    "resume_requested",
    "mark_requested",
    "mute_requested",
    "cancel_requested",
    "screenshot_requested",
    "microphone_chosen",
    "system_sound_chosen",
    "recent_opened",
    "library_requested",
    "settings_requested",
    "problem_requested",
    "quit_requested",
)


def forward(menu: TakeMenu, owner: QObject) -> None:
    """Have `owner` emit what `menu` emits."""
    for name in FORWARDED:
        source: SignalInstance = getattr(menu, name)
        source.connect(getattr(owner, name))


class MenuOwner:
    """Passes on what the menu has to be told."""

    _menu: TakeMenu

    @property
    def menu(self) -> TakeMenu:
        """The menu itself."""
        return self._menu

    def set_shortcuts(self, shortcuts: dict[str, str]) -> None:
        """Show the shortcuts, by names like start_stop, beside what they do."""
        self._menu.set_shortcuts(shortcuts)

    def set_last_area(self, size: str) -> None:
        """Offer the last area, like 1280 x 720; with "" there is none yet."""
        self._menu.set_last_area(size)

    def set_microphones(self, microphones: list[tuple[str, str]], chosen: str) -> None:
        """Offer microphones, each a name and how people know it."""
        self._menu.set_microphones(microphones, chosen)

    def set_system_sound(self, is_recorded: bool) -> None:
        """Show whether what the speakers play is recorded too."""
        self._menu.set_system_sound(is_recorded)

    def set_recent(self, recent: list[tuple[str, str]]) -> None:
        """Offer the latest recordings, each a title and its file."""
        self._menu.set_recent(recent)
