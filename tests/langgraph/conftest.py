"""A creel and real LangGraph servers for the tests. Invariant: each runs on loopback, in its own temporary folder, and ends with
the tests, by its own process group.

Nothing here sleeps for a fixed time: `until` polls a condition, and fails after its deadline.
"""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

HERE = Path(__file__).parent
OPERATOR = "an-operator-token-of-these-tests"
CREEL = Path(os.environ.get("CREEL_BIN") or HERE.parents[1] / "target/debug/creel")
# A separate environment, so that settings and keys of the user who runs the tests have no effect.
ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "NO_PROXY": "*"}


def until(what: str, condition: Callable[[], Any], seconds: float = 30) -> Any:
    """The first true value of `condition`."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            pytest.fail(f"not within {seconds} s: {what}")
        time.sleep(0.02)  # the polling interval; no test depends on its length
    return value


@contextmanager
def process(command: list, folder: Path, env: dict[str, str]) -> Iterator[Callable[[], str]]:
    """A program that runs in `folder`. Calling it returns its stdout so far, and fails if the program has ended."""
    out, err = folder / "stdout", folder / "stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        # Its own session makes it the leader of a process group, whose id is used to end its children too.
        child = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True
        )

    def written() -> str:
        if child.poll() is not None:
            pytest.fail(f"{command[0]} ended with {child.returncode}:\n{(err.read_text() or out.read_text())[-4000:]}")
        return out.read_text()

    try:
        yield written
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def run_id(delivery: dict) -> str | None:
    """The run id of a delivery; None if creel did not read it as a run."""
    return (delivery["reading"]["run"] or {}).get("run_id")


@dataclass
class Endpoint:
    """An endpoint of creel, read through its API."""

    id: str
    capture_url: str
    token: str = field(repr=False)
    client: httpx.Client = field(repr=False)

    @property
    def bare_url(self) -> str:
        """The capture URL without its token."""
        return self.capture_url.partition("?")[0]

    def get(self, below: str = "") -> httpx.Response:
        answer = self.client.get(f"/deliveries{below}")
        assert answer.status_code == 200, answer.text
        return answer

    def deliveries(self) -> list[dict]:
        """Summaries, oldest first."""
        return self.get("?order=asc&limit=500").json()["items"]

    def run_ids(self) -> list[str | None]:
        return [run_id(delivery) for delivery in self.deliveries()]

    def wait_for(self, run: "Run") -> dict:
        """Summary of the first delivery of that run."""

        def delivery() -> dict | None:
            return next((one for one in self.deliveries() if run_id(one) == run.run_id), None)

        return until(f"a delivery of run {run.run_id}", delivery)

    def in_full(self, seq: int) -> dict:
        return self.get(f"/{seq}").json()

    def body(self, seq: int) -> bytes:
        return self.get(f"/{seq}/body").content


class Creel:
    """The program under test."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.minted: list[Endpoint] = []

    def mint(self, token: str = "auto", **settings: Any) -> Endpoint:
        asked = {"token": token} | settings
        answer = httpx.post(f"{self.url}/api/v1/endpoints", json=asked, trust_env=False)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        client = httpx.Client(
            base_url=f"{self.url}/api/v1/endpoints/{made['id']}",
            headers={"Authorization": f"Bearer {made['read_key']}"},
            trust_env=False,
        )
        self.minted.append(Endpoint(made["id"], made["capture_url"], made["token"], client))
        return self.minted[-1]


@dataclass
class Run:
    """A run as the LangGraph server returned it to the caller."""

    run_id: str
    thread_id: str | None  # POST /runs/stream does not return it
    assistant_id: str


class LangGraph:
    """A LangGraph server that runs the graphs of graphs.py."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def assistants(self) -> dict[str, str]:
        """Id of the default assistant of each graph, by the graph's name."""
        found = self.client.post("/assistants/search", json={"limit": 100}).json()
        return {assistant["graph_id"]: assistant["assistant_id"] for assistant in found}

    def thread(self) -> str:
        return self.client.post("/threads", json={}).json()["thread_id"]

    def ask(self, way: str, graph: str, webhook: str, **more: Any) -> httpx.Response:
        """Starts a run with one of the calls that accept a webhook; a stream is read to its end."""
        return self.client.post(way, json={"assistant_id": graph, "webhook": webhook, **more})

    def run(self, way: str, graph: str, webhook: str, **more: Any) -> Run:
        """A run that the server calls finished; `{thread}` in `way` becomes a new thread."""
        answer = self.ask(way.format(thread=self.thread()) if "{thread}" in way else way, graph, webhook, **more)
        assert answer.status_code == 200, answer.text
        place = re.fullmatch(r"(?:/threads/(.+))?/runs/(.+)", answer.headers["Content-Location"])
        run = Run(run_id=place[2], thread_id=place[1], assistant_id=self.assistants()[graph])
        if not way.endswith(("/wait", "/stream")):  # those answer when the run has finished
            run.thread_id = answer.json()["thread_id"]
            until(f"the end of run {run.run_id}", lambda: self.finished(run))
        return run

    def finished(self, run: Run) -> bool:
        state = self.client.get(f"/threads/{run.thread_id}/runs/{run.run_id}")
        # The server deletes a stateless run and its thread when it ends.
        return state.status_code == 404 or state.json()["status"] not in ("pending", "running")


