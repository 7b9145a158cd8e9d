"""The tools as a client sees them, in both protocol eras; and every kind of bad input."""

import json
from typing import Any

import anyio
import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, ImageContent, TextContent, TextResourceContents

from medgym.agents.mcp import ToolCallError, call
from medgym.episode.types import Ran
from medgym.gym import Gym
from task_store.store import TaskStore
from tests._requirements import requirement
from tests.mcp_server.conftest import Connect
from tests.toy import CANARY, CHAIN, NUMBER, TRAIN

pytestmark = pytest.mark.anyio

TOOLS = [
    *("list_tasks", "start_episode", "request_info", "execute_code", "run_terminal"),
    *("interrupt", "restart_kernel", "submit_answer", "get_state", "close_episode"),
]


async def start(client: Client, task_id: str) -> str:
    started = json.loads(await call(client, "start_episode", task_id=task_id))
    episode_id: str = started["episode_id"]
    return episode_id


async def error_of(client: Client, tool: str, **arguments: Any) -> str:
    with pytest.raises(ToolCallError) as raised:
        await call(client, tool, **arguments)
    text = str(raised.value)
    assert "Traceback" not in text
    return text


@requirement("mcp:surface")
async def test_the_tools_are_few_and_described(connect: Connect) -> None:
    async with connect() as client:
        tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == TOOLS
    for tool in tools:
        assert tool.description
        assert len(tool.description) <= 120
        assert tool.output_schema is None  # content blocks only: see mcp_server/tools.py


@requirement("mcp:episode")
async def test_an_episode_from_listing_to_notebook(connect: Connect, gym: Gym) -> None:
    async with connect() as client:
        listed = json.loads(await call(client, "list_tasks", split="test"))
        assert [row["id"] for row in listed["tasks"]] == [NUMBER, CHAIN]
        started = json.loads(await call(client, "start_episode", task_id=CHAIN, agent="null"))
        assert started["prompt"].startswith("How much is 3 * 7?")
        episode_id = started["episode_id"]
        text = await call(
            client, "execute_code", episode_id=episode_id, code="x = 21\nx", comment="I multiply."
        )
        assert text == "21\n[ok · cell 1 · 29 turns left]"
        told = await call(client, "submit_answer", episode_id=episode_id, variable="x")
        assert "recorded" in told
        assert "And twice that?" in told
        state = json.loads(await call(client, "get_state", episode_id=episode_id))
        assert (state["current_part"], state["kernel"], len(state["cells"])) == (2, "alive", 1)
        told = await call(client, "submit_answer", episode_id=episode_id, answer=42)
        assert "episode over: submitted" in told
        closed = json.loads(await call(client, "close_episode", episode_id=episode_id))
        assert closed["finished"] == "submitted"
    (trajectory,) = gym.out.trajectories()
    assert trajectory.started.agent == "null"  # a name that is also JSON
    assert trajectory.grade is not None
    assert trajectory.grade.outcome == "correct"
    assert "I multiply." in gym.notebook_path(gym.episode(episode_id)).read_text(encoding="utf-8")


@requirement("mcp:pages")
async def test_lists_page_with_a_cursor(connect: Connect) -> None:
    seen: list[str] = []
    async with connect() as client:
        cursor = None
        while True:
            page = json.loads(await call(client, "list_tasks", limit=2, cursor=cursor))
            seen += [row["id"] for row in page["tasks"]]
            if (cursor := page["next_cursor"]) is None:
                break
    assert seen == [TRAIN, NUMBER, CHAIN]


@requirement("mcp:images")
async def test_a_figure_comes_back_as_an_image(connect: Connect) -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    async with connect() as client:
        episode_id = await start(client, TRAIN)
        result = await client.call_tool("execute_code", {"episode_id": episode_id, "code": code})
    assert isinstance(result, CallToolResult)
    text, image = result.content
    assert isinstance(text, TextContent)
    assert isinstance(image, ImageContent)
    assert image.mime_type == "image/png"
    assert image.data.startswith("iVBORw0KGgo")
    assert result.structured_content is None


