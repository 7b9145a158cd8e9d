"""Groups of attempts for reinforcement learning (GRPO and its kin): prompt, completions, rewards.

Which tokens may be learned from is said twice: by message, and by token where the endpoint gave
token ids. What a branch repeats is not learned from again: it was drawn once, in the parent.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from medgym.trajectory.export.example import Example
from medgym.trajectory.export.records import Drawn, RlRecord, Rollout
from medgym.trajectory.export.tools import Tools


def rl(group: Sequence[Example], tools: Tools) -> Iterator[RlRecord]:
    """One record for all episodes of a task that began with the same words."""
    ordered = sorted(group, key=_beginning)
    for _, same in groupby(ordered, key=_beginning):
        examples = list(same)
        one = examples[0]
        yield RlRecord(
            **one.origin.model_dump(),
            tools=next((text for example in examples if (text := tools.of(example))), None),
            prompt=one.messages[: one.first],
            rollouts=tuple(_rollout(example) for example in examples),
            rewards=tuple(example.score for example in examples),
        )


def _beginning(example: Example) -> str:
    return "\0".join(f"{m.role}:{m.content}" for m in example.messages[: example.first])


def _rollout(example: Example) -> Rollout:
    said = example.acted[example.first :]
    own = (i >= example.own and message.role == "assistant" for i, message in enumerate(said, example.first))
    return Rollout(
        episode_id=example.episode_id,
        messages=said,
        mask=tuple(map(int, own)),
        drawn=_drawn(example),
    )


def _drawn(example: Example) -> tuple[Drawn, ...] | None:
    """Replies joined as long as each was sent exactly what stood before it, token for token."""
    runs: list[tuple[list[int], list[int], list[float | None]]] = []
    own = slice(example.own, None)  # the first of these was sent all that stood before it
    for message, tokens in zip(example.messages[own], example.tokens[own], strict=True):
        if message.role != "assistant":
            continue
        if tokens is None or tokens.ids is None or tokens.prompt_ids is None:
            return None
        given = list(tokens.prompt_ids)
        if not runs or given[: len(runs[-1][0])] != runs[-1][0]:
            runs.append(([], [], []))
        ids, mask, logprobs = runs[-1]
        between = given[len(ids) :]
        drawn_logprobs: Sequence[float | None] = tokens.logprobs or ()
        if len(drawn_logprobs) != len(tokens.ids):
            drawn_logprobs = [None] * len(tokens.ids)
        ids += [*between, *tokens.ids]
        mask += [0] * len(between) + [1] * len(tokens.ids)
        logprobs += [*([None] * len(between)), *drawn_logprobs]
    return tuple(
        Drawn(ids=tuple(ids), mask=tuple(mask), logprobs=tuple(logprobs)) for ids, mask, logprobs in runs
    )
