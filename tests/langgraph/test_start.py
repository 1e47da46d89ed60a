"""The snippets of creel's pages are run unchanged against a real LangGraph server. Invariant: the code comes from the
page over HTTP, and nothing is added to it here.

Crons start at the next full minute, so everything is started first and checked afterwards.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from conftest import ENVIRONMENT, HERE, OPERATOR, Creel, Endpoint, LangGraph, until

NODE_MODULES = Path(os.environ.get("CREEL_NODE_MODULES") or HERE.parents[1] / "target/test-node/node_modules")
LANGUAGES = ["curl", "python", "javascript"]


@dataclass
class Way:
    """A call that starts runs, by its name on the page, and its expected deliveries."""

    name: str
    stateless: bool = False
    cron: bool = False
    deliveries: int = 1


WAYS = [
    Way("thread"),
    Way("thread-stream"),
    Way("thread-wait"),
    Way("stateless", stateless=True),
    Way("stateless-stream", stateless=True),
    Way("stateless-wait", stateless=True),
    Way("batch", stateless=True, deliveries=2),
    Way("thread-cron", cron=True),
    Way("cron", stateless=True, cron=True),
    Way("cron-change", stateless=True, cron=True),
]
CRONS = [way for way in WAYS if way.cron]


class Page(HTMLParser):
    """The texts of the elements with an id, and the targets of the links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.links: list[str] = []
        self._open: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.append(found.get("href") or "")
        if tag not in ("input", "img", "link", "meta", "br"):
            self._open.append((tag, found.get("id")))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for _, element in self._open:
            if element:
                self.texts[element] = self.texts.get(element, "") + data


class Visitor:
    """A browser without JavaScript of an endpoint's owner, who sees its token."""

    def __init__(self, creel: Creel, endpoint: Endpoint) -> None:
        self.page = f"/inspect/{endpoint.id}"
        headers = {"Authorization": f"Bearer {OPERATOR}"}
        self.client = httpx.Client(base_url=creel.url, headers=headers, follow_redirects=True, trust_env=False)

    def opens(self, below: str = "?how=langgraph") -> Page:
        answer = self.client.get(self.page + below)
        assert answer.status_code == 200, answer.text
        return Page(answer.text)

    def types(self, url: str, assistant: str) -> None:
        """Fills in the form above the snippets."""
        answer = self.client.post(f"{self.page}/deployment", data={"url": url, "assistant": assistant})
        assert answer.status_code == 200, answer.text

    def code(self, way: str, language: str) -> Page:
        return self.opens(f"?how&way={way}&in={language}")


def run(language: str, code: str, folder: Path, **env: str) -> subprocess.CompletedProcess:
    """Runs code unchanged, in an environment without settings of the user who runs the tests."""
    if language == "javascript":
        if not NODE_MODULES.is_dir():
            pytest.fail(f"{NODE_MODULES} is not there: tests/run makes it")
        (folder / "node_modules").symlink_to(NODE_MODULES)
        (folder / "snippet.mjs").write_text(code)
    command = {
        "curl": ["sh", "-c", code],
        "python": [sys.executable, "-c", code],
        "javascript": ["node", "snippet.mjs"],
    }[language]
    environment = ENVIRONMENT | {"HOME": str(folder)} | env
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=90, check=False)


@dataclass
class Started:
    endpoint: Endpoint
    done: subprocess.CompletedProcess


@pytest.fixture(scope="module")
def url(langgraph: LangGraph) -> str:
    return str(langgraph.client.base_url).rstrip("/")


def crons(langgraph: LangGraph) -> list[str]:
    return [cron["cron_id"] for cron in langgraph.client.post("/runs/crons/search", json={"limit": 100}).json()]


@pytest.fixture(scope="module")
def started(
    creel: Creel, langgraph: LangGraph, url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[tuple[str, str], Started]]:
    """Every snippet in every language, each with its own endpoint."""
    assert crons(langgraph) == []

    def start(way: Way, language: str) -> Started:
        endpoint = creel.mint()
        visitor = Visitor(creel, endpoint)
        visitor.types(url, "agent")
        code = visitor.code(way.name, language).texts["start-snippet"]
        assert endpoint.capture_url in code
        return Started(endpoint, run(language, code, tmp_path_factory.mktemp("snippet")))

    both = [(way, language) for way in reversed(WAYS) for language in LANGUAGES]  # crons first: they take longest
    try:
        with ThreadPoolExecutor(4) as pool:
            begun = list(pool.map(lambda one: start(*one), both))
        yield {(way.name, language): one for (way, language), one in zip(both, begun, strict=True)}
    finally:
        for cron in crons(langgraph):
            langgraph.client.delete(f"/runs/crons/{cron}")