@requirement("mcp:kernel-control")
async def test_restart_and_interrupt(connect: Connect) -> None:
    async with connect() as client:
        episode_id = await start(client, TRAIN)
        assert "No cell is running" in await call(client, "interrupt", episode_id=episode_id)
        await call(client, "execute_code", episode_id=episode_id, code="x = 1")
        assert "was restarted" in await call(client, "restart_kernel", episode_id=episode_id)
        told = await call(client, "execute_code", episode_id=episode_id, code="x")
        assert "NameError" in told
        assert "\x1b" not in told
        timed_out = await call(
            client, "execute_code", episode_id=episode_id, code="while True: pass", timeout_s=0.3
        )
        assert "timeout" in timed_out


@requirement("mcp:terminal")
async def test_a_shell_command_runs_beside_the_kernel_and_is_a_step(connect: Connect, gym: Gym) -> None:
    async with connect() as client:
        episode_id = await start(client, TRAIN)
        await call(client, "execute_code", episode_id=episode_id, code="open('note.txt', 'w').write('kept')")
        told = await call(
            client, "run_terminal", episode_id=episode_id, command="cat note.txt; echo; ls nowhere"
        )
        assert told.startswith("kept\n")
        assert "nowhere" in told
        assert "[exit 2]" in told
        assert "28 turns left" in told
        numpy = "python -c 'import numpy; print(numpy.arange(3).sum())'"
        told = await call(client, "run_terminal", episode_id=episode_id, command=numpy)
        assert told.startswith("3\n[exit 0]")
        slow = await call(client, "run_terminal", episode_id=episode_id, command="sleep 60", timeout_s=0.5)
        assert "timeout" in slow
        assert (await call(client, "execute_code", episode_id=episode_id, code="1")).startswith("1\n")
        await call(client, "close_episode", episode_id=episode_id)
    (trajectory,) = gym.out.trajectories()
    cells = [event.execution.code for event in trajectory.of_type(Ran)]
    assert cells[1].startswith("%%bash")
    assert "cat note.txt" in cells[1]


@requirement("death:shown")
@requirement("mcp:kernel-control")
async def test_a_dead_kernel_is_named_and_recoverable(connect: Connect) -> None:
    async with connect() as client:
        episode_id = await start(client, TRAIN)
        told = await call(client, "execute_code", episode_id=episode_id, code="import os; os._exit(3)")
        assert told == (
            "[the kernel died: it exited with status 3 · variables are lost: call restart_kernel"
            " · 29 turns left]"
        )
        state = json.loads(await call(client, "get_state", episode_id=episode_id))
        assert (state["kernel"], state["kernel_death"]) == ("dead", "exited with status 3")
        assert await error_of(client, "execute_code", episode_id=episode_id, code="1") == (
            "The kernel is dead: it exited with status 3. Its variables are gone; call restart_kernel first."
        )
        state = json.loads(await call(client, "get_state", episode_id=episode_id))
        assert state["turns_left"] == 29
        await call(client, "restart_kernel", episode_id=episode_id)
        state = json.loads(await call(client, "get_state", episode_id=episode_id))
        assert (state["kernel"], state["kernel_death"], state["turns_left"]) == ("alive", None, 28)


@requirement("mcp:cancel")
async def test_a_cancelled_call_stops_the_cell(connect: Connect, gym: Gym) -> None:
    async with connect() as client:
        episode_id = await start(client, TRAIN)
        with anyio.move_on_after(1.0):
            await call(client, "execute_code", episode_id=episode_id, code="x = 5\nwhile True: pass")
        with anyio.fail_after(30):
            assert (await call(client, "execute_code", episode_id=episode_id, code="x")).startswith("5\n")


