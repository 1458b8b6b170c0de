"""Entry point of ``python -m recorder_app`` and of the ``recorder-app`` command."""

from recorder_app.cli.main import main

if __name__ == "__main__":
    main()
