"""Undo and redo of real edits beside a model: a list of steps and a pointer into it."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from recorder_app.edit.timeline import Cut, EditList, Operation, Range, Restore, Revert, Trim
from recorder_app.errors import InvalidRequest
from recorder_app.library import edits, recordings
from recorder_app.library.database import Database
from recorder_app.library.models import Recording
from recorder_app.services import editing

LENGTH = Fraction(10)
PLACES = st.integers(0, 12).map(Fraction)
PAIRS = st.tuples(PLACES, PLACES).filter(lambda pair: pair[0] < pair[1])
RANGES = PAIRS.map(lambda pair: Range(*pair))
OPERATIONS = st.one_of(
    RANGES.map(Trim),
    RANGES.map(lambda part: Cut((part,))),
    RANGES.map(Restore),
    st.just(Revert()),
)


class UndoAndRedo(RuleBasedStateMachine):
    @initialize()
    def enter(self) -> None:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.path = Path(self.folder.name) / "library.sqlite"
        self.database = Database(self.path)
        with self.database.write() as session:
            row = Recording(title="x", recording_type="screen", path="/x", duration_s=float(LENGTH))
            self.recording_id = recordings.add(session, row).id
        self.steps: list[Operation] = []
        self.pointer = 0
        # What the last edit did away with, while it can still be withdrawn.
        self.before: tuple[str, list[Operation], int] | None = None

    @rule(operation=OPERATIONS)
    def edit(self, operation: Operation) -> None:
        done = self.steps[: self.pointer]
        try:
            operation.apply(EditList.of(LENGTH, done))
        except InvalidRequest:
            self._is_refused(operation)
            return
        with self.database.write() as session:
            row = recordings.get(session, self.recording_id)
            step = editing.add_step(session, row, LENGTH, operation)
        self.before = step.id, self.steps, self.pointer
        self.steps, self.pointer = [*done, operation], len(done) + 1

    @rule()
    def undo(self) -> None:
        with self.database.write() as session:
            row = recordings.get(session, self.recording_id)
            try:
                edits.undo(session, row)
            except InvalidRequest:
                assert self.pointer == 0
                return
        self.pointer -= 1
        assert self.pointer >= 0

    @rule()
    def redo(self) -> None:
        with self.database.write() as session:
            row = recordings.get(session, self.recording_id)
            try:
                edits.redo(session, row)
            except InvalidRequest:
                assert self.pointer == len(self.steps)
                return
        self.pointer += 1
        assert self.pointer <= len(self.steps)

    @precondition(lambda self: self.before is not None)
    @rule()
    def withdraw(self) -> None:
        assert self.before is not None
        step_id, steps, pointer = self.before
        is_last = self.pointer == len(self.steps)
        with self.database.write() as session:
            row = recordings.get(session, self.recording_id)
            assert edits.withdraw(session, row, step_id) == is_last
        if is_last:
            self.steps, self.pointer = steps, pointer
            self.before = None

    @rule(operation=OPERATIONS)
    def edit_in_vain(self, operation: Operation) -> None:
        """What an export that fails does: all is as it was before, also what can be redone."""
        self.before = None
        self.edit(operation)
        if self.before is not None:
            self.withdraw()

    @rule()
    def restart(self) -> None:
        self.database.close()
        self.database = Database(self.path)

    @invariant()
    def the_list_is_that_of_the_model(self) -> None:
        with self.database.read() as session:
            row = recordings.get(session, self.recording_id)
            entry = editing.entry_of(session, row, LENGTH)
            kept = editing.edit_list(session, row, LENGTH)
        assert kept == EditList.of(LENGTH, self.steps[: self.pointer])
        assert (entry.can_undo, entry.can_redo) == (
            self.pointer > 0,
            self.pointer < len(self.steps),
        )
        states = [step.state for step in entry.steps if step.state != editing.REPLACED]
        undone = len(self.steps) - self.pointer
        assert states == [editing.APPLIED] * self.pointer + [editing.UNDONE] * undone

    def _is_refused(self, operation: Operation) -> None:
        try:
            with self.database.write() as session:
                row = recordings.get(session, self.recording_id)
                editing.add_step(session, row, LENGTH, operation)
        except InvalidRequest:
            return
        raise AssertionError(f"{operation} was taken")

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()


TestUndoAndRedo = UndoAndRedo.TestCase
TestUndoAndRedo.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
