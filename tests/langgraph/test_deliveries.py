"""A real LangGraph server sends its webhooks to creel. Invariant: creel's data about a run equals the server's data about the same run,
and every started run is delivered exactly once.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from conftest import Creel, Endpoint, LangGraph, Run, WithHeaders

ON_A_THREAD = ["/threads/{thread}/runs", "/threads/{thread}/runs/stream", "/threads/{thread}/runs/wait"]
STATELESS = ["/runs", "/runs/stream", "/runs/wait"]

QUESTION = {"messages": [{"role": "user", "content": "What is the weather in Oslo?"}]}


@dataclass
class Case:
    """A graph of graphs.py and the expected delivery of its run."""

    graph: str
    input: dict
    status: str
    error: dict | None
    messages: int | None
    tokens: tuple[int | None, int | None]


SUCCESS = Case("agent", QUESTION, "success", None, 4, (75, 21))
ERROR = Case(
    "broken",
    QUESTION,
    "error",
    {"class": "ValueError", "message": "no weather for Oslo today", "masked": False},
    2,
    (31, 12),
)
# A graph that waits for an answer ends its run; the server reports that as a success.
PAUSE = Case("approval", QUESTION, "success", None, 2, (31, 12))
NO_MESSAGES = Case("plain", {"items": [1, 2, 3]}, "success", None, None, (None, None))
CASES = [pytest.param(case, id=case.graph) for case in (SUCCESS, ERROR, PAUSE)]


def start(langgraph: LangGraph, way: str, case: Case, webhook: str) -> Run:
    return langgraph.run(way, case.graph, webhook, input=case.input)


def arrives_once(endpoint: Endpoint, langgraph: LangGraph, run: Run, webhook: str | None = None) -> dict:
    """The run's only delivery, after a run that was started later was delivered too."""
    delivery = endpoint.wait_for(run)
    marker = start(langgraph, "/runs/wait", NO_MESSAGES, webhook or endpoint.capture_url)
    endpoint.wait_for(marker)
    assert endpoint.run_ids() == [run.run_id, marker.run_id]
    return delivery


def milliseconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() * 1000


def assert_tells_of(delivery: dict, run: Run, case: Case) -> None:
    """Checks for every delivery of the case, on a thread or not."""
    assert delivery["reading"]["kind"] == "run"
    told = delivery["reading"]["run"]
    assert told["run_id"] == run.run_id
    assert told["thread_id"] == run.thread_id or (run.thread_id is None and UUID(told["thread_id"]))
    assert told["assistant_id"] == run.assistant_id
    assert told["graph_id"] == case.graph
    assert told["status"] == case.status
    assert told["error"] == case.error
    assert told["cron_id"] is None
    assert told["superseded_by"] is None
    assert told["multitask_strategy"] == "enqueue"
    assert told["sender"] == {"kind": "langgraph_python", "version": version("langgraph-api")}

    # Both servers run on one machine, so their clocks agree.
    for name, start, end in [
        ("queue_ms", told["created_at"], told["started_at"]),
        ("run_ms", told["started_at"], told["ended_at"]),
        ("lag_ms", told["sent_at"], delivery["received_at"]),
    ]:
        assert told[name] >= 0, name
        assert told[name] == pytest.approx(milliseconds(start, end), abs=1), name

    assert delivery["reply"] == {"status": 200, "fault": None}


@pytest.mark.parametrize("way", ON_A_THREAD)
@pytest.mark.parametrize("case", CASES)
def test_a_run_on_a_thread_arrives_once_and_is_understood(creel: Creel, langgraph: LangGraph, way: str, case: Case) -> None:
    endpoint = creel.mint()
    run = start(langgraph, way, case, endpoint.capture_url)
    delivery = arrives_once(endpoint, langgraph, run)
    assert_tells_of(delivery, run, case)
    assert delivery["verdict"] == {"token": "match", "where": "query"}
    told = delivery["reading"]["run"]
    assert (told["stateless"], told["resumed"]) == (False, False)
    assert told["messages"] == case.messages
    assert (told["input_tokens"], told["output_tokens"]) == case.tokens