@requirement("mcp:resources")
async def test_resources_give_the_task_and_the_notebook(connect: Connect) -> None:
    async with connect() as client:
        (task,) = (await client.read_resource(f"task://{CHAIN}")).contents
        assert isinstance(task, TextResourceContents)
        public = json.loads(task.text)
        assert public["part_count"] == 2
        assert "And twice that?" not in task.text
        assert "seed" not in task.text
        episode_id = await start(client, NUMBER)
        await call(client, "submit_answer", episode_id=episode_id, answer=5)
        (notebook,) = (await client.read_resource(f"trajectory://{episode_id}")).contents
        assert isinstance(notebook, TextResourceContents)
        events = [cell["metadata"]["medgym"]["event"] for cell in json.loads(notebook.text)["cells"]]
        assert events == ["started", "said", "submitted"]  # strict: the verdict is not for the agent
        for uri in ("task://toy/test/none", "trajectory://none"):
            with pytest.raises(MCPError, match="No "):
                await client.read_resource(uri)


@requirement("mcp:full-output")
async def test_output_that_was_cut_is_offered_whole(connect: Connect) -> None:
    async with connect() as client:
        episode_id = await start(client, NUMBER)
        code = "for n in range(20_000): print(n)"
        text = await call(client, "execute_code", episode_id=episode_id, code=code)
        assert "bytes of output dropped" in text
        uri = f"output://{episode_id}/1"
        assert text.endswith(f"[full output, 108890 bytes: resource {uri}]")
        (content,) = (await client.read_resource(uri)).contents
        assert isinstance(content, TextResourceContents)
        assert content.text == "".join(f"{n}\n" for n in range(20_000))
        short = await call(client, "execute_code", episode_id=episode_id, code="print(1)")
        assert "full output" not in short
        for missing in ("2", "99", "-1", "x", "..%2F1"):
            with pytest.raises(MCPError, match=r"no full output|Unknown resource"):
                await client.read_resource(f"output://{episode_id}/{missing}")


@requirement("mcp:prompt")
async def test_the_prompt_tells_how_to_solve_a_task(connect: Connect) -> None:
    async with connect() as client:
        prompt = await client.get_prompt("solve_task", {"task_id": CHAIN})
        text = prompt.messages[0].content
        assert isinstance(text, TextContent)
        assert CHAIN in text.text
        assert "submit_answer" in text.text


@requirement("mcp:bad-input")
async def test_unknown_tasks_and_episodes_are_said(connect: Connect) -> None:
    async with connect() as client:
        assert "No task" in await error_of(client, "start_episode", task_id="toy/test/none")
        assert "No task" in await error_of(client, "start_episode", task_id="nonsense")
        calls: dict[str, dict[str, Any]] = {
            "execute_code": {"code": "1"},
            "submit_answer": {"answer": 1},
            "get_state": {},
        }
        for tool, extra in calls.items():
            assert "start_episode" in await error_of(client, tool, episode_id="unknown", **extra)
        assert "there are: toy" in await error_of(client, "list_tasks", family="nope")


@requirement("mcp:bad-input")
async def test_code_that_is_not_text_and_impossible_timeouts_are_refused(connect: Connect) -> None:
    async with connect() as client:
        episode_id = await start(client, TRAIN)
        assert "code" in await error_of(client, "execute_code", episode_id=episode_id, code=["1"])
        assert "code" in await error_of(client, "execute_code", episode_id=episode_id)
        refused = await error_of(client, "execute_code", episode_id=episode_id, code="1", timeout_s=-3)
        assert "above 0" in refused
        assert (await call(client, "execute_code", episode_id=episode_id, code="1")).startswith("1\n")


@requirement("mcp:bad-input")
async def test_an_answer_of_the_wrong_type_is_refused_and_the_attempt_kept(
    connect: Connect, gym: Gym
) -> None:
    async with connect() as client:
        episode_id = await start(client, TRAIN)
        assert "number" in await error_of(client, "submit_answer", episode_id=episode_id, answer={"value": 4})
        assert "exactly one" in await error_of(client, "submit_answer", episode_id=episode_id)
        assert "exactly one" in await error_of(
            client, "submit_answer", episode_id=episode_id, answer=4, variable="x"
        )
        assert "part 7" in await error_of(client, "submit_answer", episode_id=episode_id, answer=4, part=7)
        await call(client, "submit_answer", episode_id=episode_id, answer=4)
    (trajectory,) = gym.out.trajectories()
    assert trajectory.grade is not None
    assert trajectory.grade.outcome == "correct"


