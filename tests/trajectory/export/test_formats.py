"""Each format: what stands in a record, and what must not."""

from collections.abc import Sequence

from medgym.episode.types import Message
from medgym.trajectory.export.example import Branched, Example, example_of
from medgym.trajectory.export.function_calling import function_calling
from medgym.trajectory.export.kto import kto
from medgym.trajectory.export.preference import preference
from medgym.trajectory.export.rl import rl
from medgym.trajectory.export.sft import sft
from medgym.trajectory.export.transitions import transitions
from medgym.trajectory.export.verifier import verifier
from medgym.trajectory.model import Trajectory
from tests._requirements import requirement
from tests.trajectory.export.made import TOOLS, call, drew, episode, steps, task
from tests.trajectory.samples import sample_events

SUM = task("toy/train/sum", "How much is 2 + 2?")


def example(trajectory: Trajectory) -> Example:
    made = example_of(trajectory)
    assert made is not None
    return made


RIGHT = example(episode("right", SUM, steps("print(2 + 2)", 4)))
WRONG = example(episode("wrong", SUM, steps("print(2 * 3)", 6, key="other"), score=0.0))


def roles(messages: Sequence[object]) -> list[str]:
    return [message.role for message in messages]  # type: ignore[attr-defined]


@requirement("export:sft")
def test_a_conversation_with_tools_ends_with_the_agents_last_message() -> None:
    (record,) = sft([RIGHT], TOOLS)
    assert roles(record.messages) == ["system", "user", "assistant", "tool", "assistant"]
    calls = [message.tool_calls[0] for message in record.messages if message.tool_calls]
    assert [(c.id, c.function.name) for c in calls] == [
        ("call_1", "execute_code"),
        ("call_2", "submit_answer"),
    ]
    assert record.messages[3].tool_call_id == "call_1"
    assert record.tools == '[{"type": "function", "function": {"name": "execute_code"}}]'
    assert (record.task_id, record.licence, record.episode_id) == (SUM.id, "CC0-1.0", "right")


@requirement("export:sft")
def test_an_agent_that_writes_its_actions_as_text_has_no_tools() -> None:
    text = example(episode("text", SUM, [Message(role="assistant", text="```python\n4\n```")]))
    assert next(sft([text], TOOLS)).tools is None


@requirement("export:nothing-else")
def test_only_what_was_said_leaves_a_trajectory() -> None:
    for make in (sft, kto, rl, verifier, transitions, function_calling):
        for record in make([RIGHT], TOOLS):
            text = record.model_dump_json()
            assert not [word for word in ("THE REASON", "SETTING", "NEVER SENT") if word in text]


@requirement("export:preference")
def test_right_is_chosen_over_wrong_after_the_same_prompt() -> None:
    (record,) = preference([WRONG, RIGHT], TOOLS)
    assert roles(record.prompt) == ["system", "user"]
    assert record.chosen == RIGHT.acted[2:]
    assert record.rejected == WRONG.acted[2:]
    assert (record.chosen_episode, record.rejected_episode) == ("right", "wrong")


@requirement("export:preference")
def test_a_branch_shares_the_steps_before_it() -> None:
    """Ids of calls differ between rollouts and do not count."""
    branch = [*steps("print(2 + 2)", 4, key="b")[:2], call("submit_answer", "b9", answer=5)]
    (record,) = preference([RIGHT, example(episode("branch", SUM, branch, score=0.0))], TOOLS)
    assert roles(record.prompt) == ["system", "user", "assistant", "tool"]
    assert [m.tool_calls[0].function.arguments for m in record.chosen if m.tool_calls] == ['{"answer": 4}']
    assert [m.tool_calls[0].function.arguments for m in record.rejected if m.tool_calls] == ['{"answer": 5}']


@requirement("export:preference")
def test_without_a_common_prompt_or_a_difference_there_is_no_pair() -> None:
    elsewhere = example(episode("else", SUM, steps("1", 1), score=0.0, prompt="Another question."))
    same = example(episode("same", SUM, steps("print(2 + 2)", 4), score=0.0))
    assert list(preference([RIGHT, elsewhere], TOOLS)) == []
    assert list(preference([RIGHT, same], TOOLS)) == []
    assert list(preference([RIGHT, RIGHT], TOOLS)) == []


@requirement("export:kto")
def test_an_attempt_has_a_label() -> None:
    records = list(kto([RIGHT, WRONG], TOOLS))
    assert [record.label for record in records] == [True, False]
    assert all((*r.prompt, *r.completion) == e.acted for r, e in zip(records, (RIGHT, WRONG), strict=True))
    assert roles(records[0].completion)[0] == "assistant"


