"""Which of botocore's data the bundle brings along: those of S3, of all services that there are."""

DATA = "botocore/data/"
# Of the folder itself, and of S3's; its examples, pages and waiters are nothing that is asked for.
_SHARED = ("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json")
_OF_S3 = ("service-2.", "endpoint-rule-set-1.")


def is_needed(name: str) -> bool:
    """Return whether the bundle's file `name` is none of botocore's data, or one that S3 needs."""
    place, sign, inside = name.replace("\\", "/").partition(DATA)
    if not sign or place:
        return True
    folder, _, file_name = inside.rpartition("/")
    if not folder:
        return file_name in _SHARED
    return folder.startswith("s3/") and file_name.startswith(_OF_S3)
