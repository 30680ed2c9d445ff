"""Runs WeasyPrint in a process of its own: `python -m backend.reports.render_child CPU_SECONDS`, spoken to over pipes.

The parent process imports the libraries once and forks for each job, so that a job is quick, starts clean and dies
alone. A job has limits on processor time, memory, file size and wall clock, an empty environment and no file of
ours but its input; whatever it asks for beyond the job's own assets ends it.
"""

from __future__ import annotations

import io
import json
import logging
import os
import resource
import signal
import sys
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO, Any

CPU_SECONDS = 25
WALL_SECONDS = 60
MEMORY_BYTES = 2 * 1024**3
FILE_BYTES = 64 * 1024**2
OPEN_FILES = 128

Parts = tuple[dict[str, Any], list[bytes]]


def send(stream: IO[bytes], head: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Write one message: length of the head, the head as JSON, then the blobs whose sizes it names."""
    body = json.dumps({**head, "sizes": [len(blob) for blob in blobs]}).encode()
    stream.write(len(body).to_bytes(4, "big") + body)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def receive(stream: IO[bytes]) -> Parts | None:
    """Read one message; None at the end of the stream. Raises EOFError when it breaks off."""
    length = stream.read(4)
    if not length:
        return None
    head = json.loads(_exactly(stream, int.from_bytes(length, "big")))
    return head, [_exactly(stream, size) for size in head["sizes"]]


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise EOFError("the message breaks off")
    return data


def main() -> None:
    """Answer jobs from standard input until it closes."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints may look like an answer
    try:
        _import_libraries()
    except (ImportError, OSError) as fault:
        send(answers, {"error": f"WeasyPrint cannot start: {fault}"})
        return
    send(answers, {"ready": True})
    cpu_seconds = int(sys.argv[1])
    while (job := receive(sys.stdin.buffer)) is not None:
        head, blobs = _forked(job, cpu_seconds)
        send(answers, head, blobs)


def _import_libraries() -> None:
    warnings.simplefilter("ignore")  # fontconfig has no system fonts here, on purpose
    import weasyprint  # noqa: F401 - after the pipes are set up, and before the first fork


def _forked(job: Parts, cpu_seconds: int) -> Parts:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(job, writing, cpu_seconds)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        data = stream.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        return {"error": _death(status)}, []
    answer = receive(io.BytesIO(data))
    return answer if answer is not None else ({"error": "the renderer gave no answer"}, [])


def _work(job: Parts, writing: int, cpu_seconds: int) -> None:
    code = 1
    try:
        _limit(cpu_seconds)
        head, blobs = render(*job)
        with os.fdopen(writing, "wb") as stream:
            send(stream, head, blobs)
        code = 0
    finally:
        os._exit(code)


def _limit(cpu_seconds: int) -> None:
    signal.alarm(WALL_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _death(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"the renderer was stopped at a limit (signal {os.WTERMSIG(status)})"
    return "the renderer broke off"


def render(head: dict[str, Any], blobs: list[bytes]) -> Parts:
    """One PDF from {html, css, assets, attachments, created, identifier}; {"error": …} when it cannot be."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    count = len(head["assets"])
    assets = {
        f"asset:{a['name']}": (a["mime"], b) for a, b in zip(head["assets"], blobs[:count], strict=True)
    }
    errors = _listen()
    fetcher, fonts = _closed(assets), FontConfiguration()
    try:
        sheet = CSS(string=head["css"], font_config=fonts, url_fetcher=fetcher)
        page = HTML(string=head["html"], url_fetcher=fetcher, base_url="asset:")
        document = page.render(stylesheets=[sheet], font_config=fonts)
        pdf = document.write_pdf(
            pdf_identifier=bytes.fromhex(head["identifier"]),
            pdf_variant="pdf/a-3a",
            pdf_tags=True,
            attachments=_attachments(head, blobs[count:]),
        )
    except FatalURLFetchingError as fault:
        return {"error": str(fault)}, []
    except Exception as fault:  # noqa: BLE001 - RecursionError, ZeroDivisionError and whatever else it may raise
        return {"error": f"{type(fault).__name__}: {fault}"[:500]}, []
    unused = sorted(set(assets) - fetcher.fetched)
    if errors or unused:
        return {"error": "; ".join([*errors, *(f"not printed: {name}" for name in unused)])[:500]}, []
    return {"pages": len(document.pages), "fetched": len(fetcher.fetched)}, [pdf]


def _attachments(head: dict[str, Any], blobs: list[bytes]) -> list[Any]:
    from weasyprint import Attachment

    at = datetime.fromisoformat(head["created"])
    return [
        Attachment(
            string=blob,
            name=a["name"],
            description=a["description"],
            created=at,
            modified=at,
            relationship=a["relationship"],
        )
        for a, blob in zip(head["attachments"], blobs, strict=True)
    ]


def _listen() -> list[str]:
    """What WeasyPrint would only have logged: a picture that failed to load is an error of ours."""
    from weasyprint.logger import LOGGER

    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    LOGGER.handlers[:] = [Ear(logging.ERROR)]
    return heard


def _closed(assets: Mapping[str, tuple[str, bytes]]) -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class ClosedFetcher(URLFetcher):
        """Knows the job's own assets and nothing else; anything else ends the rendering."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=())
            self.fetched: set[str] = set()

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002 - WeasyPrint calls it so
            if url not in assets:
                raise FatalURLFetchingError(f"the page asked for {url[:120]}")
            self.fetched.add(url)
            mime, data = assets[url]
            return URLFetcherResponse(url, data, {"Content-Type": mime})

    return ClosedFetcher()


if __name__ == "__main__":
    main()