@requirement("export:rl")
def test_a_group_has_one_prompt_and_a_reward_each() -> None:
    elsewhere = example(episode("else", SUM, steps("1", 1), score=0.5, prompt="Another question."))
    records = {len(record.rollouts): record for record in rl([RIGHT, WRONG, elsewhere], TOOLS)}
    assert records[2].rewards == (1.0, 0.0)
    assert [rollout.mask for rollout in records[2].rollouts] == [(1, 0, 1), (1, 0, 1)]
    assert records[1].rewards == (0.5,)
    assert records[1].rollouts[0].drawn is None


@requirement("export:rl-tokens")
def test_replies_that_continue_each_other_are_one_sequence_with_a_mask() -> None:
    one, answer, two = steps("1", 1)
    said = [drew(one, [1, 2], [3, 4], [-0.1, -0.2]), answer, drew(two, [1, 2, 3, 4, 5], [6], [-0.3])]
    (record,) = rl([example(episode("tokens", SUM, said))], TOOLS)
    drawn = record.rollouts[0].drawn
    assert drawn is not None
    (sequence,) = drawn
    assert sequence.ids == (1, 2, 3, 4, 5, 6)
    assert sequence.mask == (0, 0, 1, 1, 0, 1)
    assert sequence.logprobs == (None, None, -0.1, -0.2, None, -0.3)


@requirement("export:rl-tokens")
def test_a_history_that_was_tokenised_anew_makes_several_sequences() -> None:
    one, answer, two = steps("1", 1)
    said = [drew(one, [1, 2], [3, 4], [-0.1, -0.2]), answer, drew(two, [1, 2, 34, 5], [6], [])]
    (record,) = rl([example(episode("tokens", SUM, said))], TOOLS)
    drawn = record.rollouts[0].drawn
    assert drawn is not None
    assert [sequence.ids for sequence in drawn] == [(1, 2, 3, 4), (1, 2, 34, 5, 6)]
    assert drawn[1].logprobs == (None,) * 5


@requirement("export:repeated")
def test_what_a_branch_repeats_is_not_learned_from_again() -> None:
    one, answer, two = steps("1", 1)
    said = [drew(one, [1, 2], [3, 4], [-0.1, -0.2]), answer, drew(two, [1, 2, 3, 4, 5], [6], [-0.3])]
    whole = example(episode("branch", SUM, said))
    branch = whole.model_copy(update={"branched": Branched(parent="right", messages=4)})
    (rollout,) = next(rl([branch], TOOLS)).rollouts
    assert rollout.mask == (0, 0, 1)
    assert rollout.drawn is not None
    assert [(run.ids, run.mask) for run in rollout.drawn] == [((1, 2, 3, 4, 5, 6), (0, 0, 0, 0, 0, 1))]
    (record,) = kto([branch], TOOLS)
    assert (record.prompt, record.completion) == (branch.messages[:4], branch.acted[4:])


@requirement("export:repeated")
def test_a_branch_that_said_nothing_more_teaches_nothing() -> None:
    branch = RIGHT.model_copy(update={"branched": Branched(parent="x", messages=len(RIGHT.messages))})
    assert next(rl([branch], TOOLS)).rollouts[0].mask == (0, 0, 0)
    assert list(kto([branch], TOOLS)) == []


@requirement("export:verifier")
def test_a_verifier_sees_no_verdict_on_the_last_submission() -> None:
    right, wrong = verifier([RIGHT, WRONG], TOOLS)
    assert (right.label, right.score, wrong.label, wrong.score) == (True, 1.0, False, 0.0)
    assert "recorded" in RIGHT.messages[-1].content
    assert right.messages[-1].role == wrong.messages[-1].role == "assistant"


@requirement("export:function-calling")
def test_calls_stand_beside_their_results() -> None:
    records = list(function_calling([RIGHT], TOOLS, count=len))
    assert [(r.call.name, r.result) for r in records] == [
        ("execute_code", "4\n[ok]"),
        ("submit_answer", "Part 1, attempt 1: recorded"),
    ]
    first = records[0]
    counted = (first.prompt, first.call.name, first.call.arguments, first.result)
    assert first.tokens == sum(len(text) for text in counted)
    assert next(function_calling([RIGHT], TOOLS)).tokens is None


@requirement("export:transitions")
def test_steps_follow_each_other_and_the_last_is_rewarded() -> None:
    one, two = transitions([RIGHT], TOOLS)
    assert roles(one.observation) == ["system", "user"]
    assert one.next_observation == two.observation
    assert (one.reward, one.done, two.reward, two.done) == (0.0, False, 1.0, True)
    assert [m.content for m in two.next_observation] == ["Part 1, attempt 1: recorded"]


@requirement("export:no-example")
def test_what_has_no_grade_or_no_action_is_no_example() -> None:
    assert example_of(episode("none", SUM, steps("1", 1), score=None)) is None
    assert example_of(Trajectory.of(sample_events()[:5])) is None
    silent = Trajectory.of([sample_events()[0], sample_events()[-1]])
    assert example_of(silent) is None
