"""What is done with destinations in the background, and how far it is."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from recorder_app.errors import RecorderError
from recorder_app.texts import N_, translate
from recorder_app.ui import destination_work
from recorder_app.ui.background import Background
from recorder_app.ui.destination_footer import Phase, State
from recorder_app.ui.destination_work import Draft, FieldRefused, Known, Saved

if TYPE_CHECKING:
    from recorder_app.services.destination_renaming import RenamedDestination
    from recorder_app.services.destinations import FieldEntry, RemovedDestination, TestReport


class DestinationActions(QObject):
    """Saving, testing, removing; each destination has its `state` under the key of its form.

    Used on the GUI thread. What comes of something is told before what is stored then.
    """

    looked = Signal(Known)
    look_failed = Signal(str)
    # The key, what was saved, and whether its secrets are kept.
    saved = Signal(str, Draft, bool)
    # The key, the field and what is wrong with it.
    refused = Signal(str, str, str)
    # The name, and the secrets that have to be typed.
    secrets_missing = Signal(str, list)
    # The name, and what is left there.
    removed = Signal(str, object)
    tested = Signal(str)
    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._states: dict[str, State] = {}
        # One for all that changes something: what is read after it has seen it.
        self._work = Background(self, "destinations")
        self._trial = Background(self, "destination test")

    @property
    def is_idle(self) -> bool:
        """Whether everything that was asked for is done, or given up."""
        return self._work.is_idle and self._trial.is_idle

    @property
    def is_busy(self) -> bool:
        """Whether something is going on of which people see how far it is."""
        return any(state.phase is not None for state in self._states.values())

    def state(self, key: str) -> State:
        return self._states.setdefault(key, State())

    def forget(self, key: str) -> None:
        self._states.pop(key, None)

    def leave_questions(self) -> None:
        """Take back every question that is not answered."""
        for state in self._states.values():
            state.is_asked = False

    def finish(self) -> None:
        """Wait until what was to be saved is saved, for a moment."""
        self._work.finish()

    def look(self) -> None:
        """Tell what is stored now."""
        self._work.run(
            destination_work.look,
            self.looked.emit,
            lambda error: self.look_failed.emit(_told(error)),
        )

    def save(self, key: str, draft: Draft, *, is_tested: bool) -> None:
        """Store what is in the form `key`; then test it, if it is to be tested."""
        self._start(self.state(key), Phase.SAVING)
        self._work.run(
            functools.partial(destination_work.save, draft),
            functools.partial(self._saved, key, draft, is_tested),
            functools.partial(self._refuse, key),
        )

    def test(self, name: str) -> None:
        """Test what is stored, once its secrets are at hand."""
        state = self.state(name)
        # That its keys are not kept is still so afterwards.
        kept = state.text if state.kind == "warn" and state.is_lasting else ""
        self._start(state, Phase.ASKING)
        state.number += 1
        self._trial.run(
            functools.partial(destination_work.missing_secrets, name),
            functools.partial(self._ask, name, state.number, kept),
            functools.partial(self._fail_test, name, state.number),
        )

    def stop_test(self, name: str) -> None:
        """Wait no more for the test; it ends by itself, unseen."""
        state = self.state(name)
        state.number += 1
        state.end(translate(N_("The test was left.")), "muted")
        # What hangs keeps its own thread; the next test does not wait for it.
        self._trial = Background(self, "destination test")
        self.changed.emit()

    def remove(self, name: str) -> None:
        """Forget a destination and its secrets."""
        self._start(self.state(name), Phase.REMOVING)
        self._work.run(
            functools.partial(destination_work.remove, name),
            functools.partial(self._removed, name),
            functools.partial(self._fail_to_remove, name),
        )

    def _start(self, state: State, phase: Phase) -> None:
        state.begin(phase, time.monotonic())
        self.changed.emit()

    def _saved(self, key: str, draft: Draft, is_tested: bool, found: Saved) -> None:
        name, problem = draft.entry.name, found.problem
        state = self._states[name] = self._states.pop(key)
        if problem is None:
            state.end(translate(N_("Saved.")), "ok")
        else:
            text = N_("Saved.")
            if draft.secrets:
                text = N_("Saved, but not its keys: they are used until the program ends.")
            state.end(f"{translate(text)} {problem.message} {problem.hint}".rstrip())
            state.is_lasting = True
        if found.renamed is not None and (left := _left_by(found.renamed)):
            state.end(" ".join(each for each in (state.text, *left) if each))
            state.is_lasting = True
        self.saved.emit(key, draft, problem is None)
        self.looked.emit(found.known)
        if is_tested:
            self.test(name)

    def _refuse(self, key: str, error: Exception) -> None:
        if isinstance(error, FieldRefused):
            self.state(key).end(translate(N_("It is not saved yet; see above.")))
            self.changed.emit()
            self.refused.emit(key, error.field, str(error.error))
        else:
            self.state(key).end(_told(error))
            self.changed.emit()

    def _ask(
        self,
        name: str,
        number: int,
        kept: str,
        found: tuple[list[FieldEntry], RecorderError | None],
    ) -> None:
        state = self.state(name)
        if state.number != number:
            return
        missing, problem = found
        if missing:
            text = problem or translate(N_("Its keys are not in the keyring. Enter them above."))
            state.end(str(text))
            self.changed.emit()
            self.secrets_missing.emit(name, [each.name for each in missing])
            return
        self._start(state, Phase.TESTING)
        self._trial.run(
            functools.partial(destination_work.test, name),
            functools.partial(self._tested, name, number, kept),
            functools.partial(self._fail_test, name, number),
        )

    def _tested(self, name: str, number: int, kept: str, report: TestReport) -> None:
        state = self.state(name)
        if state.number != number:
            return
        if not report.is_fine:
            state.end(translate(N_("Not everything works; see above.")))
        elif kept:
            state.end(f"{translate(N_('Everything works.'))} {kept}")
            state.is_lasting = True
        else:
            state.end(translate(N_("Everything works.")), "ok")
        state.report = report
        self.changed.emit()
        self.tested.emit(name)

    def _fail_test(self, name: str, number: int, error: Exception) -> None:
        state = self.state(name)
        if state.number == number:
            state.end(_told(error))
            self.changed.emit()

    def _removed(self, name: str, found: tuple[Known, RemovedDestination]) -> None:
        known, removed = found
        self.forget(name)
        self.removed.emit(name, removed)
        self.looked.emit(known)

    def _fail_to_remove(self, name: str, error: Exception) -> None:
        self.state(name).end(_told(error))
        self.changed.emit()
        # Something else may have removed it.
        self.look()


def _left_by(renamed: RenamedDestination) -> list[str]:
    """Return what a new name leaves to be done by people."""
    left = []
    if renamed.problem is not None:
        left.append(translate(N_("Its keys may be in the keyring under the old name still.")))
        left.append(renamed.problem.message)
    text = N_("Set {new} instead of {old} in the environment.")
    left += [translate(text, old=old, new=new) for old, new in renamed.variables.items()]
    return left


def _told(error: Exception) -> str:
    if not isinstance(error, RecorderError):
        raise error
    return str(error)
