"""Entry point of the ``recorder-app`` command: the app without arguments, else the verb."""

import contextlib
import sys


def main() -> None:
    """Start the app, or run the command line."""
    if len(sys.argv) == 1:
        sys.exit(_app())
    from recorder_app.cli.main import main as command_line

    command_line()


def _app() -> int:
    from recorder_app.cli.main import report
    from recorder_app.errors import AlreadyRunning, NotRunning, RecorderError
    from recorder_app.services.remote import raise_app
    from recorder_app.system.session import session_type

    try:
        with contextlib.suppress(NotRunning):
            # Without loading Qt: one that runs is shown at once.
            raise_app()
            return 0
        if session_type() == "none":
            # Qt would end the process without a word that helps.
            from recorder_app.capture.desktop_session import require_screen

            require_screen()
        from recorder_app.ui.main import run

        return run()
    except AlreadyRunning:
        # It was started twice at once.
        with contextlib.suppress(NotRunning):
            raise_app()
        return 0
    except RecorderError as error:
        report(error)
        return error.exit_code


if __name__ == "__main__":
    main()
