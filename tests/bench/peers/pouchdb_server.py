"""PouchDB on LevelDB behind express-pouchdb, in the mode that its page gives for replication."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.driver import Line, Refused, Told
from tests.bench.peers import Missing, installing
from tests.services import children
from tests.services.ports import free_port

SETTINGS = "Node, mode minimumForPouchDB, LevelDB through leveldown, _bulk_docs, _changes with include_docs"
DURABILITY = "LevelDB's log, not synced at each write: an acknowledged write can be lost with the machine"
JSON = {"Content-Type": "application/json", "Accept": "application/json"}


@dataclass
class PouchDB:
    """One running server; its database is `bench`."""

    program: Path
    folder: Path
    port: int = 0
    child: children.Child | None = None
    backups: int = 0

    name = "PouchDB"
    durability = DURABILITY
    settings = SETTINGS

    @property
    def version(self) -> str:
        return ", ".join(installing.npm_versions("express-pouchdb", "pouchdb", "leveldown"))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bench"

    def start(self) -> None:
        self.port = free_port()
        data = self.folder / "pouchdb"
        data.mkdir(exist_ok=True)
        command = (installing.node(), self.program / "server.cjs", data, str(self.port))
        self.child = children.start("express-pouchdb", command, self.folder / "pouchdb.said")
        self.child.wait_until(self._answers, "an answer to a request")

    def _answers(self) -> bool:
        try:
            return self.line().ask("GET", "/").status == 200
        except OSError:
            return False

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()
            self.child = None

    def line(self) -> Line:
        return Line(self.port)

    def make_place(self) -> None:
        self.line().must("PUT", "/bench", b"", JSON)

    # One client

    def push_body(self, records: list[dict[str, Any]]) -> bytes:
        docs = [{"_id": one["id"], **{name: value for name, value in one.items() if name != "id"}} for one in records]
        return json.dumps({"docs": docs}).encode()

    def push(self, line: Line, body: bytes) -> Told:
        told = line.must("POST", "/bench/_bulk_docs", body, JSON)
        wrong = [one for one in told.json() if "ok" not in one]
        if wrong:
            raise Refused(f"a document was refused: {wrong[0]}")
        return told

    def replicated_body(self, records: list[dict[str, Any]]) -> bytes:
        """As replication sends: revisions are the client's, so that sending twice is sending once."""
        docs = []
        for one in records:
            rev = one["id"].replace("-", "")
            docs.append({"_id": one["id"], "_rev": f"1-{rev}", "_revisions": {"start": 1, "ids": [rev]}, "text": "x"})
        return json.dumps({"docs": docs, "new_edits": False}).encode()

    def pull(self, line: Line, page: int) -> tuple[int, float]:
        """All documents, page after page of the changes feed: how many, and in how many seconds."""
        since, rows, seconds = 0, 0, 0.0
        while True:
            told = line.must("GET", f"/bench/_changes?include_docs=true&limit={page}&since={since}", None, JSON)
            said = told.json()
            rows, seconds, since = rows + len(said["results"]), seconds + told.seconds, said["last_seq"]
            if len(said["results"]) < page:
                return rows, seconds

    def ids(self, line: Line) -> list[str]:
        said = line.must("GET", "/bench/_changes", None, JSON).json()
        return [one["id"] for one in said["results"]]

    def replicate(self, client: Path, prefix: str, count: int) -> None:
        """A real PouchDB client with a folder of its own adds so many documents and replicates to the server."""
        client.mkdir(exist_ok=True)
        command = [installing.node(), self.program / "client.cjs", client, self.url, prefix, str(count)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != 0:
            raise Refused(f"the PouchDB client ended with {done.returncode}: {done.stderr[-400:]}")

    # Restoring

    def back_up(self) -> Path:
        """A copy of the folder; the server is stopped for it."""
        self.stop()
        self.backups += 1
        copy = self.folder / f"pouchdb-backup-{self.backups}"
        shutil.copytree(self.folder / "pouchdb", copy)
        self.start()
        return copy

    def restore(self, copy: Path) -> None:
        self.stop()
        shutil.rmtree(self.folder / "pouchdb")
        shutil.copytree(copy, self.folder / "pouchdb")
        self.start()


@contextmanager
def running_pouchdb(folder: Path) -> Iterator[PouchDB]:
    """An empty server. Raises Missing when it cannot be installed or does not start."""
    pouch = PouchDB(installing.pouchdb(), folder)
    try:
        pouch.start()
        pouch.make_place()
    except (children.DidNotStart, Refused) as failure:
        pouch.stop()
        raise Missing(f"express-pouchdb did not start: {str(failure).splitlines()[0]}") from failure
    try:
        yield pouch
    finally:
        pouch.stop()
