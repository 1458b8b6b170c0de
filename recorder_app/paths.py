"""Where the program's own files and the user's recordings live."""

import warnings
from pathlib import Path

import platformdirs

APP_NAME = "recorder-app"


def resource(name: str) -> Path:
    """Return the path of a shipped data file, in a wheel as in a source checkout."""
    package = Path(__file__).resolve().parent
    shipped = package / "resources"
    return (shipped if shipped.is_dir() else package.parent / "resources") / name


def videos_folder() -> Path:
    """Return the user's Videos folder; it may not exist yet."""
    return platformdirs.user_videos_path()


def pictures_folder() -> Path:
    """Return the user's Pictures folder; it may not exist yet."""
    return platformdirs.user_pictures_path()


def data_folder() -> Path:
    """Return the folder of the library and what belongs to it; it may not exist yet."""
    return platformdirs.user_data_path(APP_NAME, appauthor=False)


def config_folder() -> Path:
    """Return the folder of the stored settings; it may not exist yet."""
    return platformdirs.user_config_path(APP_NAME, appauthor=False)


def log_folder() -> Path:
    """Return the folder of the log files; it may not exist yet."""
    return platformdirs.user_log_path(APP_NAME, appauthor=False)


def cache_folder() -> Path:
    """Return the folder of what can be made anew; it may not exist yet."""
    return platformdirs.user_cache_path(APP_NAME, appauthor=False)


def frame_folder(recording_id: str) -> Path:
    """Return where the stills taken out of a recording are kept; it may not exist yet."""
    return data_folder() / "frames" / recording_id


def preview_folder(recording_id: str) -> Path:
    """Return where the pictures and the waveform of a recording are kept; it may not exist yet."""
    return cache_folder() / "previews" / recording_id


def runtime_folder() -> Path:
    """Return the folder of the sockets of this user's running programs; it may not exist yet."""
    with warnings.catch_warnings():
        # A session without such a folder gets another one.
        warnings.simplefilter("ignore")
        return platformdirs.user_runtime_path(APP_NAME, appauthor=False)


def app_socket() -> Path:
    """Return where the app that runs takes commands."""
    return runtime_folder() / "app.sock"


def takes_folder() -> Path:
    """Return the folder of the sockets of this user's takes; it may not exist yet."""
    return runtime_folder() / "takes"
