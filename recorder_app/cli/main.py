"""The command ``recorder-app``: verbs, errors and exit codes.

Only this module's imports are paid for by ``--help`` and ``--version``; each verb imports what it
needs when it runs.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from recorder_app import __version__, texts
from recorder_app.errors import InternalError, InvalidRequest, RecorderError

PROGRAM = "recorder-app"
INTERRUPTED = 130

# What does not wait for takes that were cut short to be recovered: recording and what belongs to
# it, and what looks after the library's database or its work itself.
_RECORDING = (
    "record",
    "take",
    "targets",
    "devices",
    "doctor",
    "selftest",
    "start",
    "stop",
    "pause",
    "resume",
    "toggle",
    "mark",
    "mute",
    "status",
    "quit",
)
_UPKEEP = ("recover", "library", "jobs", "cancel", "retry", "settings", "destination")
# Those may be about a file, for which no library is opened; else they see to it themselves.
_EDITING = ("trim", "cut")

EXIT_CODES = """\b
Exit codes:
  0    done
  1    doctor: recording cannot work here; selftest: not in step; library check: damaged
  2    the request was wrong
  3    the screen, window or microphone cannot be had, or the screen went away
  4    no encoder works, or encoding failed
  5    the disk is full or cannot be written
  6    a file cannot be read as video or sound
  7    a server cannot be reached, or refuses; destination test: not fit to upload to
  8    the keyring does not give, or take, a secret
  9    cancelled, nothing was recorded or changed
  10   the desktop does not do what was asked of it
  70   a fault of the program itself
  130  given up by a second Ctrl-C"""


@click.group(
    name=PROGRAM,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_CODES,
)
@click.version_option(__version__, prog_name=PROGRAM)
@click.pass_context
def cli(context: click.Context) -> None:
    """Record the screen to a file that plays whatever happens."""
    asks_for_help = any(each in context.help_option_names for each in sys.argv)
    if context.invoked_subcommand not in (*_RECORDING, "jobs") and not asks_for_help:
        # Those start their log themselves; without one, warnings would land on the terminal.
        from recorder_app import logs, paths

        logs.start(paths.log_folder())
    if context.invoked_subcommand not in _RECORDING + _UPKEEP + _EDITING and not asks_for_help:
        from recorder_app.cli.recovering import recover_first

        recover_first()


def main() -> NoReturn:
    """Run the command line and exit with its status."""
    from recorder_app.cli.output import take_standard_descriptors

    take_standard_descriptors()
    texts.use_language(_stored_language)
    try:
        _register()
        status = cli.main(prog_name=PROGRAM, standalone_mode=False)
    except RecorderError as error:
        report(error)
        status = error.exit_code
    except click.ClickException as error:
        # The same form as our own errors: one line, then the way on.
        say(f"{error.format_message()} Try “{PROGRAM} --help”.")
        status = InvalidRequest.exit_code
    except (click.Abort, KeyboardInterrupt):
        status = INTERRUPTED
    except Exception as error:
        # The top of the program: a fault of ours is told like any other, without a traceback.
        from recorder_app.pipeline.stage import as_recorder_error

        report(as_recorder_error(error))
        status = InternalError.exit_code
    sys.exit(status if isinstance(status, int) else 0)


def say(text: str) -> None:
    """Write one line for a person to stderr."""
    from recorder_app.cli.output import write_line

    write_line(f"{PROGRAM}: {text}", err=True)


def report(error: RecorderError) -> None:
    """Say on one line what happened and what to do."""
    say(" ".join(f"{error.message} {error.hint}".split()))


def _stored_language() -> str:
    from recorder_app.settings.language import stored_language

    return stored_language()


def _register() -> None:
    from recorder_app.cli import (
        control,
        destinations,
        editing,
        exports,
        figures,
        find,
        importing,
        inspect,
        jobs,
        library,
        moments,
        record,
        recovering,
        retention,
        rows,
        selftest,
        settings,
        sharing,
        transcripts,
        uploads,
    )

    for command in (
        record.record,
        record.take,
        inspect.targets,
        inspect.devices,
        inspect.doctor,
        selftest.selftest,
        find.list_,
        find.search,
        rows.show,
        rows.edit,
        rows.delete,
        rows.restore,
        editing.trim,
        editing.cut,
        editing.edits,
        editing.undo,
        editing.redo,
        exports.export_,
        transcripts.transcript,
        moments.frame,
        moments.frames,
        moments.annotate,
        moments.annotations_,
        library.library,
        importing.import_files,
        recovering.recover,
        retention.retention,
        figures.stats,
        control.start,
        control.stop,
        control.pause,
        control.resume,
        control.toggle,
        control.cancel,
        control.mark,
        control.mute,
        control.status,
        control.quit_,
        jobs.jobs,
        jobs.retry,
        destinations.destination,
        uploads.upload,
        uploads.uploads,
        sharing.link,
        sharing.unshare,
        settings.settings,
    ):
        cli.add_command(command)
