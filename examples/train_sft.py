"""Fine-tune SmolLM2-135M on exported trajectories, and evaluate it before and after.

    medgym models get smollm2
    medgym data build --family npowerai --tasks 600
    medgym run --agent gold --family npowerai --split train --limit 206 --out runs/teacher
    medgym export sft runs/teacher exports/sft --unreplayed --include-gold
    python examples/train_sft.py exports/sft --out trained

Needs the extra `train`. LoRA on a CPU; a step takes seconds. The weights come from the GGUF file that
`medgym models get` left, the evaluation is `medgym run` against the model served here on loopback.
Figures and adapter stay in `--out`; the same command goes on where it was broken off, phase by phase.
This shows the way, not a score: what it gave is in docs/training.md.
"""

import argparse
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import torch
from datasets import load_dataset
from peft import LoraConfig, PeftModel
from sft_text import PROMPT, TEMPLATE, as_text, counted, message_of
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

from medgym.bench.machine import machine
from medgym.models.catalog import checked_path, known
from medgym.trajectory.rundir import RunFolder, read_notebook
from task_store.build import default_root


def unpack(data: Path, base: Path) -> None:
    """Model and tokenizer from the GGUF file, once, as a plain float32 model: reading it takes a minute."""
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
    part = base.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    tokenizer.save_pretrained(part)
    model.save_pretrained(part)
    part.rename(base)


