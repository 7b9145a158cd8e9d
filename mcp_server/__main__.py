"""`python -m mcp_server`: serve the default store over stdio; `medgym serve` has the options."""

from datetime import UTC, datetime

import anyio

from mcp_server.app import run_stdio
from medgym.gym import GymConfig
from medgym.trajectory.rundir import RunFolder
from task_store.build import default_root, open_store

if __name__ == "__main__":
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    anyio.run(run_stdio, open_store(), RunFolder(default_root() / "runs" / f"serve-{stamp}"), GymConfig())
