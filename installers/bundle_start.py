"""Runs first in a bundle: programs that it starts get the environment it was started in.

The bundle's own libraries come first in its search path. A player of the system that is opened for
a recording must not load them. PyInstaller keeps the path of before in a variable.
"""

import os

_PATH, _BEFORE = "LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"

os.environ.pop(_PATH, None)
if before := os.environ.pop(_BEFORE, ""):
    os.environ[_PATH] = before
# Another start of the bundle, for a take or for jobs, then sets the path for itself again.
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
