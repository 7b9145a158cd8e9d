"""A fake model that can do one thing: the body mass index, read from a built-in medcalcbench note.

It sees only what the endpoint is sent. It reads today's weight and height out of the
note, has the kernel compute, and submits the variable; a blood pressure it answers
wrong on purpose, and for anything else it abstains. So a run over medcalcbench must
score exactly its body mass index tasks.

Run `python -m tests.fake_llm_medcalc` to serve it until standard input closes; its base
URL is the first line it prints.
"""

import json
import re
import sys

from tests.fake_llm import Body, Response, calls, fake_llm, says

_FEET = re.compile(r"(\d+) (?:feet|ft) (\d+) in")
_INCHES = re.compile(r"is (\d+) inches tall")
_CM = re.compile(r"standing height (\d+(?:\.\d+)?) cm")
_M = re.compile(r"stadiometer gave (\d\.\d+) m")

_STONES = re.compile(r"practice scale it was (\d+) st (\d+) lb")
_POUNDS = re.compile(r"weight (\d+(?:\.\d+)?) pounds|today: (\d+(?:\.\d+)?) lb")
_KG = re.compile(r"to the (\d+(?:\.\d+)?) kg|in tall; (\d+(?:\.\d+)?) kg")


def reply(body: Body) -> Response:
    """The model's next message, in the style that the request asks for."""
    messages = body["messages"]
    question = next(message["content"] for message in messages if message["role"] == "user")
    if re.search(r"mean arterial pressure", question):
        return _submits(body, {"answer": -1})
    code = _code(question)
    if code is None:
        return _submits(body, {"abstain": True})
    if any(message["role"] == "assistant" for message in messages):
        return _submits(body, {"variable": "bmi"})
    return _runs(body, code)


def _code(question: str) -> str | None:
    """Python that leaves the index in `bmi`; None when this is no such question."""
    if not re.search(r"body mass index|BMI", question):
        return None
    height, weight = _height_m(question), _weight_kg(question)
    return f"bmi = ({weight}) / ({height}) ** 2\nbmi" if height and weight else None


def _height_m(note: str) -> str | None:
    if found := _FEET.search(note):
        return f"({found[1]} * 12 + {found[2]}) * 0.0254"
    if found := _INCHES.search(note):
        return f"{found[1]} * 0.0254"
    if found := _CM.search(note):
        return f"{found[1]} / 100"
    return found[1] if (found := _M.search(note)) else None


def _weight_kg(note: str) -> str | None:
    if found := _STONES.search(note):
        return f"({found[1]} * 14 + {found[2]}) * 0.45359237"
    if found := _POUNDS.search(note):
        return f"{found[1] or found[2]} * 0.45359237"
    found = _KG.search(note)
    return (found[1] or found[2]) if found else None


def _runs(body: Body, code: str) -> Response:
    if "tools" in body:
        return calls(("execute_code", {"code": code}))
    if "response_format" in body:
        return says(json.dumps({"action": "execute", "code": code}))
    return says(f"```python\n{code}\n```")


def _submits(body: Body, answer: Body) -> Response:
    if "tools" in body:
        return calls(("submit_answer", answer))
    if "response_format" in body:
        return says(json.dumps({"action": "submit", **answer}))
    return says(f"```submit\n{json.dumps(answer)}\n```")


if __name__ == "__main__":
    with fake_llm(reply) as fake:
        print(fake.url, flush=True)
        sys.stdin.read()
