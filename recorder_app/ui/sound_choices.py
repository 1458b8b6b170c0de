"""Which sound the next recording has: shown in several places, kept in the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance

from recorder_app.services.devices import list_microphones
from recorder_app.settings import Settings
from recorder_app.settings.store import SettingsStore
from recorder_app.texts import N_, translate
from recorder_app.ui.background import Background
from recorder_app.ui.microphone_menu import DEFAULT_MICROPHONE, NO_MICROPHONE


@dataclass(frozen=True, slots=True)
class SoundOffer:
    """The microphones there are, each a name and how people know it, and what is chosen."""

    microphones: tuple[tuple[str, str], ...] = ()
    microphone: str = NO_MICROPHONE
    has_system_sound: bool = False


class SoundView(Protocol):
    """Where sound is chosen."""

    microphone_chosen: SignalInstance
    system_sound_chosen: SignalInstance

    def set_sound(self, offer: SoundOffer) -> None: ...


class SoundChoices(QObject):
    """Offers the choices to every view and keeps what is chosen. Used on the GUI thread.

    Devices are listed and settings written in the background; `failed` carries what went wrong.
    """

    changed = Signal(object)
    failed = Signal(object)

    def __init__(self, store: SettingsStore, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._background = background
        self._microphones: tuple[tuple[str, str], ...] = ()
        self._unsaved: dict[str, object] = {}
        self.offer = SoundOffer()

    @property
    def unsaved(self) -> dict[str, object]:
        """What was chosen a moment ago and is not in the settings yet, by their names."""
        return dict(self._unsaved)

    def attach(self, view: SoundView) -> None:
        """Have `view` show the choices, from now until it is deleted."""
        view.microphone_chosen.connect(lambda name: self._choose("mic", name))
        view.system_sound_chosen.connect(lambda is_on: self._choose("system_audio", is_on))
        self.changed.connect(view.set_sound)
        view.set_sound(self.offer)

    def apply(self, stored: Settings) -> None:
        """Show what the settings say, and look which microphones there are."""
        self._show(stored)
        self.look()

    def look(self) -> None:
        """List the microphones anew."""
        self._background.run(list_microphones, self._take_in)

    def _take_in(self, found: list[tuple[str, str]]) -> None:
        default = (DEFAULT_MICROPHONE, translate(N_("Default microphone")))
        self._microphones = (default, *found) if found else ()
        self._show(self._store.current)

    def _choose(self, name: str, value: object) -> None:
        self._unsaved[name] = value
        self._show(self._store.current)

        def forget() -> None:
            # Unless something else was chosen meanwhile.
            if self._unsaved.get(name) == value:
                del self._unsaved[name]
            self._show(self._store.current)

        def fail(error: Exception) -> None:
            forget()
            self.failed.emit(error)

        self._background.run(
            lambda: self._store.update("sound", **{name: value}), lambda _: forget(), fail
        )

    def _show(self, stored: Settings) -> None:
        system_sound = self._unsaved.get("system_audio", stored.sound.system_audio)
        offer = SoundOffer(
            self._microphones,
            str(self._unsaved.get("mic", stored.sound.mic)),
            # None: wherever there is a sound server.
            system_sound is not False,
        )
        if offer != self.offer:
            self.offer = offer
            self.changed.emit(offer)