@pytest.mark.parametrize("way", STATELESS)
@pytest.mark.parametrize("case", CASES)
def test_a_stateless_run_arrives_once_and_without_values(creel: Creel, langgraph: LangGraph, way: str, case: Case) -> None:
    endpoint = creel.mint()
    run = start(langgraph, way, case, endpoint.capture_url)
    delivery = arrives_once(endpoint, langgraph, run)
    assert_tells_of(delivery, run, case)
    assert delivery["verdict"] == {"token": "match", "where": "query"}
    told = delivery["reading"]["run"]
    assert (told["stateless"], told["resumed"]) == (True, False)
    assert (told["messages"], told["input_tokens"], told["output_tokens"]) == (None, None, None)


def test_a_state_without_messages_has_no_count_of_them(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    run = start(langgraph, "/threads/{thread}/runs/wait", NO_MESSAGES, endpoint.capture_url)
    delivery = arrives_once(endpoint, langgraph, run)
    assert_tells_of(delivery, run, NO_MESSAGES)
    told = delivery["reading"]["run"]
    assert (told["messages"], told["input_tokens"], told["output_tokens"]) == (None, None, None)
    assert json.loads(endpoint.body(delivery["seq"]))["values"] == {"items": [1, 2, 3], "total": 6}


def test_a_pause_and_its_resumption_are_two_runs_of_one_thread(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    way = f"/threads/{langgraph.thread()}/runs/wait"
    paused = start(langgraph, way, PAUSE, endpoint.capture_url)
    endpoint.wait_for(paused)
    resumed = langgraph.run(way, "approval", endpoint.capture_url, command={"resume": "yes"})
    endpoint.wait_for(resumed)

    first, second = (delivery["reading"]["run"] for delivery in endpoint.deliveries())
    assert (first["run_id"], second["run_id"]) == (paused.run_id, resumed.run_id)
    assert first["thread_id"] == second["thread_id"]
    assert (first["status"], first["resumed"], first["messages"]) == ("success", False, 2)
    assert (second["status"], second["resumed"], second["messages"]) == ("success", True, 4)


def test_each_run_of_a_batch_arrives_once(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    one = {"assistant_id": "plain", "input": NO_MESSAGES.input, "webhook": endpoint.capture_url}
    asked = langgraph.client.post("/runs/batch", json=[one, one, one]).json()
    runs = [Run(run["run_id"], run["thread_id"], run["assistant_id"]) for run in asked]
    for run in runs:
        assert_tells_of(endpoint.wait_for(run), run, NO_MESSAGES)
    assert sorted(endpoint.run_ids()) == sorted(run.run_id for run in runs)


def test_the_request_is_kept_as_the_server_sent_it(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    run = start(langgraph, "/threads/{thread}/runs/wait", SUCCESS, endpoint.capture_url)
    seq = endpoint.wait_for(run)["seq"]
    delivery, body = endpoint.in_full(seq), endpoint.body(seq)

    url = urlsplit(endpoint.capture_url)
    assert (delivery["method"], delivery["http_version"]) == ("POST", "HTTP/1.1")
    assert delivery["target"] == f"{url.path}?{url.query}"
    assert delivery["path"] == "/"
    assert delivery["query"] == [["token", endpoint.token]]
    assert delivery["headers_exact"] is True
    assert delivery["headers"] == [
        ["Host", url.netloc],
        ["Accept", "*/*"],
        ["Accept-Encoding", "gzip, deflate, zstd"],
        ["Connection", "keep-alive"],
        ["User-Agent", f"python-httpx/{version('httpx')}"],
        ["Content-Type", "application/json"],
        ["Content-Length", str(len(body))],
    ]


def test_the_body_is_kept_byte_for_byte(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    run = start(langgraph, "/threads/{thread}/runs/wait", SUCCESS, endpoint.capture_url)
    delivery = endpoint.wait_for(run)
    body = endpoint.body(delivery["seq"])

    facts = delivery["body"]
    assert (facts["kind"], facts["cut"]) == ("json", False)
    assert facts["bytes"] == len(body)
    assert facts["sha256"] == hashlib.sha256(body).hexdigest()

    sent = json.loads(body)
    assert json.dumps(sent, ensure_ascii=False, separators=(",", ":")).encode() == body, "compact and not escaped to ASCII"
    assert sent["run_id"] == run.run_id
    assert sent["values"]["messages"][2]["content"] == "sunny, 21 °C"
    assert sent["kwargs"]["webhook"] == endpoint.capture_url


def test_a_wrong_token_is_recorded_and_called_wrong(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    webhook = f"{endpoint.bare_url}?token=not-{endpoint.token}"
    run = start(langgraph, "/runs/wait", SUCCESS, webhook)
    delivery = arrives_once(endpoint, langgraph, run, webhook)
    assert_tells_of(delivery, run, SUCCESS)
    assert delivery["verdict"] == {"token": "wrong", "where": "query"}


def test_a_missing_token_is_recorded_and_called_missing(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    run = start(langgraph, "/runs/wait", SUCCESS, endpoint.bare_url)
    delivery = arrives_once(endpoint, langgraph, run, endpoint.bare_url)
    assert_tells_of(delivery, run, SUCCESS)
    assert delivery["verdict"] == {"token": "missing", "where": None}


def test_a_token_in_the_userinfo_of_the_url_is_found_in_basic_authorization(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    webhook = endpoint.bare_url.replace("://", f"://user:{endpoint.token}@")
    run = start(langgraph, "/runs/wait", SUCCESS, webhook)
    delivery = arrives_once(endpoint, langgraph, run, webhook)
    assert_tells_of(delivery, run, SUCCESS)
    assert delivery["verdict"] == {"token": "match", "where": "basic"}
    basic = base64.b64encode(f"user:{endpoint.token}".encode()).decode()
    assert ["Authorization", f"Basic {basic}"] in endpoint.in_full(delivery["seq"])["headers"]


def test_a_token_in_a_configured_header_is_found_there(creel: Creel, langgraph_with_headers: WithHeaders) -> None:
    langgraph, token = langgraph_with_headers.server, langgraph_with_headers.token
    endpoint = creel.mint(token)
    run = start(langgraph, "/runs/wait", SUCCESS, endpoint.bare_url)
    delivery = arrives_once(endpoint, langgraph, run, endpoint.bare_url)
    assert_tells_of(delivery, run, SUCCESS)
    assert delivery["verdict"] == {"token": "match", "where": "header"}

    headers = endpoint.in_full(delivery["seq"])["headers"]
    after = [name for name, _ in headers].index("Content-Type") + 1
    assert headers[after:-1] == [["Authorization", f"Bearer {token}"], ["x-lower-Case", "as written"]]
    assert headers[-1][0] == "Content-Length"


def test_without_a_webhooks_block_the_server_refuses_a_loopback_url(creel: Creel, langgraph_as_it_comes: LangGraph) -> None:
    endpoint = creel.mint()
    for way in ["/runs", f"/threads/{langgraph_as_it_comes.thread()}/runs"]:
        answer = langgraph_as_it_comes.ask(way, "plain", endpoint.capture_url, input=NO_MESSAGES.input)
        assert answer.status_code == 422
        assert "Webhook host blocked: loopback IP range" in answer.text
    assert endpoint.deliveries() == []


def test_no_run_of_all_the_tests_above_was_delivered_again(creel: Creel, langgraph: LangGraph) -> None:
    # A server that had not received creel's 200 would retry within two seconds: a run that starts later ends the wait.
    last = creel.mint()
    last.wait_for(langgraph.run("/runs", "plain", last.capture_url, input=NO_MESSAGES.input, after_seconds=3))
    for endpoint in creel.minted:
        run_ids = endpoint.run_ids()
        assert len(run_ids) == len(set(run_ids))
