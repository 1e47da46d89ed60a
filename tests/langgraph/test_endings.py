"""Every way in which a run of a real LangGraph server can end, and every response to which it reacts. Invariant: what creel finds in a
delivery matches what happened to its run.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Creel, Endpoint, LangGraph, Run, langgraph_server, run_id, until

NUMBERS = {"items": [1, 2, 3]}


@pytest.fixture
def impatient(tmp_path: Path, local_webhooks: dict) -> Iterator[LangGraph]:
    """A server with a time limit of two seconds per run."""
    with langgraph_server(tmp_path, local_webhooks, {"BG_JOB_TIMEOUT_SECS": "2"}) as server:
        yield server


def start_slow(langgraph: LangGraph, webhook: str, thread: str | None = None, **more: object) -> Run:
    """An active run that has written its first checkpoint and would run for minutes."""
    thread = thread or langgraph.thread()
    answer = langgraph.ask(f"/threads/{thread}/runs", "slow", webhook, input=NUMBERS, **more)
    assert answer.status_code == 200, answer.text
    run = Run(answer.json()["run_id"], thread, answer.json()["assistant_id"])

    def has_added_up() -> bool:
        return (langgraph.client.get(f"/threads/{thread}/state").json()["values"] or {}).get("total") == 6

    until("the first step of the run", has_added_up)
    return run


def cancel(langgraph: LangGraph, run: Run, action: str) -> None:
    answer = langgraph.client.post(f"/threads/{run.thread_id}/runs/{run.run_id}/cancel", params={"action": action})
    assert answer.is_success, answer.text


def told(delivery: dict) -> dict:
    return delivery["reading"]["run"]


def codes(delivery: dict) -> set[str]:
    """The findings, without the one that every run of these tests has: the token in its body."""
    return {finding["code"] for finding in delivery["findings"]} - {"token_in_body"}


def values(endpoint: Endpoint, delivery: dict) -> object:
    return json.loads(endpoint.body(delivery["seq"]))["values"]


def test_a_cancelled_run_is_interrupted_and_keeps_its_state(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    run = start_slow(langgraph, endpoint.capture_url)
    cancel(langgraph, run, "interrupt")
    delivery = endpoint.wait_for(run)
    assert told(delivery)["status"] == "interrupted"
    assert told(delivery)["error"]["class"] == "UserInterrupt"
    assert values(endpoint, delivery) == {"items": [1, 2, 3], "total": 6}
    assert codes(delivery) == {"cancelled"}


def test_a_run_that_is_rolled_back_is_gone_with_its_values(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    run = start_slow(langgraph, endpoint.capture_url)
    cancel(langgraph, run, "rollback")
    delivery = endpoint.wait_for(run)
    assert told(delivery)["status"] == "rollback"
    assert values(endpoint, delivery) is None
    assert codes(delivery) == {"rolled_back", "values_null_rolled_back"}
    assert langgraph.client.get(f"/threads/{run.thread_id}/runs/{run.run_id}").status_code == 404


@pytest.mark.parametrize(("strategy", "status"), [("interrupt", "interrupted"), ("rollback", "rollback")])
def test_a_superseded_run_names_the_run_that_took_its_place(
    creel: Creel, langgraph: LangGraph, strategy: str, status: str
) -> None:
    endpoint = creel.mint()
    first = start_slow(langgraph, endpoint.capture_url)
    way = f"/threads/{first.thread_id}/runs/wait"
    second = langgraph.run(way, "plain", endpoint.capture_url, input=NUMBERS, multitask_strategy=strategy)
    delivery = endpoint.wait_for(first)
    assert told(delivery)["status"] == status
    assert told(delivery)["superseded_by"] == second.run_id
    assert "superseded" in codes(delivery)
    assert told(endpoint.wait_for(second))["status"] == "success"


def test_a_recursion_limit_is_an_error_with_its_state(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    way = "/threads/{thread}/runs"
    run = langgraph.run(way, "endless", endpoint.capture_url, input={"total": 0}, config={"recursion_limit": 3})
    delivery = endpoint.wait_for(run)
    assert told(delivery)["status"] == "error"
    assert told(delivery)["error"]["class"] == "GraphRecursionError"
    assert told(delivery)["error"]["masked"] is False
    assert values(endpoint, delivery) is not None
    assert codes(delivery) == set()


def test_a_run_without_input_has_no_values_because_nothing_was_checkpointed(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    run = langgraph.run("/threads/{thread}/runs", "plain", endpoint.capture_url, input=None)
    delivery = endpoint.wait_for(run)
    assert told(delivery)["status"] == "error"
    assert told(delivery)["error"]["class"] == "EmptyInputError"
    assert values(endpoint, delivery) is None
    assert codes(delivery) == {"values_null_no_checkpoint"}


def test_a_client_that_leaves_cancels_its_run_where_it_asked_for_that(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    thread = langgraph.thread()
    asked = {"assistant_id": "slow", "webhook": endpoint.capture_url, "input": NUMBERS, "on_disconnect": "cancel"}
    with langgraph.client.stream("POST", f"/threads/{thread}/runs/stream", json=asked) as stream:
        until("the first step of the run", lambda lines=stream.iter_lines(): '"total":6' in next(lines))
    [delivery] = until("its delivery", endpoint.deliveries)
    assert told(delivery)["status"] == "interrupted"
    assert "client disconnected" in told(delivery)["error"]["message"]
    assert codes(delivery) == {"cancelled"}


def test_a_run_that_takes_too_long_is_a_timeout(creel: Creel, impatient: LangGraph) -> None:
    endpoint = creel.mint()
    way = f"/threads/{impatient.thread()}/runs"
    asked = impatient.ask(way, "slow", endpoint.capture_url, input=NUMBERS).json()
    delivery = endpoint.wait_for(Run(asked["run_id"], asked["thread_id"], asked["assistant_id"]))
    assert told(delivery)["status"] == "timeout"
    assert told(delivery)["error"] == {"class": "TimeoutError", "message": "", "masked": False}
    assert codes(delivery) == {"timed_out"}


def test_a_pause_with_an_unanswered_tool_call_is_warned_of_and_its_resumption_is_not(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    way = f"/threads/{langgraph.thread()}/runs/wait"
    question = {"messages": [{"role": "user", "content": "What is the weather in Oslo?"}]}
    paused = langgraph.run(way, "approval", endpoint.capture_url, input=question)
    resumed = langgraph.run(way, "approval", endpoint.capture_url, command={"resume": "yes"})

    def level(run: Run) -> str:
        found = {finding["code"]: finding["level"] for finding in endpoint.wait_for(run)["findings"]}
        return found["success_may_be_paused"]

    assert level(paused) == "warning"
    assert level(resumed) == "note"
    assert told(endpoint.wait_for(resumed))["resumed"] is True


def test_a_run_that_is_cancelled_before_it_starts_sends_nothing(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    thread = langgraph.thread()
    answer = langgraph.ask(f"/threads/{thread}/runs", "plain", endpoint.capture_url, input=NUMBERS, after_seconds=600)
    run = Run(answer.json()["run_id"], thread, answer.json()["assistant_id"])
    cancel(langgraph, run, "interrupt")
    marker = langgraph.run("/runs/wait", "plain", endpoint.capture_url, input=NUMBERS)
    endpoint.wait_for(marker)
    assert endpoint.run_ids() == [marker.run_id]


def test_a_server_that_hears_500_comes_again_when_it_is_predicted_with_the_same_bytes(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint(reply=[500, 500, 200])
    run = langgraph.run("/threads/{thread}/runs", "plain", endpoint.capture_url, input=NUMBERS)
    attempts = until("three attempts", lambda: len(all_of := endpoint.deliveries()) == 3 and all_of)
    assert {run_id(attempt) for attempt in attempts} == {run.run_id}
    assert len({attempt["body"]["sha256"] for attempt in attempts}) == 1
    assert [attempt["reply"]["status"] for attempt in attempts] == [500, 500, 200]
    numbers = [(attempt["attempt"]["number"], attempt["attempt"]["first_seq"]) for attempt in attempts]
    assert numbers == [(1, 1), (2, 1), (3, 1)]
    # 1 to 2 s, then 2 to 3 s, plus a margin for a busy machine.
    gaps = [attempt["attempt"]["gap_ms"] for attempt in attempts]
    assert gaps[0] is None and gaps[1] >= 1000 and gaps[2] >= 2000, gaps
    for attempt in attempts:
        assert "same_run_other_bytes" not in codes(attempt)
        again = [finding["level"] for finding in attempt["findings"] if finding["code"] == "delivered_again"]
        assert again == ([] if attempt["attempt"]["number"] == 1 else ["note"]), "it would be a warning after a 2xx"


@pytest.mark.parametrize("status", [404, 413])
def test_a_server_that_hears_a_client_error_does_not_come_again(creel: Creel, langgraph: LangGraph, status: int) -> None:
    endpoint = creel.mint(reply=[status])
    run = langgraph.run("/threads/{thread}/runs", "plain", endpoint.capture_url, input=NUMBERS)
    endpoint.wait_for(run)
    # A second attempt would arrive within two seconds: a run that starts later ends the wait.
    later = langgraph.run("/runs", "plain", endpoint.capture_url, input=NUMBERS, after_seconds=3)
    endpoint.wait_for(later)
    assert endpoint.run_ids() == [run.run_id, later.run_id]
