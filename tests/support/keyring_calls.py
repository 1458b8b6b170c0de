"""Calls to the keyring in a process of its own: ``python -m tests.support.keyring_calls LIMIT``.

Each line of standard input is a JSON array such as ``["get", "home", "key"]``; each is answered by
a line with the answer or the error's code and texts, and how many seconds it took.
"""

from __future__ import annotations

import json
import sys
import time

from recorder_app.errors import RecorderError
from recorder_app.system.secrets import Keyring


def main(limit: str) -> None:
    keyring = Keyring(float(limit))
    print("ready", flush=True)
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        began = time.monotonic()
        said: dict[str, object] = {}
        try:
            said["answer"] = getattr(keyring, name)(*arguments)
        except RecorderError as error:
            said |= {"error": error.code, "message": error.message, "hint": error.hint}
        print(json.dumps(said | {"seconds": time.monotonic() - began}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
