"""The ways in which a model says what it wants done; one small file each."""

from medgym.agents.chat.config import StyleName
from medgym.agents.chat.styles.base import Style
from medgym.agents.chat.styles.code_blocks import CodeStyle
from medgym.agents.chat.styles.json_action import JsonStyle
from medgym.agents.chat.styles.paper import PaperStyle
from medgym.agents.chat.styles.tool_calls import ToolsStyle

STYLES: dict[StyleName, Style] = {
    "tools": ToolsStyle(),
    "json": JsonStyle(),
    "code": CodeStyle(),
    "paper": PaperStyle(),
}

__all__ = ["STYLES", "Style"]
