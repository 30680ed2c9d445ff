"""Our end of the rendering process: started when first needed, spoken to over pipes, with no secret in reach."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from backend.reports.render_child import CPU_SECONDS, receive, send

SOURCE = Path(__file__).resolve().parents[2]
NO_FONTS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig/>'


class RenderFailed(Exception):
    """No PDF: `reason` is one sentence for the person who looks after failed jobs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Renderer:
    """A warm rendering process; one job at a time, each in a fork of its own. Close it, or use `with`.

    A job may use `cpu_seconds` of processor time.
    """

    def __init__(self, cpu_seconds: int = CPU_SECONDS) -> None:
        self._cpu_seconds = cpu_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, head: Mapping[str, Any], blobs: Sequence[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """The answer to one job. Raises RenderFailed; the next job finds a living process again."""
        with self._lock:
            process = self._started()
            assert process.stdin and process.stdout
            try:
                send(process.stdin, head, blobs)
                answer = receive(process.stdout)
            except (OSError, EOFError, ValueError) as fault:
                self._stop()
                raise RenderFailed("the rendering process died") from fault
            if answer is None:
                self._stop()
                raise RenderFailed("the rendering process died")
        if "error" in answer[0]:
            raise RenderFailed(str(answer[0]["error"]))
        return answer

    def close(self) -> None:
        with self._lock:
            self._stop()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        self._folder = Path(tempfile.mkdtemp(prefix="singgah-render-"))
        (self._folder / "fonts.conf").write_text(NO_FONTS)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "backend.reports.render_child", str(self._cpu_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            env=_environment(self._folder),
        )
        self._greeted(self._process)
        return self._process

    def _greeted(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout
        greeting = receive(process.stdout)
        if greeting is None or "error" in greeting[0]:
            self._stop()
            raise RenderFailed(greeting[0]["error"] if greeting else "the rendering process did not start")

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for stream in (process.stdin, process.stdout):
                if stream:
                    stream.close()
            process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours: no settings, no secrets, no fonts of the machine, a fixed hash seed."""
    place = str(folder)
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "HOME": place,
        "TMPDIR": place,
        "XDG_CACHE_HOME": place,
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        "PYTHONPATH": str(SOURCE),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
