"""The graphs that the tests run. Invariant: the same input gives the same state every time, with no network and no model.

`agent`, `broken` and `approval` start in the same way, with a tool call of a model; they differ in what happens to that call.
"""

import asyncio
from typing import TypedDict

from langchain_core.messages import AIMessage, ToolMessage
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import interrupt


def ask_for_tool(state: MessagesState) -> dict:
    wish = AIMessage(
        "",
        tool_calls=[{"name": "get_weather", "args": {"city": "Oslo"}, "id": "call_1", "type": "tool_call"}],
        usage_metadata={"input_tokens": 31, "output_tokens": 12, "total_tokens": 43},
    )
    return {"messages": [wish]}


def call_tool(state: MessagesState) -> dict:
    return {"messages": [ToolMessage("sunny, 21 °C", name="get_weather", tool_call_id="call_1")]}


def raise_error(state: MessagesState) -> dict:
    raise ValueError("no weather for Oslo today")


def call_tool_if_approved(state: MessagesState) -> dict:
    interrupt({"question": "May I look up the weather?"})
    return call_tool(state)


def answer(state: MessagesState) -> dict:
    said = AIMessage(
        "It is sunny in Oslo, 21 °C.",
        usage_metadata={"input_tokens": 44, "output_tokens": 9, "total_tokens": 53},
    )
    return {"messages": [said]}


def chat(tool):
    """A conversation of four messages: the caller's, a tool call, the tool's result, the answer."""
    graph = StateGraph(MessagesState)
    graph.add_sequence([("ask_for_tool", ask_for_tool), ("tool", tool), ("answer", answer)])
    graph.add_edge(START, "ask_for_tool")
    graph.add_edge("answer", END)
    return graph.compile()


agent = chat(call_tool)
broken = chat(raise_error)
approval = chat(call_tool_if_approved)


class Numbers(TypedDict, total=False):
    items: list[int]
    total: int


def add_up(state: Numbers) -> dict:
    return {"total": sum(state["items"])}


async def wait_to_be_cancelled(state: Numbers) -> dict:
    await asyncio.sleep(600)  # never reached: the runs of this graph are cancelled, superseded or timed out
    return {}


def add_one_more(state: Numbers) -> dict:
    return {"total": state.get("total", 0) + 1}


plain = StateGraph(Numbers).add_node(add_up).add_edge(START, "add_up").add_edge("add_up", END).compile()

slow = StateGraph(Numbers).add_sequence([add_up, wait_to_be_cancelled]).add_edge(START, "add_up").compile()
endless = StateGraph(Numbers).add_node(add_one_more).add_edge(START, "add_one_more").add_edge("add_one_more", "add_one_more").compile()
