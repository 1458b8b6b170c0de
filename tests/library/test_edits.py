"""Any sequence of edits, undo, redo, delete and restore keeps what must always be true."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from recorder_app.errors import InvalidRequest
from recorder_app.library import edits, recordings
from recorder_app.library.database import Database
from recorder_app.library.models import Recording

OPERATIONS = st.sampled_from(["trim", "cut", "split", "speed"])


class EditList(RuleBasedStateMachine):
    """One recording of the library beside two plain lists that say what must come out."""

    @initialize()
    def enter(self) -> None:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.path = Path(self.folder.name) / "library.sqlite"
        self.database = Database(self.path)
        with self.database.write() as session:
            row = Recording(title="x", recording_type="screen", path="/x")
            self.recording_id = recordings.add(session, row).id
            recordings.add(session, Recording(title="y", recording_type="screen", path="/y"))
        self.applied: list[tuple[str, float]] = []
        self.undone: list[tuple[str, float]] = []
        self.ever = 0
        self.is_deleted = False

    @rule(operation=OPERATIONS, at_s=st.floats(0, 100))
    def edit(self, operation: str, at_s: float) -> None:
        with self._may(possible=not self.is_deleted) as allowed, self.database.write() as session:
            row = recordings.get(session, self.recording_id)
            edits.apply(session, row, operation, {"at_s": at_s})
        if allowed:
            self.applied.append((operation, at_s))
            self.undone.clear()
            self.ever += 1

    @rule()
    def undo(self) -> None:
        possible = bool(self.applied) and not self.is_deleted
        with self._may(possible=possible), self.database.write() as session:
            edits.undo(session, recordings.get(session, self.recording_id))
        if possible:
            self.undone.append(self.applied.pop())

    @rule()
    def redo(self) -> None:
        possible = bool(self.undone) and not self.is_deleted
        with self._may(possible=possible), self.database.write() as session:
            edits.redo(session, recordings.get(session, self.recording_id))
        if possible:
            self.applied.append(self.undone.pop())

    @rule()
    def delete(self) -> None:
        with self.database.write() as session:
            recordings.delete(session, recordings.get(session, self.recording_id))
        self.is_deleted = True

    @rule()
    def restore(self) -> None:
        with self.database.write() as session:
            recordings.restore(session, recordings.get(session, self.recording_id))
        self.is_deleted = False

    @rule()
    def fail_half_way(self) -> None:
        with contextlib.suppress(KeyError), self.database.write() as session:
            row = recordings.get(session, self.recording_id)
            recordings.restore(session, row)
            edits.apply(session, row, "trim", {})
            raise KeyError

    @rule()
    def open_again(self) -> None:
        self.database.close()
        self.database = Database(self.path)

    @invariant()
    def holds(self) -> None:
        with self.database.read() as session:
            row = recordings.get(session, self.recording_id)
            history = edits.history(session, row)
            current = edits.current(session, row)
            redoable = edits.redoable(session, row)
            assert [(s.operation, s.parameters["at_s"]) for s in current] == self.applied
            assert [(s.operation, s.parameters["at_s"]) for s in reversed(redoable)] == self.undone
            # Every step there ever was, in order, each once.
            assert [step.position for step in history] == list(range(self.ever))
            assert (row.deleted_at is not None) is self.is_deleted
            assert session.scalar(select(func.count(Recording.id))) == 2
        assert self.database.check() == []

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    def _may(self, *, possible: bool) -> _Maybe:
        return _Maybe(possible)


class _Maybe:
    """Expects InvalidRequest unless something is `possible`; true if it is."""

    def __init__(self, possible: bool) -> None:
        self._possible = possible

    def __enter__(self) -> bool:
        return self._possible

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        if self._possible:
            return False
        assert kind is not None, "it should have been refused"
        return issubclass(kind, InvalidRequest)


TestEditList = EditList.TestCase
TestEditList.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
