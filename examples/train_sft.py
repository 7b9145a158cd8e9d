"""Fine-tune SmolLM2-135M on exported trajectories, and evaluate it before and after.

    medgym models get smollm2
    medgym run --agent gold --family npowerai --split train --out runs/teacher
    medgym export sft runs/teacher exports/sft --unreplayed --include-gold
    python examples/train_sft.py exports/sft --out trained

Needs the extra `train`. LoRA on a CPU; a step takes seconds. The weights come from the GGUF file that
`medgym models get` left, the evaluation is `medgym run` against the model served here on loopback.
This shows the way, not a score: the model is far too small for these tasks (docs/training.md).
"""

import argparse
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import torch
from datasets import load_dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

from medgym.models.catalog import checked_path, known
from task_store.build import default_root

TEMPLATE = (
    # SmolLM2's own knows no tools and no {% generation %}. The schemas of the tools are left out on
    # purpose: they are the same in every record, and 300 tokens are much for this model.
    "{% for message in messages %}<|im_start|>{{ 'user' if message.role == 'tool' else message.role }}\n"
    "{% if message.role == 'assistant' %}{% generation %}{{ message.content or '' }}"
    "{% for call in message.tool_calls or [] %}<tool_call>{{ call.function.name }}\n"
    "{{ call.function.arguments }}</tool_call>{% endfor %}<|im_end|>{% endgeneration %}\n"
    "{% else %}{{ message.content }}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CALL = re.compile(r"<tool_call>(\w+)\n(.*?)(?:</tool_call>|$)", re.DOTALL)


def load(data: Path) -> tuple[Any, Any]:
    """Model and tokenizer from the GGUF file, as a plain float32 model."""
    path = checked_path(known("smollm2"), data)
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    # The weights are plain numbers by now; with these left, save_pretrained and PEFT refuse the model.
    model.hf_quantizer = None
    model.is_quantized = False
    for owner, name in ((model.config, "quantization_config"), (model, "quantization_method")):
        if hasattr(owner, name):
            delattr(owner, name)
    tokenizer.chat_template = TEMPLATE
    tokenizer.eos_token = "<|im_end|>"  # noqa: S105  # no secret
    tokenizer.pad_token = tokenizer.pad_token or "<|endoftext|>"
    return model, tokenizer


def train(model: Any, tokenizer: Any, export: Path, out: Path, *, steps: int, length: int) -> Any:
    """LoRA on the assistant's tokens alone; returns the trained model with its adapter."""
    trainer = SFTTrainer(
        model=model,
        processing_class=tokenizer,
        train_dataset=load_dataset(str(export), split="train"),
        peft_config=LoraConfig(
            r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM", lora_dropout=0.0
        ),
        args=SFTConfig(
            output_dir=str(out),
            max_steps=steps,
            max_length=length,
            per_device_train_batch_size=1,
            learning_rate=1e-3,
            warmup_steps=min(3, steps),
            assistant_only_loss=True,
            logging_steps=1,
            report_to=[],
            save_strategy="no",
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            seed=1,
        ),
    )
    trainer.train()
    trainer.save_model(str(out / "adapter"))
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    (out / "losses.json").write_text(json.dumps(losses), encoding="utf-8")
    return trainer.model


def message_of(text: str, number: int) -> dict[str, Any]:
    """What the model wrote, in the form of the chat completions API."""
    calls = [
        {"id": f"r{number}_{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for n, (name, arguments) in enumerate(CALL.findall(text))
    ]
    said = CALL.sub("", text).strip()
    return {"role": "assistant", "content": said, **({"tool_calls": calls} if calls else {})}


@contextmanager
def served(model: Any, tokenizer: Any) -> Iterator[str]:
    """The model behind an OpenAI-compatible endpoint on loopback, one request at a time."""
    model.eval()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name is the library's
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            inputs = tokenizer.apply_chat_template(
                body["messages"], add_generation_prompt=True, return_tensors="pt", return_dict=True
            )
            with torch.inference_mode():
                made = model.generate(
                    **inputs,
                    max_new_tokens=body.get("max_tokens", 256),
                    do_sample=False,
                    eos_token_id=tokenizer.eos_token_id,
                    pad_token_id=tokenizer.pad_token_id,
                )
            asked = inputs["input_ids"].shape[1]
            text = tokenizer.decode(made[0, asked:], skip_special_tokens=True)
            reply = {
                "id": "x",
                "object": "chat.completion",
                "created": int(time.time()),
                "model": body["model"],
                "choices": [
                    {"index": 0, "message": message_of(text, asked), "finish_reason": "stop"},
                ],
            }
            payload = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def evaluate(model: Any, tokenizer: Any, out: Path, name: str, chosen: argparse.Namespace) -> dict[str, Any]:
    """`medgym run` on held-out tasks; returns its report."""
    empty = out / "no-prompt.txt"  # the teacher had no system prompt either
    empty.write_text("", encoding="utf-8")
    with served(model, tokenizer) as url:
        command = [sys.executable, "-m", "medgym", "run", "--model", f"smollm2-{name}", "--base-url", url]
        command += ["--style", "tools", "--prompt", str(empty), "--max-tokens", str(chosen.reply)]
        command += ["--family", chosen.family, "--split", chosen.split, "--limit", str(chosen.tasks)]
        command += ["--concurrency", "1", "--data", str(chosen.data), "--out", str(out / name), "--json"]
        command += ["--python", str(chosen.python)] if chosen.python else []
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    report: dict[str, Any] = json.loads(done.stdout)
    return {key: report[key] for key in ("outcomes", "failures", "protocol", "out")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("export", type=Path, help="folder that `medgym export sft` wrote")
    parser.add_argument("--out", type=Path, required=True, help="new folder for adapter and runs")
    parser.add_argument("--data", type=Path, default=default_root(), help="medgym's data folder")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--length", type=int, default=768, help="tokens of an example at most")
    parser.add_argument("--family", default="npowerai", help="of the held-out tasks")
    parser.add_argument("--split", default="test_seen")
    parser.add_argument("--tasks", type=int, default=8, help="held-out tasks")
    parser.add_argument("--reply", type=int, default=320, help="tokens of a reply at most")
    parser.add_argument(
        "--python",
        type=Path,
        help="interpreter for the kernels; pyarrow, which this environment has, starts a thread, and then"
        " the fork server refuses: name an environment with medgym alone",
    )
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True)
    torch.manual_seed(1)
    model, tokenizer = load(chosen.data)
    before = evaluate(model, tokenizer, chosen.out, "before", chosen)
    began = time.monotonic()
    model = train(model, tokenizer, chosen.export, chosen.out, steps=chosen.steps, length=chosen.length)
    seconds = (time.monotonic() - began) / chosen.steps
    after = evaluate(model, tokenizer, chosen.out, "after", chosen)
    losses = json.loads((chosen.out / "losses.json").read_text(encoding="utf-8"))
    told = {"before": before, "after": after, "losses": losses, "seconds_a_step": round(seconds, 1)}
    (chosen.out / "result.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
