"""The URL doctor against a real server: the result of `creel doctor` for a webhook URL equals the server's response to a run with it.

Invariant: no request leaves the machine. The server delivers to accepted URLs, so only loopback addresses are accepted here, and only
names that it accepts or refuses without a lookup.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import CREEL, ENVIRONMENT, Creel, LangGraph, langgraph_server, refused_start, until

# `{port}` and `{id}` are replaced by those of an endpoint of creel.
HERE = "127.0.0.1:{port}/hook/{id}"
LOCAL = [
    f"http://{HERE}",
    f"http://{HERE}?token=a%20b&x=y",
    f"http://{HERE}#fragment",
    f"http://{HERE}/a b",
    f"http://{HERE}/é",
    f"http://user:pass@{HERE}",
    f"http://a@b@{HERE}",
    "http://localhost:{port}/hook/{id}",
    "http://LOCALHOST:{port}/hook/{id}",
    "http://127.1:{port}/hook/{id}",
    "http://127.0.1:{port}/hook/{id}",
    "http://2130706433:{port}/hook/{id}",
    "http://0x7f000001:{port}/hook/{id}",
    "http://0X7F.1:{port}/hook/{id}",
    "http://017700000001:{port}/hook/{id}",
    "http://0x7f.0x0.0x0.0x1:{port}/hook/{id}",
    # Accepted if loopback is accepted, but never sent.
    "http://0177.0.0.1:{port}/hook/{id}",
    "http://127.000.000.001:{port}/hook/{id}",
    f"HTTP://{HERE}",
    f"Http://{HERE}",
    f" http://{HERE}",
    f"\nhttp://{HERE}",
    f"http://{HERE}\n",
    f"http://{HERE}/\ttab",
    f"http://{HERE}/\x01",
    "HTTP://LocalHost:{port}/hook/{id}",
    "http://localhost:99999/",
    "http://localhost:x/",
    "/ok",
    "//127.0.0.1/ok",
    f"http://{HERE}/" + "a" * 1950,
]
NOWHERE = [
    "",
    " ",
    "nonsense",
    "?query",
    "#fragment",
    "127.0.0.1:8080/hook",
    "localhost:8080/hook",
    "http:127.0.0.1/hook",
    "http://",
    "http:///hook",
    "http://:8080/",
    "http://user@/",
    "https://",
    "ftp://127.0.0.1/",
    "ftp://localhost/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "mailto:a@b",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:http/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:٣/",
    "http://[::1/",
    "http://::1]/",
    "http://[nonsense]/",
    "http://[127.0.0.1]/",
    "http://a..b/",
    "http://./",
    f"http://{'a' * 64}.test/",
    "http://[::1]:{port}/hook/{id}",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]:{port}/hook/{id}",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::1]/",
    "http://[fe80::1]/",
    "http://[ff02::1]/",
    "http://[fd00:ec2::254]/",
    "http://0.0.0.0:{port}/hook/{id}",
    "http://0/",
    "http://169.254.169.254/latest/meta-data",
    "http://169.254.1.1/",
    "http://192.0.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://100.100.100.200/",
    "http://metadata/",
    "http://metadata.google.internal/",
    "http://METADATA.amazonaws.com/",
    "http://instance-data/latest",
    "http://api.default.svc.cluster.local/",
    "https://API.default.svc.cluster.local:6443/",
    "http://127.0.0.1/" + "a" * 4080,
    "a" * 65536,
    "a" * 65537,
]
# Refused by name without a lookup, unless loopback is allowed.
LOOPBACK_NAMES = ["http://localhost.localdomain/", "http://host.docker.internal:8080/", "https://HOST.docker.internal/"]
# For servers with a list of hosts: only listed hosts can be accepted.
LISTED = [
    "https://127.0.0.1:1/",
    "https://127.0.0.1:2/",
    "https://[::1]:1/",
    "https://localhost:1/",
    "http://localhost:1/",
    "https://localhost/",
    "https://cluster.local/",
    "https://svc.cluster.local/",
    "https://hooks.example.com.evil.test/",
    "https://evil.test/",
    "https://10.0.0.1/",
    "https://192.168.1.1/",
    # Accepted because of `*.svc.cluster.local`, and blocked before the lookup for the delivery.
    "http://api.default.svc.cluster.local:1/",
    "https://api.default.svc.cluster.local:1/",
]
LIST = ["localhost", "127.0.0.1", "::1", "hooks.example.com", "*.svc.cluster.local"]


LOOPBACK = ["127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0x7f.0x0.0x0.0x1"]
LOOPBACK += ["0177.0.0.1", "127.000.000.001"]


@dataclass
class Case:
    name: str
    webhooks: dict | None
    urls: list[str]


CASES = [
    Case("none", None, LOCAL + NOWHERE + LOOPBACK_NAMES),
    Case("headers", {"headers": {"x": "y"}}, LOCAL[:8] + NOWHERE + LOOPBACK_NAMES),
    Case("local", {"url": {"disable_loopback": False, "require_https": False}}, LOCAL + NOWHERE),
    Case("https", {"url": {"disable_loopback": False}}, LOCAL + NOWHERE),
    Case("listed", {"url": {"allowed_domains": LIST, "require_https": False}}, LOCAL + NOWHERE[:-3] + LISTED),
    Case("strict", {"url": {"allowed_domains": LIST, "allowed_ports": [1, 443]}}, LOCAL + NOWHERE + LISTED),
]


def doctor(url: str, config: Path) -> dict:
    command = [CREEL, "doctor", url, "--langgraph", "0.16.7", "--config", config, "--json"]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert done.returncode == (0 if found["accepted"] and found["delivered"] else 1)
    return found


def stays_here(url: str) -> bool:
    """Whether a URL may be sent to the server although it would accept it."""
    if url.startswith("/"):
        return True
    host = urlsplit(url).hostname
    return host in ("localhost", "::1", *LOOPBACK) or host.endswith(".svc.cluster.local")


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Case, LangGraph, Path]]:
    with langgraph_server(tmp_path, request.param.webhooks) as server:
        yield request.param, server, tmp_path / "langgraph.json"


def test_the_doctor_and_the_server_agree(asked: tuple[Case, LangGraph, Path], creel: Creel) -> None:
    case, server, config = asked
    endpoint = creel.mint()
    port, differences, expected = urlsplit(creel.url).port, [], set()
    for template in case.urls:
        url = template.replace("{port}", str(port)).replace("{id}", endpoint.id)
        found = doctor(url, config)
        assert not found["accepted"] or stays_here(url), f"{url} would be delivered to"
        # Each on its own thread: runs of one thread wait for each other, and some of these retry for seconds.
        answer = server.ask(f"/threads/{server.thread()}/runs", "plain", url, input={"items": [1]})
        detail = None if answer.status_code == 200 else answer.json()["detail"]
        if found["status"] != answer.status_code or not says_the_same(found, detail):
            differences.append((url[:80], found["status"], found["reason"], answer.status_code, detail and detail[:200]))
        # creel listens only on 127.0.0.1.
        is_for_creel = url.startswith("http:") and f":{port}/hook/" in url and "[::1]" not in url
        if answer.status_code == 200 and found["delivered"] and is_for_creel:
            expected.add(answer.json()["run_id"])
    assert differences == []
    if case.name in ("local", "listed"):
        marker = server.run("/runs/wait", "plain", endpoint.bare_url, input={"items": [1]})
        expected.add(marker.run_id)
        assert len(expected) > 5
    until("all deliveries that the doctor predicted", lambda: set(endpoint.run_ids()) >= expected)
    assert sorted(endpoint.run_ids()) == sorted(expected)


def says_the_same(found: dict, detail: str | None) -> bool:
    if detail is None:
        return True
    if found["reason"].startswith("encoding with 'idna' codec failed"):
        return "label" in detail  # Python's own text, which differs from version to version
    if detail.startswith('"'):
        return found["reason"] in detail  # the schema's texts repeat the URL
    return found["reason"] == detail


WRONG_BLOCKS = [
    {"headers": {"Authorization": "Bearer ${{ env.MY_TOKEN }}"}},
    {"env_prefix": "MY_", "headers": {"Authorization": "${{ env.LG_WEBHOOK_TOKEN }}"}},
    {"headers": {"Authorization": "${{ secrets.TOKEN }}"}},
    {"headers": {"Authorization": "${{ env.A.B }}"}},
    {"allowed_fields": ["run_id", "langsmith_session_name"]},
]


@pytest.mark.parametrize("block", WRONG_BLOCKS, ids=["prefix", "env_prefix", "secrets", "dots", "allowed_fields"])
def test_l06_a_server_does_not_start_with_a_wrong_block_and_the_doctor_quotes_why(tmp_path: Path, block: dict) -> None:
    written = refused_start(tmp_path, block)
    found = doctor("https://10.0.0.1/", tmp_path / "langgraph.json")
    assert (found["starts"], found["accepted"], found["status"]) == (False, False, None)
    # The server wraps long lines of its log.
    assert squeezed(found["reason"]) in squeezed(written)


def test_l06_a_server_starts_with_the_block_that_the_doctor_corrected(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps({"webhooks": WRONG_BLOCKS[0] | {"disable_loopback": False}}))
    found = doctor("http://127.0.0.1:8080/hook", wrong)
    corrected = json.loads("{" + found["advice"][0]["langgraph_json"] + "}")["webhooks"]
    with langgraph_server(tmp_path, corrected, {"LG_WEBHOOK_MY_TOKEN": "x"}) as server:
        answer = server.ask("/runs/wait", "plain", "http://127.0.0.1:1/", input={"items": [1]})
        assert answer.status_code == 200, "also the key that stood in the wrong place is in effect"


@pytest.mark.parametrize(
    "block",
    [{"disable_loopback": False, "require_https": False}, {"urls": {"disable_loopback": False}}, {"url": {"loopback": False}}],
    ids=["misplaced", "misspelt", "unknown"],
)
def test_l07_a_server_ignores_the_keys_that_the_doctor_names(tmp_path: Path, block: dict) -> None:
    url = "http://127.0.0.1:1/"
    with langgraph_server(tmp_path, block) as server:
        answer = server.ask(f"/threads/{server.thread()}/runs", "plain", url, input={"items": [1]})
    found = doctor(url, tmp_path / "langgraph.json")
    assert (answer.status_code, answer.json()["detail"]) == (found["status"], found["reason"])
    named = " ".join(one["text"] for one in found["advice"])
    assert "LangGraph ignores `webhooks." in named, named


def squeezed(text: str) -> str:
    return "".join(text.split())
