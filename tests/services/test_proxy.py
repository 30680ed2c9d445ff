"""The faults of the proxy, each against a small server that notes what reached it."""

import http.client
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

import pytest

from tests.services import proxy as proxies
from tests.services.ports import free_port
from tests.services.proxy import Proxy, running_proxy

ANSWER = bytes(range(256)) * 400
LOST = (http.client.HTTPException, ConnectionError)


@dataclass
class Server:
    """What arrived: (method, path, body) of each whole request, in order; of the others how much of the body."""

    port: int = 0
    arrived: list[tuple[str, str, bytes]] = field(default_factory=list)
    truncated: Queue[int] = field(default_factory=Queue)


@pytest.fixture
def server() -> Iterator[Server]:
    noted = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:
                noted.truncated.put(len(body))
                with suppress(ConnectionError):  # the line is cut
                    self._answer(b"damaged")
                return
            noted.arrived.append(("POST", self.path, body))
            self._answer(b"kept")

        def do_GET(self) -> None:
            noted.arrived.append(("GET", self.path, b""))
            self._answer(ANSWER)

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing to the terminal."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    noted.port = listening.server_address[1]
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield noted
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    with running_proxy(server.port) as running:
        yield running


def browser(proxy: Proxy) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None) -> bytes:
    connection.request(method, path, body)
    return connection.getresponse().read()


def test_without_a_fault_bytes_pass_unchanged_both_ways_on_one_connection(
    proxy: Proxy, server: Server
) -> None:
    connection = browser(proxy)
    upload = b"x" * 1_000_000

    assert ask(connection, "POST", "/blob", upload) == b"kept"
    assert ask(connection, "GET", "/page") == ANSWER

    assert server.arrived == [("POST", "/blob", upload), ("GET", "/page", b"")]


def test_a_lost_answer_means_that_the_server_did_the_work_and_the_browser_does_not_know(
    proxy: Proxy, server: Server
) -> None:
    fault = proxy.lose_answer("POST /push")

    with pytest.raises(LOST):
        ask(browser(proxy), "POST", "/push", b"operation")

    fault.wait()
    assert server.arrived == [("POST", "/push", b"operation")]


def test_a_fault_meets_only_the_requests_it_names_and_only_so_often(proxy: Proxy, server: Server) -> None:
    fault = proxy.lose_answer("POST /push", times=2)

    assert ask(browser(proxy), "POST", "/pull", b"") == b"kept"
    for _ in range(2):
        with pytest.raises(LOST):
            ask(browser(proxy), "POST", "/push", b"")
    assert ask(browser(proxy), "POST", "/push", b"") == b"kept"
    assert fault.met == 2


def test_a_fault_finds_a_later_request_of_a_connection_that_is_kept_open(proxy: Proxy) -> None:
    connection = browser(proxy)
    assert ask(connection, "GET", "/page") == ANSWER
    proxy.lose_answer("POST /push")

    with pytest.raises(LOST):
        ask(connection, "POST", "/push", b"operation")


def test_refused_connections_are_refused_and_open_ones_cut_until_it_accepts_again(
    proxy: Proxy, server: Server
) -> None:
    open_connection = browser(proxy)
    assert ask(open_connection, "GET", "/before") == ANSWER
    port = proxy.port

    proxy.refuse()

    with pytest.raises(LOST):
        open_connection.request("GET", "/cut")
        open_connection.getresponse()
    with pytest.raises(ConnectionRefusedError):
        browser(proxy).connect()
    proxy.accept()
    assert ask(browser(proxy), "GET", "/after") == ANSWER
    assert proxy.port == port
    assert [path for _, path, _ in server.arrived] == ["/before", "/after"]


def test_a_cut_request_reaches_the_server_truncated_and_its_answer_reaches_nobody(
    proxy: Proxy, server: Server
) -> None:
    fault = proxy.cut_request("POST /blob", after=100_000)

    with pytest.raises(LOST):
        ask(browser(proxy), "POST", "/blob", b"x" * 1_000_000)

    fault.wait()
    assert 99_000 < server.truncated.get(timeout=10) < 100_000
    assert server.arrived == []


def test_a_cut_answer_lets_exactly_so_many_bytes_through(proxy: Proxy) -> None:
    proxy.cut_answer("GET /page", after=1000)
    connection = browser(proxy)
    connection.connect()
    connection.sock.sendall(b"GET /page HTTP/1.1\r\nHost: test\r\n\r\n")

    received = b"".join(iter(lambda: connection.sock.recv(4096), b""))

    assert len(received) == 1000
    assert received.startswith(b"HTTP/1.1 200")


def test_a_held_request_reaches_the_server_only_when_released(proxy: Proxy, server: Server) -> None:
    fault = proxy.hold("POST /push")
    with ThreadPoolExecutor(1) as pool:
        answer: Future[bytes] = pool.submit(ask, browser(proxy), "POST", "/push", b"operation")
        fault.wait()
        assert server.arrived == []
        fault.release()
        assert answer.result(timeout=10) == b"kept"

    assert server.arrived == [("POST", "/push", b"operation")]


def test_while_one_request_is_held_another_passes_it(proxy: Proxy, server: Server) -> None:
    fault = proxy.hold("POST /slow")
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(ask, browser(proxy), "POST", "/slow", b"first")
        fault.wait()
        assert ask(browser(proxy), "POST", "/quick", b"second") == b"kept"
        fault.release()
        assert slow.result(timeout=10) == b"kept"

    assert [path for _, path, _ in server.arrived] == ["/quick", "/slow"]


def test_a_server_that_is_down_looks_like_a_cut_connection() -> None:
    with running_proxy(free_port()) as proxy, pytest.raises(LOST):
        ask(browser(proxy), "GET", "/page")


def test_waiting_for_a_fault_that_never_comes_says_which(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxies, "HAPPENS_WITHIN", 0.01)
    fault = proxy.lose_answer("POST /never")

    with pytest.raises(AssertionError, match="lose_answer of 'POST /never' happened 0 times, not 1"):
        fault.wait()


def test_two_proxies_have_two_ports(server: Server) -> None:
    with running_proxy(server.port) as one, running_proxy(server.port) as two:
        ports = [one.port, two.port, server.port]
    assert len(set(ports)) == 3