@requirement("mcp:bad-input")
async def test_after_the_end_a_submission_is_refused(connect: Connect) -> None:
    async with connect() as client:
        episode_id = await start(client, TRAIN)
        await call(client, "submit_answer", episode_id=episode_id, answer=5)
        assert "over" in await error_of(client, "submit_answer", episode_id=episode_id, answer=4)
        assert "over" in await error_of(client, "execute_code", episode_id=episode_id, code="1")


@requirement("mcp:crosswise")
async def test_two_episodes_used_crosswise_do_not_mix(connect: Connect, gym: Gym) -> None:
    async with connect() as client:
        one, two = await start(client, TRAIN), await start(client, CHAIN)
        await call(client, "execute_code", episode_id=one, code="x = 4")
        assert "NameError" in await call(client, "execute_code", episode_id=two, code="x")
        assert "x" in await error_of(client, "submit_answer", episode_id=two, variable="x")
        assert "restart_kernel" in await call(
            client, "execute_code", episode_id=two, code="import os; os._exit(1)"
        )
        await call(client, "submit_answer", episode_id=one, variable="x")
        await call(client, "close_episode", episode_id=two)
    outcomes = {t.started.task.id: t.grade.outcome for t in gym.out.trajectories() if t.grade}
    assert outcomes == {TRAIN: "correct", CHAIN: "incorrect"}


@requirement("mcp:overload")
async def test_a_full_server_says_so_and_recovers(connect: Connect) -> None:
    async with connect() as client:
        open_ones = [await start(client, TRAIN) for _ in range(3)]
        assert "close_episode" in await error_of(client, "start_episode", task_id=TRAIN)
        await call(client, "close_episode", episode_id=open_ones[0])
        assert await start(client, TRAIN)


@requirement("mcp:canary")
async def test_no_gold_or_reference_leaves_the_server(connect: Connect, gym: Gym) -> None:
    """Over a whole episode: the wire, the kernel's files and environment, journal, notebook."""
    look = (
        "import os, pathlib, sys\n"
        "seen = [str(dict(os.environ)), str(sys.argv), str(sys.path)]\n"
        "for folder, _, names in os.walk('.'):\n"
        "    seen += [name + open(os.path.join(folder, name), errors='replace').read() for name in names]\n"
        "print(seen)\nprint(open('/proc/self/environ').read())\nprint(list(globals()))"
    )
    wire: list[str] = []
    async with connect() as client:
        wire.append(json.dumps([tool.model_dump(mode="json") for tool in (await client.list_tools()).tools]))
        wire.append(await call(client, "list_tasks"))
        started = await call(client, "start_episode", task_id=NUMBER)
        wire.append(started)
        episode_id = json.loads(started)["episode_id"]
        wire.append(await call(client, "execute_code", episode_id=episode_id, code=look))
        wire.append(await error_of(client, "submit_answer", episode_id=episode_id, answer="no"))
        wire.append(await call(client, "submit_answer", episode_id=episode_id, answer=1))
        wire.append(await call(client, "get_state", episode_id=episode_id))
        for uri in (f"task://{NUMBER}", f"trajectory://{episode_id}"):
            (content,) = (await client.read_resource(uri)).contents
            assert isinstance(content, TextResourceContents)
            wire.append(content.text)
        wire.append(await call(client, "close_episode", episode_id=episode_id))
    files = [path.read_text(encoding="utf-8") for path in gym.out.root.rglob("*") if path.is_file()]
    assert len(files) == 3  # journal, notebook, index
    for text in (*wire, *files):
        assert CANARY not in text
        assert "7316482" not in text
    assert any("PATH" in text for text in wire)  # the kernel did look


@requirement("mcp:canary")
async def test_the_canary_would_be_seen(toy_store: TaskStore) -> None:
    """The control: what the test above looks for is really in the answers of that task."""
    key = (toy_store.folders["toy"] / "answers.sqlite").read_bytes()
    assert CANARY.encode() in key
    assert b"7316482" in key
