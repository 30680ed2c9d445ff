"""A network that fails when told to: a TCP proxy between a browser (or a client) and the server.

It understands just enough HTTP to know which request a connection carries. A fault is armed for requests whose first
line starts with some words ("POST /api/v1/sync/push"; "" is any) and happens to as many requests as asked:

    proxy.refuse()                               connections are refused and open ones are cut, until accept()
    proxy.lose_answer("POST /api/v1/sync/push")  the request arrives whole, its answer is dropped, the connection is cut
    proxy.cut_request("PATCH /", after=1000)     the server sees so many bytes of the request, then a cut
    proxy.cut_answer("GET /", after=100)         the browser sees so many bytes of the answer, then a cut
    proxy.hold("POST /")                         the request waits in the proxy until release()

Each gives a Fault to wait on: `fault.wait()` returns once it has happened, 30 s at most, else says which did not.
"""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

from tests.services.ports import free_port

HAPPENS_WITHIN = 30.0  # seconds
CHUNK = 65536
METHODS = (b"GET ", b"HEAD ", b"POST ", b"PUT ", b"PATCH ", b"DELETE ", b"OPTIONS ")


class Kind(StrEnum):
    LOSE_ANSWER = "lose_answer"
    CUT_REQUEST = "cut_request"
    CUT_ANSWER = "cut_answer"
    HOLD = "hold"


@dataclass
class Fault:
    """One armed fault. `left` is how many more requests it will meet, `met` those that it has met."""

    kind: Kind
    matching: str
    left: int
    after: int = 0
    met: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, times: int = 1) -> None:
        """Return once it has happened `times` times; AssertionError after HAPPENS_WITHIN seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.met >= times, HAPPENS_WITHIN):
                raise AssertionError(
                    f"{self.kind} of '{self.matching}' happened {self.met} times, not {times}"
                )

    def release(self) -> None:
        """Let go what is held, and hold nothing more."""
        self.left = 0
        self.released.set()

    def happened(self) -> None:
        with self._changed:
            self.met += 1
            self._changed.notify_all()


class Proxy:
    """Owns a loopback port until `stop` and passes bytes to and from `upstream` (a port), while it accepts."""

    def __init__(self, upstream: int) -> None:
        self.upstream = upstream
        self._listener, self.port = bound_listener()
        self._faults: list[Fault] = []
        self._open: set[Connection] = set()
        self._lock = threading.Lock()
        self._accepting: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    # The network as a whole

    def accept(self) -> None:
        """Take connections (again)."""
        if self._accepting is None:
            self._listener.listen(128)
            self._accepting = threading.Thread(target=self._take_connections, name="proxy", daemon=True)
            self._accepting.start()

    def refuse(self) -> None:
        """Refuse new connections and cut the open ones. The port stays ours: it is bound, but not listening."""
        if self._accepting is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._accepting.join()
            self._accepting = None
        self.cut()

    def cut(self) -> None:
        """Cut every open connection; new ones are taken."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            connection.cut()

    def stop(self) -> None:
        for fault in self._faults:
            fault.release()
        self.refuse()
        self._listener.close()

    # Faults of single requests

    def lose_answer(self, matching: str = "", times: int = 1) -> Fault:
        return self._arm(Fault(Kind.LOSE_ANSWER, matching, times))

    def cut_request(self, matching: str = "", *, after: int, times: int = 1) -> Fault:
        return self._arm(Fault(Kind.CUT_REQUEST, matching, times, after))

    def cut_answer(self, matching: str = "", *, after: int, times: int = 1) -> Fault:
        return self._arm(Fault(Kind.CUT_ANSWER, matching, times, after))

    def hold(self, matching: str = "", times: int = 1) -> Fault:
        return self._arm(Fault(Kind.HOLD, matching, times))

    def _arm(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def fault_for(self, first_line: str) -> Fault | None:
        """The first armed fault that this request meets; counted down."""
        with self._lock:
            for fault in self._faults:
                if fault.left > 0 and first_line.startswith(fault.matching):
                    fault.left -= 1
                    return fault
        return None

    # Inside

    def _take_connections(self) -> None:
        while True:
            try:
                browser, _ = self._listener.accept()
            except OSError:  # refuse() shut the listener down; this is how accept() is told
                return
            self._carry(browser)

    def _carry(self, browser: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self.upstream), timeout=5)
        except OSError:  # the server is down: the browser sees what it would see without a proxy
            reset(browser)
            return
        server.settimeout(None)
        connection = Connection(self, browser, server)
        with self._lock:
            self._open.add(connection)
        connection.start()

    def forget(self, connection: "Connection") -> None:
        with self._lock:
            self._open.discard(connection)