def train(model: Any, tokenizer: Any, chosen: argparse.Namespace) -> dict[str, Any]:
    """LoRA on the assistant's tokens alone; leaves the adapter, and returns how training went."""
    rows = load_dataset(str(chosen.export), split="train")
    rows = rows.map(lambda row: {"messages": as_text(row["messages"])}, remove_columns=rows.column_names)
    # Cut in the middle, an example would teach code without an end.
    fits = rows.filter(
        lambda row: len(tokenizer.apply_chat_template(row["messages"])["input_ids"]) <= chosen.length
    )
    trainer = SFTTrainer(
        model=model,
        processing_class=tokenizer,
        train_dataset=fits,
        peft_config=LoraConfig(
            r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM", lora_dropout=0.0
        ),
        args=SFTConfig(
            output_dir=str(chosen.out),
            max_steps=chosen.steps,
            max_length=chosen.length,
            per_device_train_batch_size=1,
            learning_rate=1e-3,
            warmup_steps=min(3, chosen.steps),
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
    began = time.monotonic()
    trainer.train()
    seconds = time.monotonic() - began
    trainer.save_model(str(chosen.out / "adapter"))
    losses = [round(entry["loss"], 4) for entry in trainer.state.log_history if "loss" in entry]
    return {
        "examples": len(rows),
        "examples_that_fit": len(fits),
        "steps": chosen.steps,
        "seconds": round(seconds, 1),
        "seconds_a_step": round(seconds / chosen.steps, 2),
        "loss_first_5": losses[:5],
        "loss_last_5": losses[-5:],
        "losses": losses,
    }


def tokens_of(tokenizer: Any, messages: list[dict[str, str]], **options: bool) -> list[int]:
    """The ids of an `as_text` conversation."""
    ids: list[int] = tokenizer.apply_chat_template(messages, return_dict=True, **options)["input_ids"]
    return ids


@dataclass(frozen=True)
class Asked:
    """One request: token ids in, token ids out."""

    ids: list[int]
    most: int
    """Tokens of the reply at most."""
    reply: "Future[list[int]]"


class Writer:
    """Answers what waits together: on a CPU a batch of eight takes hardly longer than one reply."""

    def __init__(self, model: Any, tokenizer: Any, *, together: int) -> None:
        self.model, self.tokenizer, self.together = model.eval(), tokenizer, together
        self.waiting: queue.Queue[Asked | None] = queue.Queue()

    def ask(self, ids: list[int], most: int) -> list[int]:
        asked = Asked(ids, most, Future())
        self.waiting.put(asked)
        return asked.reply.result()

    def write_until_told_to_stop(self) -> None:
        """Until a None is in the queue."""
        while (first := self.waiting.get()) is not None:
            batch = [first]
            try:
                while len(batch) < self.together:
                    following = self.waiting.get(timeout=5.0)
                    if following is None:
                        self.waiting.put(None)
                        break
                    batch.append(following)
            except queue.Empty:
                pass
            try:
                for asked, reply in zip(batch, self._write(batch), strict=True):
                    asked.reply.set_result(reply)
            except Exception as error:  # whoever asked is told, and the next batch may do
                for asked in batch:
                    asked.reply.set_exception(error)

    def _write(self, batch: list[Asked]) -> list[list[int]]:
        inputs = self.tokenizer.pad(
            {"input_ids": [asked.ids for asked in batch]}, padding_side="left", return_tensors="pt"
        )
        with torch.inference_mode():
            made = self.model.generate(
                **inputs,
                max_new_tokens=max(asked.most for asked in batch),
                do_sample=False,
                eos_token_id=self.tokenizer.eos_token_id,
                pad_token_id=self.tokenizer.pad_token_id,
            )
        begin = inputs["input_ids"].shape[1]
        return [made[row, begin : begin + asked.most].tolist() for row, asked in enumerate(batch)]


def completion(writer: Writer, body: dict[str, Any]) -> dict[str, Any]:
    """A chat completion, as an OpenAI-compatible endpoint gives it."""
    tokenizer = writer.tokenizer
    ids = tokens_of(tokenizer, as_text(body["messages"]), add_generation_prompt=True)
    made = writer.ask(ids, body.get("max_tokens", 256))
    ended = tokenizer.eos_token_id in made
    made = made[: made.index(tokenizer.eos_token_id)] if ended else made
    text = tokenizer.decode(made, skip_special_tokens=True)
    choice = {
        "index": 0,
        "message": message_of(text, len(ids)),
        "finish_reason": "stop" if ended else "length",
    }
    return {
        "id": "x",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body["model"],
        "choices": [choice],
        "usage": {
            "prompt_tokens": len(ids),
            "completion_tokens": len(made),
            "total_tokens": len(ids) + len(made),
        },
    }


@contextmanager
def served(model: Any, tokenizer: Any, *, together: int) -> Iterator[str]:
    """The model behind an OpenAI-compatible endpoint on loopback; yields its base URL."""
    writer = Writer(model, tokenizer, together=together)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name is the library's
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            try:
                status, reply = 200, completion(writer, body)
            except Exception as error:
                status, reply = 500, {"error": {"message": repr(error), "type": "server_error"}}
            payload = json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threads = [
        threading.Thread(target=run) for run in (server.serve_forever, writer.write_until_told_to_stop)
    ]
    for thread in threads:
        thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        writer.waiting.put(None)
        for thread in threads:
            thread.join()
        server.server_close()


def evaluate(model: Any, tokenizer: Any, name: str, chosen: argparse.Namespace) -> dict[str, Any]:
    """`medgym run` on held-out tasks; returns what it counts, and what its trajectories tell."""
    run = chosen.out / name
    prompt = chosen.out / "prompt.txt"
    prompt.write_text(PROMPT, encoding="utf-8")
    began = time.monotonic()
    with served(model, tokenizer, together=chosen.concurrency) as url:
        command = ["medgym", "run", "--model", f"smollm2-{name}", "--base-url", url]
        command += ["--style", "tools", "--prompt", str(prompt)]
        command += ["--max-tokens", str(chosen.reply), "--max-replies", str(chosen.replies)]
        command += ["--family", chosen.family, "--split", chosen.split, "--limit", str(chosen.tasks)]
        command += ["--concurrency", str(chosen.concurrency), "--data", str(chosen.data)]
        command += ["--out", str(run), "--json"]
        command += ["--python", str(chosen.python)] if chosen.python else []
        done = subprocess.run([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    report: dict[str, Any] = json.loads(done.stdout)
    return {
        "outcomes": report["outcomes"],
        **counted(read_notebook(entry.path) for entry in RunFolder(run).entries()),
        "protocol": report["protocol"],
        "seconds": round(time.monotonic() - began, 1),
        "command": " ".join(command),
    }


class Results:
    """`result.json`: the phases that are done, written after each."""

    def __init__(self, path: Path, settings: dict[str, Any]) -> None:
        self.path = path
        self.told: dict[str, Any] = {"command": " ".join(sys.argv), "settings": settings}
        if path.exists():
            self.told = json.loads(path.read_text(encoding="utf-8"))
            if self.told["settings"] != settings:
                raise SystemExit(f"{path} was made with other settings; name another --out.")

    def phase(self, name: str, work: Callable[[], dict[str, Any]]) -> None:
        """Do it, unless an earlier call of this script has; what that one left unfinished is removed."""
        if name not in self.told:
            shutil.rmtree(self.path.parent / name, ignore_errors=True)
            facts = {fact: value for fact, value in machine().items() if fact != "command"}
            self.told[name] = {**work(), "machine": facts}
            whole = self.path.with_suffix(".tmp")
            whole.write_text(json.dumps(self.told, indent=1), encoding="utf-8")
            os.replace(whole, self.path)  # noqa: PTH105  # its docstring promises that this is atomic


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("export", type=Path, help="folder that `medgym export sft` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for adapter, runs and result.json")
    parser.add_argument("--data", type=Path, default=default_root(), help="medgym's data folder")
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--length", type=int, default=640, help="longer examples are left out (tokens)")
    parser.add_argument("--family", default="npowerai", help="of the held-out tasks")
    parser.add_argument("--split", default="test_seen")
    parser.add_argument("--tasks", type=int, default=24, help="held-out tasks")
    parser.add_argument("--reply", type=int, default=288, help="tokens of a reply at most")
    parser.add_argument("--replies", type=int, default=4, help="replies in an episode at most")
    parser.add_argument(
        "--concurrency", type=int, default=12, help="episodes at a time, and replies in a batch"
    )
    parser.add_argument("--threads", type=int, default=2, help="of torch; 1 on cores that are busy")
    parser.add_argument("--python", type=Path, help="interpreter for the kernels; default: this one")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    settings = {name: str(v) if isinstance(v, Path) else v for name, v in vars(chosen).items()}
    results = Results(chosen.out / "result.json", settings)
    torch.manual_seed(1)
    torch.set_num_threads(chosen.threads)
    base = chosen.out / "base"
    if not base.exists():
        unpack(chosen.data, base)
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    results.phase("before", lambda: evaluate(model, tokenizer, "before", chosen))
    results.phase("train", lambda: train(model, tokenizer, chosen))
    plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    tuned = PeftModel.from_pretrained(plain, chosen.out / "adapter").merge_and_unload()
    results.phase("after", lambda: evaluate(tuned, tokenizer, "after", chosen))
    print(json.dumps(results.told, indent=1))


if __name__ == "__main__":
    main()
