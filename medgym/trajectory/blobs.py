"""The sidecar of a run: large outputs, each once, named by the SHA-256 of its bytes.

RUN/blobs/<first two>/<hash>.<ending>. In the notebook a stand-in is in its place: an image is
shown from the file, of anything else the size is told. Which output was what is in its cell's
`metadata.medgym`, where no code of an agent can write. A figure is never decoded here.
"""

import base64
import binascii
import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.record import Json
from task_store.whole_file import write_bytes

INLINE_CHARS = 131_072
"""Longest item of an output, by MIME type, that stays in the notebook: ordinary figures do."""
NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.[a-z]+")
"""Path of a blob below its folder."""

_IMAGES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/svg+xml": "svg"}

_LINE_ENDS = {"base64": "", "base64 line": "\n"}
"""How a binary item is written; some libraries end it with a newline."""


def spill(notebook: Json, blobs: Path, *, beside: Path) -> None:
    """Move large items of a notebook's outputs to the folder `blobs`; `beside` is the notebook's folder."""
    to_blobs = Path(os.path.relpath(blobs, beside)).as_posix()
    for cell in notebook["cells"]:
        moved = [
            {"output": index, **entry}
            for index, output in enumerate(cell.get("outputs", ()))
            if (entry := _spill_output(output, blobs, to_blobs))
        ]
        if moved:
            cell["metadata"]["medgym"]["blobs"] = moved


def restore(notebook: Json, blobs: Path) -> Json:
    """The notebook with its large items back in place; itself when it has none.

    Raises:
        TrajectoryError: a blob is missing or damaged, or the outputs are no longer those we wrote.
    """
    return {**notebook, "cells": [_restore_cell(cell, blobs) for cell in notebook["cells"]]}


def named_blobs(notebook_text: str) -> set[str]:
    """Names of blobs in a notebook's text, and perhaps others that look like one."""
    return set(NAME.findall(notebook_text))


def _spill_output(output: Json, blobs: Path, to_blobs: str) -> Json | None:
    items: Json = {}
    data: Json = output.get("data", {})
    for mime, value in list(data.items()):
        if not _is_large(value):
            continue
        encoding, raw = _raw(value, is_text=mime.startswith("text/"))
        is_image = mime in _IMAGES and (encoding in _LINE_ENDS or mime == "image/svg+xml")
        name = _keep(blobs, raw, _IMAGES[mime] if is_image else "txt")
        items[mime] = {"blob": name, "encoding": encoding, "bytes": len(raw)}
        del data[mime]
    if not items:
        return None
    stand_ins = _stand_ins(items, to_blobs)
    added = {mime: text for mime, text in stand_ins.items() if mime not in data}
    data.update(added)
    return {"items": items, "stand_ins": sorted(added)}


def _stand_ins(items: Json, to_blobs: str) -> Json:
    told = "; ".join(
        f"{item['bytes']:,} bytes of {mime} in blobs/{item['blob']}" for mime, item in items.items()
    )
    images = [item["blob"] for item in items.values() if not item["blob"].endswith(".txt")]
    shown = [f'<img src="{to_blobs}/{name}" alt="figure of the cell">' for name in images]
    return {"text/plain": f"[{told}]", **({"text/html": shown[0]} if shown else {})}


def _restore_cell(cell: Json, blobs: Path) -> Json:
    ours = cell.get("metadata", {}).get("medgym", {})
    if "blobs" not in ours:
        return cell
    outputs = list(cell["outputs"])
    for moved in ours["blobs"]:
        index, stand_ins = moved["output"], moved["stand_ins"]
        if index >= len(outputs) or not set(stand_ins) <= set(outputs[index].get("data", {})):
            raise TrajectoryError("The outputs of this notebook were changed; its large ones have no place.")
        kept = {mime: value for mime, value in outputs[index]["data"].items() if mime not in stand_ins}
        items = {mime: _value(item, blobs) for mime, item in moved["items"].items()}
        outputs[index] = {**outputs[index], "data": {**kept, **items}}
    meta = {key: value for key, value in ours.items() if key != "blobs"}
    return {**cell, "outputs": outputs, "metadata": {**cell["metadata"], "medgym": meta}}


def _is_large(value: Any) -> bool:
    return len(value if isinstance(value, str) else json.dumps(value)) > INLINE_CHARS


def _raw(value: Any, *, is_text: bool) -> tuple[str, bytes]:
    """An item as bytes, and what makes the item of them again."""
    if not isinstance(value, str):
        return "json", json.dumps(value).encode("ascii")
    try:
        decoded = b"" if is_text else base64.b64decode(value.removesuffix("\n"), validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    for encoding, end in _LINE_ENDS.items():
        if decoded and base64.b64encode(decoded).decode("ascii") + end == value:
            return encoding, decoded
    return "text", value.encode("utf-8", "surrogatepass")


def _value(item: Json, blobs: Path) -> Any:
    name = item["blob"]
    if not NAME.fullmatch(name):
        raise TrajectoryError(f"{name[:80]!r} is no name of a blob.")
    try:
        raw = (blobs / name).read_bytes()
    except FileNotFoundError as error:
        raise TrajectoryError(
            f"blobs/{name} is missing: a notebook with large outputs is read within its run folder."
        ) from error
    if hashlib.sha256(raw).hexdigest() != Path(name).stem:
        raise TrajectoryError(f"blobs/{name} is damaged: its bytes have another hash.")
    match item["encoding"]:
        case "base64" | "base64 line":
            return base64.b64encode(raw).decode("ascii") + _LINE_ENDS[item["encoding"]]
        case "json":
            return json.loads(raw)
        case _:
            return raw.decode("utf-8", "surrogatepass")


def _keep(blobs: Path, raw: bytes, ending: str) -> str:
    digest = hashlib.sha256(raw).hexdigest()
    name = f"{digest[:2]}/{digest}.{ending}"
    try:
        os.utime(blobs / name)  # young again: `gc` leaves it to the notebook that is about to name it
    except FileNotFoundError:
        write_bytes(blobs / name, raw)
    return name