class Connection:
    """One connection of a browser and its twin to the server; a thread for each direction."""

    def __init__(self, proxy: Proxy, browser: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._browser = browser
        self._server = server
        self._asking = False  # a request is under way and nothing of its answer has come
        self._fault: Fault | None = None
        self._left = 0  # bytes that a cut still lets through

    def start(self) -> None:
        threading.Thread(target=self._carry, name="proxy", daemon=True).start()

    def cut(self) -> None:
        """End both sides with a reset, as a lost network does; wakes the threads that read from them."""
        reset(self._browser)
        reset(self._server)

    def _carry(self) -> None:
        """Requests in a thread of their own, answers here; both end before the sockets are closed."""
        requests = threading.Thread(target=self._quietly, args=(self._requests,), name="proxy", daemon=True)
        requests.start()
        self._quietly(self._answers)
        requests.join()
        self._browser.close()
        self._server.close()
        self._proxy.forget(self)

    def _quietly(self, carry: Callable[[], None]) -> None:
        with suppress(OSError):  # the browser, the server or a fault ended it: there is nothing more to carry
            carry()

    def _requests(self) -> None:
        while data := self._browser.recv(CHUNK):
            if not self._asking and data.startswith(METHODS):
                self._asking = True
                self._meet(self._proxy.fault_for(data.split(b"\r\n", 1)[0].decode("latin-1")))
            if self._passes(data, self._server, Kind.CUT_REQUEST):
                continue
            # The browser first: the server answers what it got as soon as no more can come, and nobody may hear that.
            reset(self._browser)
            self._server.shutdown(socket.SHUT_WR)
            return
        self._server.shutdown(socket.SHUT_WR)

    def _answers(self) -> None:
        while data := self._server.recv(CHUNK):
            self._asking = False
            if self._fault is not None and self._fault.kind is Kind.LOSE_ANSWER:
                self._fault.happened()
                self.cut()
                return
            if not self._passes(data, self._browser, Kind.CUT_ANSWER):
                break
        # Not a reset: it would throw away what the browser has received and not yet read.
        self._browser.shutdown(socket.SHUT_RDWR)
        self._server.shutdown(socket.SHUT_RDWR)

    def _meet(self, fault: Fault | None) -> None:
        self._fault = fault
        if fault is None:
            return
        self._left = fault.after
        if fault.kind is Kind.HOLD:
            fault.happened()
            fault.released.wait(HAPPENS_WITHIN)

    def _passes(self, data: bytes, to: socket.socket, cut: Kind) -> bool:
        """Send it on; False once a fault of this kind has used up its bytes."""
        fault = self._fault
        if fault is None or fault.kind is not cut:
            to.sendall(data)
            return True
        to.sendall(data[: self._left])
        self._left -= min(len(data), self._left)
        if self._left == 0:
            fault.happened()
        return self._left > 0


def reset(side: socket.socket) -> None:
    """Close with RST instead of FIN. The shutdown comes first, because close alone wakes no thread that reads."""
    with suppress(OSError):  # it may be closed already
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        side.shutdown(socket.SHUT_RDWR)
    side.close()


def bound_listener() -> tuple[socket.socket, int]:
    """A socket bound to a port by its number: only such a port is kept while refuse() has stopped listening."""
    for _ in range(10):
        listener, port = socket.socket(), free_port()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:  # taken since it was free
            listener.close()
        else:
            return listener, port
    raise OSError("no free port in ten attempts")


@contextmanager
def running_proxy(upstream: int) -> Iterator[Proxy]:
    """A proxy that accepts from the start and is stopped at the end."""
    proxy = Proxy(upstream)
    proxy.accept()
    try:
        yield proxy
    finally:
        proxy.stop()