@pytest.fixture(scope="session")
def creel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Creel]:
    if not CREEL.is_file():
        pytest.fail(f"{CREEL} is not there: `cargo build` makes it, CREEL_BIN names another")
    folder = tmp_path_factory.mktemp("creel")
    command = [CREEL, "serve", "--bind", "127.0.0.1:0", "--data-dir", folder / "data", "--operator-token", OPERATOR]
    with process(command, folder, ENVIRONMENT | {"HOME": str(folder)}) as written:
        ready = until("creel's first line", lambda: re.match(r"listening on (http://127\.0\.0\.1:\d+)\n", written()))
        yield Creel(ready[1])


def prepare_server(folder: Path, webhooks: dict | None) -> tuple[list[str], str]:
    """Writes the files of a server into `folder`; returns the command that starts it there, and its URL."""
    shutil.copy(HERE / "graphs.py", folder)
    config = json.loads((HERE / "langgraph.json").read_text()) | {"webhooks": webhooks}
    (folder / "langgraph.json").write_text(json.dumps({key: value for key, value in config.items() if value is not None}))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "langgraph_cli", "dev", "--no-browser", "--no-reload", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--n-jobs-per-worker", "10"]  # otherwise a single worker runs one run at a time
    return command, f"http://127.0.0.1:{port}"


def server_environment(folder: Path) -> dict[str, str]:
    quiet = {"LANGSMITH_TRACING": "false", "LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGGRAPH_NO_VERSION_CHECK": "true"}
    return ENVIRONMENT | quiet | {"HOME": str(folder)}


@contextmanager
def langgraph_server(folder: Path, webhooks: dict | None, env: dict[str, str] | None = None) -> Iterator[LangGraph]:
    """The development server, started in `folder` because it keeps its state in `.langgraph_api` there."""
    command, url = prepare_server(folder, webhooks)
    with process(command, folder, server_environment(folder) | (env or {})) as written:
        server = LangGraph(url)

        def ready() -> bool:
            written()
            try:
                return server.client.get("/ok").status_code == 200
            except httpx.TransportError:
                return False

        until("a LangGraph server that answers /ok", ready, seconds=90)
        yield server


def refused_start(folder: Path, webhooks: dict) -> str:
    """What a server writes that must not start with this block."""
    command, _ = prepare_server(folder, webhooks)
    done = subprocess.run(
        command, cwd=folder, env=server_environment(folder), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90
    )
    assert done.returncode != 0, f"it started with {webhooks}:\n{done.stdout}"
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def local_webhooks() -> dict:
    """The block of langgraph.json that lets a server send webhooks to its own machine."""
    return json.loads((HERE / "langgraph.json").read_text())["webhooks"]


@pytest.fixture(scope="session")
def langgraph(tmp_path_factory: pytest.TempPathFactory, local_webhooks: dict) -> Iterator[LangGraph]:
    with langgraph_server(tmp_path_factory.mktemp("langgraph"), local_webhooks) as server:
        yield server


@pytest.fixture
def langgraph_as_it_comes(tmp_path: Path) -> Iterator[LangGraph]:
    """Without a `webhooks` block."""
    with langgraph_server(tmp_path, webhooks=None) as server:
        yield server


@dataclass
class WithHeaders:
    server: LangGraph
    token: str = field(repr=False)


@pytest.fixture
def langgraph_with_headers(tmp_path: Path, local_webhooks: dict) -> Iterator[WithHeaders]:
    """With headers for every webhook, one of them from the environment like a secret."""
    token = secrets.token_urlsafe(16)
    headers = {"Authorization": "Bearer ${{ env.LG_WEBHOOK_TOKEN }}", "x-lower-Case": "as written"}
    with langgraph_server(tmp_path, local_webhooks | {"headers": headers}, {"LG_WEBHOOK_TOKEN": token}) as server:
        yield WithHeaders(server, token)