def test_the_page_has_these_ways_and_languages_and_no_others(creel: Creel) -> None:
    page = Visitor(creel, creel.mint()).opens()
    chosen = [parse_qs(urlsplit(link).query) for link in page.links if link.endswith("#start")]
    assert {one["way"][0] for one in chosen} == {way.name for way in WAYS}
    assert {one["in"][0] for one in chosen} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_each_snippet_runs_as_it_stands_and_what_it_starts_is_delivered(
    started: dict[tuple[str, str], Started], way: Way, language: str
) -> None:
    endpoint, done = started[way.name, language].endpoint, started[way.name, language].done
    assert done.returncode == 0, done.stderr
    assert done.stdout, "it shows something of what it started"
    found = until("the deliveries", lambda: len(all := endpoint.deliveries()) >= way.deliveries and all, seconds=90)
    assert way.cron or len(found) == way.deliveries
    for delivery in found:
        assert delivery["verdict"] == {"token": "match", "where": "query"}
        told = delivery["reading"]["run"]
        assert (told["status"], told["graph_id"], told["stateless"]) == ("success", "agent", way.stateless)
        assert (told["cron_id"] is not None) == way.cron
        values = json.loads(endpoint.body(delivery["seq"]))["values"]
        assert (values is None) == way.stateless, "as the page says of what arrives"
        if way.cron:
            assert told["cron_id"] in done.stdout, "what is needed to delete it"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", CRONS, ids=lambda way: way.name)
def test_a_cron_is_deleted_by_the_code_below_its_snippet(
    creel: Creel, langgraph: LangGraph, url: str, tmp_path: Path, way: Way, language: str
) -> None:
    visitor = Visitor(creel, creel.mint())
    visitor.types(url, "plain")
    page = visitor.code(way.name, language)
    done = run(language, f"{page.texts['start-snippet']}\n{page.texts['end-snippet']}", tmp_path)
    assert done.returncode == 0, done.stderr
    made = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", done.stdout)
    assert made, "there was one"
    assert not set(made) & set(crons(langgraph))


def test_the_block_with_the_header_is_the_one_that_these_tests_show_to_work(creel: Creel, local_webhooks: dict) -> None:
    endpoint = creel.mint()
    page = Visitor(creel, endpoint).opens()
    headers = {"Authorization": "Bearer ${{ env.LG_WEBHOOK_TOKEN }}"}  # see langgraph_with_headers
    assert json.loads(f"{{{page.texts['header-block']}}}") == {"webhooks": local_webhooks | {"headers": headers}}
    assert page.texts["header-environment"] == f"LG_WEBHOOK_TOKEN='{endpoint.token}'"
    assert page.texts["header-url"] == endpoint.bare_url


def commands(page: Page) -> list[str]:
    """The commands below a delivery, in their order."""
    return [text for name, text in page.texts.items() if name.startswith("follow-up-") and name != "follow-up-title"]


def test_a_paused_thread_is_found_out_and_resumed_with_the_commands_below_its_delivery(
    creel: Creel, langgraph: LangGraph, tmp_path: Path
) -> None:
    endpoint = creel.mint()
    paused = langgraph.run("/threads/{thread}/runs", "approval", endpoint.capture_url, input={"messages": []})
    seq = endpoint.wait_for(paused)["seq"]
    found = commands(Visitor(creel, endpoint).opens(f"/{seq}"))

    def asked(command: str) -> dict:
        done = run("curl", command, tmp_path)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    until("a thread that waits", lambda: asked(found[0])["status"] == "interrupted")
    thread, state, told, joined = (asked(command) for command in found[:4])
    assert thread["thread_id"] == paused.thread_id
    assert state["next"] == ["tool"]
    assert (told["run_id"], told["status"]) == (paused.run_id, "success")
    assert told["kwargs"]["webhook"] == endpoint.capture_url
    assert "__interrupt__" in joined
    assert len(endpoint.deliveries()) == 1

    resumed = asked(found[4])
    until("the delivery of the run that went on", lambda: resumed["run_id"] in endpoint.run_ids())
    assert endpoint.deliveries()[-1]["reading"]["run"]["resumed"] is True
    until("a thread that waits no more", lambda: asked(found[0])["status"] == "idle")


def test_nothing_can_be_asked_about_a_stateless_run_and_the_page_says_so(creel: Creel, langgraph: LangGraph) -> None:
    endpoint = creel.mint()
    gone = langgraph.run("/runs/wait", "agent", endpoint.capture_url, input={"messages": []})
    delivery = endpoint.wait_for(gone)
    assert commands(Visitor(creel, endpoint).opens(f"/{delivery['seq']}")) == []
    thread = f"/threads/{delivery['reading']['run']['thread_id']}"
    for path in [thread, f"{thread}/state", f"{thread}/runs/{gone.run_id}"]:
        assert langgraph.client.get(path).status_code == 404


def test_the_path_of_the_documentation_is_not_there(langgraph: LangGraph) -> None:
    asked = {"assistant_id": "agent", "input": {"messages": []}}
    thread = langgraph.thread()
    assert langgraph.client.post(f"/thread/{thread}/runs", json=asked).status_code == 404
    assert langgraph.client.post(f"/threads/{thread}/runs", json=asked).status_code == 200
