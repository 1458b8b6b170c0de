"""A real S3 server (SeaweedFS) of a test's own, which checks signatures and permissions."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from recorder_app.errors import ShareError
from recorder_app.share.s3_client import S3Client
from recorder_app.share.s3_signing import signed_address

BUCKET = "takes"
VERSIONED = "versions"
KEY_ID, SECRET = "lab-key-id", "lab-secret-key"
# Whose key may only read.
READER_ID, READER_SECRET = "reader-key-id", "reader-secret-key"
REGION = "us-east-1"
_START_S = 60.0
_PORTS = ("master", "volume", "filer", "s3")


class S3Server:
    """Runs from the moment it is made; keeps everything in `folder`.

    Its two buckets are there: in `VERSIONED`, what is deleted or replaced stays as a version.
    """

    def __init__(self, folder: Path, *, volumes: int = 40, volume_mb: int = 64) -> None:
        data = folder / "data"
        data.mkdir(parents=True)
        identities = [
            _identity("lab", KEY_ID, SECRET, ["Admin", "Read", "Write", "List", "Tagging"]),
            _identity("reader", READER_ID, READER_SECRET, [f"Read:{BUCKET}", f"List:{BUCKET}"]),
        ]
        (folder / "s3.json").write_text(json.dumps({"identities": identities}))
        ports = _free_ports(2 * len(_PORTS))
        options = [
            f"-dir={data}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-filer",
            "-s3",
            f"-s3.config={folder / 's3.json'}",
            f"-s3.localSocket={folder / 's3.sock'}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            # A bucket that is not there is one of the things to be told.
            "-s3.autoCreateBucket=false",
            f"-master.volumeSizeLimitMB={volume_mb}",
            f"-volume.max={volumes}",
        ]
        for name, port, grpc in zip(_PORTS, ports[::2], ports[1::2], strict=True):
            options += [f"-{name}.port={port}", f"-{name}.port.grpc={grpc}"]
        self.port = ports[2 * _PORTS.index("s3")]
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [_weed(), "-logtostderr=true", "server", *options],
            cwd=folder,
            env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "TMPDIR": str(folder)},
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self.client = S3Client(self.address, REGION, KEY_ID, SECRET)
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def keys(self, bucket: str = BUCKET) -> list[str]:
        """Return the names of the files in a bucket."""
        answer = self.client.call("list_objects_v2", Bucket=bucket)
        return sorted(each["Key"] for each in answer.get("Contents", ()))

    def read(self, key: str, bucket: str = BUCKET) -> bytes:
        address = signed_address(
            f"{self.address}/{bucket}/{quote(key)}",
            REGION,
            KEY_ID,
            SECRET,
            lifetime_s=60,
            now=time.time(),
        )
        with urllib.request.urlopen(address, timeout=60) as answer:
            content: bytes = answer.read()
        return content

    def unfinished(self, bucket: str = BUCKET) -> list[str]:
        """Return the keys of uploads in parts that are neither completed nor aborted."""
        answer = self.client.call("list_multipart_uploads", Bucket=bucket)
        return [each["Key"] for each in answer.get("Uploads", ())]

    def forget(self, key: str) -> None:
        """Delete a file, and what was begun of it."""
        self.client.call("delete_object", Bucket=BUCKET, Key=key)
        answer = self.client.call("list_multipart_uploads", Bucket=BUCKET, Prefix=key)
        for each in answer.get("Uploads", ()):
            place = {"Bucket": BUCKET, "Key": each["Key"], "UploadId": each["UploadId"]}
            self.client.call("abort_multipart_upload", **place)

    def clear(self) -> None:
        """Delete everything of both buckets."""
        for bucket in (BUCKET, VERSIONED):
            answer = self.client.call("list_object_versions", Bucket=bucket)
            for each in (*answer.get("Versions", ()), *answer.get("DeleteMarkers", ())):
                place = {"Bucket": bucket, "Key": each["Key"], "VersionId": each["VersionId"]}
                self.client.call("delete_object", **place)
            for each in self.client.call("list_multipart_uploads", Bucket=bucket).get(
                "Uploads", ()
            ):
                place = {"Bucket": bucket, "Key": each["Key"], "UploadId": each["UploadId"]}
                self.client.call("abort_multipart_upload", **place)

    def close(self) -> None:
        self.client.close()
        self._process.kill()
        self._process.wait()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _wait(self) -> None:
        """Return when a file can be written: buckets come before there is room for files."""
        until = time.monotonic() + _START_S
        made: set[str] = set()
        while True:
            try:
                for bucket in {BUCKET, VERSIONED} - made:
                    self.client.call("create_bucket", Bucket=bucket)
                    made.add(bucket)
                self.client.call(
                    "put_bucket_versioning",
                    Bucket=VERSIONED,
                    VersioningConfiguration={"Status": "Enabled"},
                )
                place = {"Bucket": BUCKET, "Key": "probe"}
                self.client.call("put_object", **place, Body=b"probe")
                self.client.call("delete_object", **place)
            except ShareError:
                assert self._process.poll() is None, "the S3 server ended"
                assert time.monotonic() < until, "the S3 server does not get ready"
                time.sleep(0.1)
            else:
                return


def _identity(name: str, key_id: str, secret: str, actions: list[str]) -> dict[str, Any]:
    credentials = [{"accessKey": key_id, "secretKey": secret}]
    return {"name": name, "credentials": credentials, "actions": actions}


def _weed() -> str:
    """Return the path of SeaweedFS: the one that the tests install, or the system's."""
    installed = Path(sys.executable).with_name("weed")
    found = str(installed) if installed.exists() else shutil.which("weed")
    assert found, "SeaweedFS is missing: installers/setup.sh test"
    return found


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _each in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
