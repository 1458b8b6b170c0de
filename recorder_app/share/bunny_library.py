"""The API of a video library at Bunny Stream: its calls, and who may make them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from recorder_app.errors import RemoteRejected
from recorder_app.share.bunny_answers import (
    Done,
    FoundCollections,
    FoundVideos,
    PlayData,
    Video,
    VideoCollection,
    checked_video_id,
    is_guid,
)
from recorder_app.share.destination import Network
from recorder_app.share.http import Answer, HttpClient
from recorder_app.texts import N_, translate

# As many as a page has, and more pages than any library: who answers the same page again and again
# is not asked for ever.
_PER_PAGE, _MOST_PAGES = 100, 100


class VideoLibrary:
    """One library, reached with its API key; `secrets` never occur in a text.

    One thread at a time, except the client's `abort`. Every call raises subclasses of ShareError.
    """

    def __init__(
        self,
        address: str,
        library_id: str,
        api_key: str,
        network: Network | None,
        secrets: Iterable[str],
    ) -> None:
        self.address, self.library_id, self.api_key = address.rstrip("/"), library_id, api_key
        self.client = HttpClient([self.address], network, secrets)

    def create(self, title: str, collection_id: str = "") -> Video:
        """Make an empty video, whose id is fit for addresses."""
        body = {"title": title}
        if collection_id:
            body["collectionId"] = collection_id
        video = self.call("POST", "/videos", json=body).read(Video)
        checked_video_id(video.guid)
        return video

    def video(self, video_id: str) -> Video:
        return self.call("GET", path_of(video_id)).read(Video)

    def found(self, ending: str) -> Video | None:
        """Return the video whose title ends so, if there is one."""
        params: dict[str, str | int] = {"page": 1, "itemsPerPage": 100, "search": ending}
        items = self.call("GET", "/videos", params=params).read(FoundVideos).items
        return next((each for each in items if (each.title or "").endswith(ending)), None)

    def delete(self, video_id: str) -> None:
        """Delete a video and all that was uploaded of it; one that is gone is fine."""
        self.call("DELETE", path_of(video_id), expect=(200, 204, 404))

    def collections(self) -> Iterator[VideoCollection]:
        """Yield all collections of the library."""
        for page in range(1, _MOST_PAGES + 1):
            params: dict[str, str | int] = {"page": page, "itemsPerPage": _PER_PAGE}
            found = self.call("GET", "/collections", params=params).read(FoundCollections).items
            yield from found
            if len(found) < _PER_PAGE:
                return

    def collection(self, wanted: str) -> VideoCollection | None:
        """Return the collection with the id or the name `wanted`; None where none has the name.

        The name is compared without regard to case, if none is exactly that one. Raises
        RemoteNotFound for an id that is not there.
        """
        if is_guid(wanted):
            return self.call("GET", f"/collections/{wanted}").read(VideoCollection)
        alike = [
            each for each in self.collections() if (each.name or "").casefold() == wanted.casefold()
        ]
        return next((each for each in alike if each.name == wanted), alike[0] if alike else None)

    def create_collection(self, name: str) -> VideoCollection:
        return self.call("POST", "/collections", json={"name": name}).read(VideoCollection)

    def zone(self, video_id: str) -> str:
        """Return the host of the library's files, which differs from its id."""
        data = self.call("GET", f"{path_of(video_id)}/play").read(PlayData)
        address = data.video_playlist_url or data.thumbnail_url or ""
        if not (host := urlsplit(address).hostname):
            raise RemoteRejected(
                N_("Bunny does not tell where the library's files are."),
                hint=N_("Enter the CDN hostname in the destination's settings."),
            )
        return host

    def change(self, method: str, path: str, *, json: object = None) -> None:
        """Make a call whose answer only says whether it was done."""
        done = self.call(method, path, json=json).read(Done)
        if not done.success:
            raise RemoteRejected(
                N_("Bunny did not make the change ({reason})."),
                hint=N_("Try again later."),
                reason=self.client.redacted(done.message or "") or translate(N_("no reason given")),
            )

    def call(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, str | int] | None = None,
        expect: tuple[int, ...] = (200,),
    ) -> Answer:
        """Make a call to what is below the library."""
        return self.client.call(
            method,
            f"{self.address}/library/{self.library_id}{path}",
            headers={"AccessKey": self.api_key, "Accept": "application/json"},
            json=json,
            params=params,
            expect=expect,
        )


def path_of(video_id: str) -> str:
    """Return the path of a video within the library. Raises AnswerUnreadable for no id."""
    return f"/videos/{checked_video_id(video_id)}"
