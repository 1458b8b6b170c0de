"""The service of the tests refuses what Bunny's documentation says is refused."""

from __future__ import annotations

import time
import uuid

import pytest
import requests

from recorder_app.share.bunny_signing import upload_signature
from tests.support.bunny import API_KEY, LIBRARY, Bunny

METADATA = {"Upload-Metadata": "filetype dmlkZW8vd2VibQ==,title QQ==", "Upload-Length": "3"}


def made(bunny: Bunny) -> str:
    answer = requests.post(
        f"{bunny.address}/library/{LIBRARY}/videos",
        json={"title": "A"},
        headers={"AccessKey": API_KEY},
        timeout=10,
    )
    return str(answer.json()["guid"])


def signed(video: str, expires: int | None = None, **changed: str) -> dict[str, str]:
    expires = int(time.time()) + 3600 if expires is None else expires
    return {
        "Tus-Resumable": "1.0.0",
        "AuthorizationSignature": upload_signature(LIBRARY, API_KEY, expires, video),
        "AuthorizationExpire": str(expires),
        "LibraryId": LIBRARY,
        "VideoId": video,
        **changed,
    }


def status(bunny: Bunny, headers: dict[str, str], method: str = "POST", path: str = "") -> int:
    url = f"{bunny.address}{path or '/tusupload'}"
    return requests.request(method, url, headers=headers, timeout=10).status_code


def test_a_call_signed_as_documented_is_let_in(bunny: Bunny) -> None:
    assert status(bunny, {**signed(made(bunny)), **METADATA}) == 201


def test_calls_signed_otherwise_are_not(bunny: Bunny) -> None:
    video = made(bunny)
    now = int(time.time())
    other = str(uuid.uuid4())
    refused = {
        "no signature": {"Tus-Resumable": "1.0.0", "VideoId": video},
        "another signature": signed(video, AuthorizationSignature="0" * 64),
        "expired": signed(video, now - 1),
        "milliseconds": signed(video, now * 1000),
        "another expiry than the signed one": signed(video, AuthorizationExpire=str(now + 99)),
        "another video than the signed one": signed(video, VideoId=made(bunny)),
        "another library": signed(video, LibraryId="1"),
    }
    for name, headers in refused.items():
        assert status(bunny, {**headers, **METADATA}) == 401, name
    assert status(bunny, {**signed(other), **METADATA}) == 404
    assert status(bunny, {**signed(video), **METADATA, "Tus-Resumable": "0.2"}) == 412
    assert status(bunny, {**signed(video), "Upload-Length": "3"}) == 400
    assert bunny.tus.uploads() == []


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_an_upload_belongs_to_one_video(bunny: Bunny, method: str) -> None:
    video, other = made(bunny), made(bunny)
    assert status(bunny, {**signed(video), **METADATA}) == 201
    [path] = bunny.videos[video].uploads
    assert status(bunny, signed(other), method, path) == 404
    assert status(bunny, signed(video), "HEAD", path) == 200


def test_the_api_wants_the_key_of_the_library(bunny: Bunny) -> None:
    for key, library in (("", LIBRARY), ("x", LIBRARY), (API_KEY, "1")):
        path = f"/library/{library}/videos?itemsPerPage=1"
        assert status(bunny, {"AccessKey": key}, "GET", path) == 401
    unknown = f"/library/{LIBRARY}/videos/{uuid.uuid4()}"
    assert status(bunny, {"AccessKey": API_KEY}, "GET", unknown) == 404
