"""Why an upload is refused."""

from __future__ import annotations

from backend.core.problems import Problem, TooMany
from backend.media.rules import VERSION


class WrongTus(Problem):
    """The client speaks another version of tus."""

    status, code = 412, "wrong_tus_version"

    def __init__(self) -> None:
        super().__init__(
            f"This door speaks tus {VERSION}.", field="Tus-Resumable", headers={"Tus-Version": VERSION}
        )


class WrongOffset(Problem):
    """The chunk does not begin where the upload ends; the header Upload-Offset says where that is."""

    status, code = 409, "wrong_offset"

    def __init__(self, offset: int) -> None:
        super().__init__(
            f"The upload has {offset} bytes.", field="Upload-Offset", headers={"Upload-Offset": str(offset)}
        )


class WrongChecksum(Problem):
    """The chunk was damaged on its way; nothing of it was kept."""

    status, code = 460, "wrong_checksum"

    def __init__(self) -> None:
        super().__init__("The chunk does not have the checksum that was sent.", field="Upload-Checksum")


class UploadGone(Problem):
    """It waited too long for its next chunk. Create it again."""

    status, code = 410, "upload_expired"

    def __init__(self) -> None:
        super().__init__("This upload has expired: create it again.")


class WrongDigest(Problem):
    """All bytes came, but they are not those that the digest names. Nothing was kept."""

    status, code = 422, "wrong_digest"

    def __init__(self) -> None:
        super().__init__("The file is not the one that its digest names: send it again.", field="sha256")


class QuotaSpent(TooMany):
    """This device has sent what one may send in a day. The upload stays as it is and goes on the day after."""

    code = "upload_quota"

    def __init__(self, quota: int, seconds: int) -> None:
        """`quota` in bytes; `seconds` until the next day."""
        super().__init__(
            f"This tablet has sent its {quota // 1_000_000} MB of files for today. Nothing is lost: the rest is taken "
            "from midnight UTC.",
            headers={"Retry-After": str(seconds)},
        )
