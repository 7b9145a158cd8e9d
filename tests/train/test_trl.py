"""The exports, read by the libraries that train on them; needs the extra `train`, so by name.

Models are tiny random Llamas over a tokenizer made here: what is tested is that the records load
and that a step on them is a step, not that anything is learned.
"""

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"  # before the libraries are imported

torch = pytest.importorskip("torch")
trl = pytest.importorskip("trl")
datasets = pytest.importorskip("datasets")
transformers = pytest.importorskip("transformers")

from medgym.trajectory.export.leaks import LeakGuard  # noqa: E402
from tests._requirements import requirement  # noqa: E402
from tests.trajectory.export.test_export import job, sources  # noqa: E402
from tests.trajectory.export.test_leaks import store_of  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # theirs, not ours
]

TEMPLATE = (
    "{% if tools %}<|im_start|>tools\n{{ tools | tojson }}<|im_end|>\n{% endif %}"
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.role == 'assistant' %}{% generation %}{{ message.content }}"
    "{% for call in message.tool_calls or [] %}<tool_call>{{ call.function.name }} "
    "{{ call.function.arguments }}</tool_call>{% endfor %}<|im_end|>\n{% endgeneration %}"
    "{% else %}{{ message.content }}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> LeakGuard:
    return LeakGuard(store_of(tmp_path_factory.mktemp("leaks")))


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    """Bytes, and nothing merged."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = {token: number for number, token in enumerate(["<pad>", "<|im_start|>", "<|im_end|>", *alphabet])}
    made = Tokenizer(models.BPE(vocab=words, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", eos_token="<|im_end|>"
    )
    fast.add_special_tokens({"additional_special_tokens": ["<|im_start|>"]})
    fast.chat_template = TEMPLATE
    return fast


def llama(tokenizer: Any, kind: str = "LlamaForCausalLM", **config: Any) -> Any:
    torch.manual_seed(0)
    return getattr(transformers, kind)(
        transformers.LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=2048,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
            **config,
        )
    )


@pytest.fixture(params=["jsonl", "parquet"])
def load(request: pytest.FixtureRequest, guard: LeakGuard, tmp_path: Path) -> Callable[[str], Any]:
    """An export as `datasets` loads its folder, by the head of its card."""

    def loaded(name: str) -> Any:
        out = tmp_path / name
        replace(job(name, guard, out), form=request.param, shard=5).run(sources(4))
        return datasets.load_dataset(str(out), split="train", cache_dir=str(tmp_path / "cache"))

    return loaded


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    return {
        "output_dir": str(tmp_path / "out"),
        "max_steps": 2,
        "per_device_train_batch_size": 2,
        "learning_rate": 1e-2,
        "report_to": [],
        "save_strategy": "no",
        "use_cpu": True,
        "bf16": False,
        "gradient_checkpointing": False,
        "logging_steps": 1,
        "disable_tqdm": True,
    }


def step(trainer: Any) -> None:
    """Train; the loss is a number, and what was to be learned has changed."""
    before = [parameter.detach().clone() for parameter in trainer.model.parameters()]
    loss = trainer.train().training_loss
    assert math.isfinite(loss)
    after = list(trainer.model.parameters())
    assert any(not torch.equal(old, new) for old, new in zip(before, after, strict=True))


@requirement("train:loads")
def test_sft(load: Callable[[str], Any], tokenizer: Any, options: dict[str, Any]) -> None:
    config = trl.SFTConfig(**options, assistant_only_loss=True, max_length=1024)
    trainer = trl.SFTTrainer(
        model=llama(tokenizer), args=config, train_dataset=load("sft"), processing_class=tokenizer
    )
    row = trainer.train_dataset[0]
    learned = tokenizer.decode([token for token in row["labels"] if token != -100])
    assert learned.startswith("<tool_call>execute_code ")
    assert "submit_answer" in learned
    assert "How much" not in learned
    assert "[ok]" not in learned
    assert "execute_code" in tokenizer.decode(row["input_ids"]).split("You are.")[0]  # the tools are told
    step(trainer)


@requirement("train:loads")
def test_dpo(load: Callable[[str], Any], tokenizer: Any, options: dict[str, Any]) -> None:
    config = trl.DPOConfig(**options, max_length=1024)
    step(
        trl.DPOTrainer(
            model=llama(tokenizer),
            ref_model=llama(tokenizer),
            args=config,
            train_dataset=load("preference"),
            processing_class=tokenizer,
        )
    )


@requirement("train:loads")
def test_kto(load: Callable[[str], Any], tokenizer: Any, options: dict[str, Any]) -> None:
    config = trl.KTOConfig(**options, max_length=1024)
    step(
        trl.KTOTrainer(
            model=llama(tokenizer),
            ref_model=llama(tokenizer),
            args=config,
            train_dataset=load("kto"),
            processing_class=tokenizer,
        )
    )


@requirement("train:loads")
def test_reward_model_of_pairs(load: Callable[[str], Any], tokenizer: Any, options: dict[str, Any]) -> None:
    config = trl.RewardConfig(**options, max_length=1024)
    model = llama(tokenizer, "LlamaForSequenceClassification", num_labels=1)
    step(
        trl.RewardTrainer(
            model=model, args=config, train_dataset=load("preference"), processing_class=tokenizer
        )
    )


@requirement("train:loads")
def test_outcome_verifier(load: Callable[[str], Any], tokenizer: Any, options: dict[str, Any]) -> None:
    def encoded(record: dict[str, Any]) -> dict[str, Any]:
        text = tokenizer.apply_chat_template(record["messages"], tokenize=False)
        return {**tokenizer(text), "labels": int(record["label"])}

    rows = load("verifier")
    assert sorted(set(rows["label"])) == [False, True]
    model = llama(tokenizer, "LlamaForSequenceClassification", num_labels=2)
    step(
        transformers.Trainer(
            model=model,
            args=transformers.TrainingArguments(**options),
            train_dataset=rows.map(encoded, remove_columns=rows.column_names),
            data_collator=transformers.DataCollatorWithPadding(tokenizer),
        )
    )


@requirement("train:loads")
def test_grpo(load: Callable[[str], Any], tokenizer: Any, options: dict[str, Any]) -> None:
    """TRL draws completions of its own; the recorded rewards reach the reward function."""
    seen: list[Any] = []

    def reward(completions: list[Any], rewards: list[Any], **_: Any) -> list[float]:
        seen.extend(rewards)
        return [float(number % 2) for number, _ in enumerate(completions)]

    config = trl.GRPOConfig(**options, num_generations=2, max_completion_length=4)
    step(
        trl.GRPOTrainer(
            model=llama(tokenizer),
            args=config,
            reward_funcs=reward,
            train_dataset=load("rl"),
            processing_class=tokenizer,
        )
    )
    assert sorted(seen[0]) == [0.0, 1.0, 1.0]


@requirement("train:loads")
def test_corpora(load: Callable[[str], Any], tokenizer: Any, options: dict[str, Any]) -> None:
    """Calls as plain text; transitions as prompt and completion."""

    def text(record: dict[str, Any]) -> dict[str, Any]:
        call = record["call"]
        return {"text": f"{record['prompt']}\n{call['name']} {call['arguments']}\n{record['result']}"}

    calls = load("function-calling")
    calls = calls.map(text, remove_columns=calls.column_names)
    rows = load("transitions")
    rows = rows.map(
        lambda record: {"prompt": record["observation"], "completion": [record["action"]]},
        remove_columns=rows.column_names,
    )
    for made in (calls, rows):
        step(
            trl.SFTTrainer(
                model=llama(tokenizer),
                args=trl.SFTConfig(**options, max_length=1024),
                train_dataset=made,
                processing_class=tokenizer,
            )
        )


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)
