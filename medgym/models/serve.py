"""One model, one process: `python -m medgym.models.serve`, for `medgym.models.local` only.

Standard input: one JSON line with what to serve, then nothing; its end means stop. So the
process ends with its parent however that one ends, and the key is on no command line.
Standard output: one JSON line, {"address": ...} when ready or {"error": ...}.

A process of its own because llama.cpp's server holds Python's lock while it loads, cannot
be cancelled then, and on a failed assertion takes its process with it.
"""

import json
import os
import sys
from importlib import import_module
from typing import Any

CACHE_MIB = 256
"""For prompts of other conversations; the engine's own default is 8 GiB."""


def main() -> None:
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever the engine prints is no reply
    order = json.loads(sys.stdin.readline())
    try:
        server = _start(**order)
    except Exception as error:  # every failure is a reply; the parent raises it
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=replies, flush=True)
        os._exit(1)
    print(json.dumps({"address": server.listening_address}), file=replies, flush=True)
    sys.stdin.read()
    os._exit(0)  # nothing to save; an answer half made is not waited for


def _start(*, path: str, alias: str, context_tokens: int, api_key: str) -> Any:
    """Load and listen; returns when requests are answered."""
    xllamacpp: Any = import_module("xllamacpp")  # no stubs
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {alias}
    params.api_keys = [api_key]
    params.hostnames = ["127.0.0.1"]
    params.port = 0  # the system picks a free one
    params.n_ctx = context_tokens
    params.fit_params = False  # the context asked for, or an error
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.n_gpu_layers = 0  # one machine as another
    params.cache_ram_mib = CACHE_MIB
    params.offline = True
    params.ui = params.endpoint_slots = False
    params.verbosity = 1  # errors; more would put prompts into the log
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
