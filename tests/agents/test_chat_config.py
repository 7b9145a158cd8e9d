"""The configuration holds no secret, and importing the package loads no client."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from medgym.agents.chat import ChatAgent, ChatConfig
from medgym.agents.chat.styles import STYLES
from medgym.agents.chat.styles.base import builtin_prompt
from tests._requirements import requirement
from tests.agents.conftest import KEY, chat_config


@requirement("chat:light-import")
def test_importing_the_package_loads_no_http_client() -> None:
    code = "import sys, medgym.agents.chat; print({'openai', 'httpx2', 'mcp'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@requirement("chat:key-stays-out")
def test_an_agent_and_its_configuration_do_not_show_the_key() -> None:
    agent = ChatAgent(chat_config("http://127.0.0.1:9/v1"), api_key=SecretStr(KEY))
    shown = f"{agent!r}{vars(agent)}{agent.config!r}{agent.config.model_dump_json()}"
    assert KEY not in shown
    assert agent.config.api_key_env == "OPENAI_API_KEY"


@requirement("chat:config-refused")
@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "http://me:secret@127.0.0.1/v1"},
        {"base_url": "http://me@127.0.0.1/v1"},
        {"base_url": "127.0.0.1:8000"},
        {"base_url": "ftp://host/v1"},
        {"base_url": "http://host:99999/v1"},
        {"model": ""},
        {"style": "xml"},
        {"temperature": -1},
        {"max_tokens": 0},
        {"timeout_s": 0},
        {"max_replies": 0},
        {"api_key": "sk-1"},
        {"style": "auto", "prompt": "own.md"},
    ],
)
def test_a_configuration_that_cannot_work_is_refused(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"base_url": "https://host/v1", "model": "m", "style": "tools"}
    ChatConfig.model_validate(right)
    with pytest.raises(ValidationError):
        ChatConfig.model_validate(right | wrong)


@requirement("chat:config-refused")
def test_error_messages_name_the_endpoint_without_its_query() -> None:
    assert chat_config("https://host/v1?token=abc").where == "https://host/v1"


@requirement("chat:prompt-file")
def test_a_missing_prompt_file_is_noticed_before_any_episode(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ChatAgent(chat_config("http://host/v1", prompt=tmp_path / "none.md"))


@requirement("chat:prompt-file")
def test_every_style_ships_a_prompt_that_names_its_actions() -> None:
    words = {"tools": "submit_answer", "json": '"submit"', "code": "```submit", "paper": "validate_code"}
    assert set(words) == set(STYLES)
    for style, word in words.items():
        assert word in builtin_prompt(STYLES[style].name)  # type: ignore[index]


@requirement("chat:documented")
def test_every_setting_and_style_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "chat-agent.md").read_text(encoding="utf-8")
    for name in (*ChatConfig.model_fields, *STYLES):
        assert f"\n| `{name}` |" in page, name
