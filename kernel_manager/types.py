"""Data of kernel_manager: what ran, what came out, and under which limits.

Outputs mirror the four output types of the notebook format (nbformat 4), so that a
notebook holds exactly what the kernel said.
"""

from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Isolation = Literal["full", "confined", "hardened", "none"]
"""How far a kernel is kept from the machine; `none` claims to stop nothing."""

Libraries = Literal["base", "science"]
"""A set of preimported libraries: `base` is numpy and pandas, `science` adds what statisticians use."""

Status = Literal["ok", "error", "timeout", "interrupted", "died"]


class StreamOutput(Model):
    output_type: Literal["stream"] = "stream"
    name: Literal["stdout", "stderr"]
    text: str


class DisplayOutput(Model):
    """Rich data shown by the cell, such as a figure."""

    output_type: Literal["display_data"] = "display_data"
    data: dict[str, JsonValue]
    """MIME type -> data; binary types are base64 text."""
    metadata: dict[str, JsonValue] = Field(default_factory=dict)


class ResultOutput(Model):
    """The value of the cell's last expression."""

    output_type: Literal["execute_result"] = "execute_result"
    data: dict[str, JsonValue]
    metadata: dict[str, JsonValue] = Field(default_factory=dict)
    execution_count: int


class ErrorOutput(Model):
    output_type: Literal["error"] = "error"
    ename: str
    evalue: str
    traceback: tuple[str, ...]
    """Lines with ANSI colours, as IPython sends them."""


Output = Annotated[
    StreamOutput | DisplayOutput | ResultOutput | ErrorOutput, Field(discriminator="output_type")
]


DeathCause = Literal["memory", "processes", "stopped", "closed", "killed", "signal", "exit", "unknown"]
_DEATHS: Final[dict[DeathCause, str]] = {
    "memory": "ran out of memory and was killed",
    "processes": "was killed for running too many processes",
    "stopped": "was killed because its code did not heed interrupts",
    "closed": "was ended by a restart or the end of its session",
    "killed": "was killed (SIGKILL), by itself or from outside",
    "signal": "crashed with {signal}",
    "exit": "exited with status {status}",
    "unknown": "ended, and nothing tells why",
}


class Death(Model):
    """Why a kernel ended (`deaths.of` finds it out)."""

    cause: DeathCause
    signal: str | None = None
    """Name of the signal that ended it, such as "SIGSEGV"; None: it exited, or nobody knows."""
    status: int | None = None
    """Its exit status; None: a signal ended it, or nobody knows."""

    @property
    def text(self) -> str:
        """Goes after "The kernel"."""
        return _DEATHS[self.cause].format(signal=self.signal, status=self.status)


class Execution(Model):
    """One cell that ran (or tried to)."""

    code: str
    status: Status
    outputs: tuple[Output, ...] = ()
    execution_count: int | None = None
    """The kernel's `In [n]`; None when the kernel never answered."""
    duration_s: float
    """Wall seconds from sending the code to the last message."""
    truncated: bool = False
    """True: part of the output was dropped, with a marker in its place."""
    kept_bytes: int = 0
    """Bytes of output kept, shown or in the file: what counts towards an episode's budget."""
    full_text_bytes: int | None = None
    """Size of the file with the cell's full text; None: there is none, all of it is shown or nobody asked."""
    state_lost: bool = False
    """True: the kernel is dead and its variables are gone; `restart` gives a fresh one."""
    death: Death | None = None
    """Why it died; None while it lives."""


class ForeignProvisioner(Model):
    """Somebody else's way to start kernels, such as gateway_provisioners' containers."""

    name: str
    """An entry point of the group `jupyter_client.kernel_provisioners`."""
    command: tuple[str, ...] = ()
    """The kernel spec's `argv`; empty: ipykernel of `KernelConfig.python`."""
    settings: tuple[tuple[str, str | int | float | bool], ...] = ()
    """The kernel spec's `metadata.kernel_provisioner.config`, as pairs."""
    claims: Isolation = "none"
    """What you say its isolation comes to. It is recorded beside the name, and not tested."""


class Called(Model):
    """What came back from one call of a function."""

    value: JsonValue = None
    problem: Literal["raised", "unreadable"] | None = None
    """Why there is no value: the call raised an exception, or what it returned is no data."""


class OutputCap(Model):
    """What may be kept of one cell's output; more is dropped, with a marker in its place."""

    text: int = Field(ge=0)
    """Bytes of text shown: the first half and the last half."""
    full: int = Field(ge=0)
    """Bytes of text in the file."""
    display: int = Field(ge=0)
    """Bytes of rich outputs together."""

    def within(self, left: int) -> "OutputCap":
        """The same with no more than `left` bytes of each."""
        return OutputCap(
            text=min(self.text, left), full=min(self.full, left), display=min(self.display, left)
        )


class KernelConfig(Model):
    """How kernels are launched."""

    isolation: Isolation = "none"
    provisioner: ForeignProvisioner | None = None
    """Only with isolation "none": what isolates is then the provisioner's business. None: ours."""
    start_timeout_s: float = Field(default=60.0, gt=0)
    python: Annotated[Path, AfterValidator(Path.absolute)] | None = None
    """The interpreter that kernels run on, by its path; None: the server's own. Needs ipykernel."""
    libraries: Libraries = "base"
    """What an isolated kernel finds imported when it starts; other packages import as usual."""
    memory_mib: int = Field(default=4096, ge=256)
    """Memory of an isolated kernel: together in `full` and `confined`, of each process in `hardened`."""
    processes: int = Field(default=256, ge=16)
    """Processes and threads of an isolated kernel; its own dozen counts. Not bounded in `hardened`."""
    workspace_mib: int = Field(default=1024, ge=1)
    """Size of the workspace in `full` and `confined`, and the same again for home, /tmp and /dev/shm each."""
    files: int = Field(default=65_536, ge=64)
    """Files and folders in the workspace of `full` and `confined`, and in home, /tmp and /dev/shm each."""
    listen_port: int | None = Field(default=None, ge=1, le=65535)
    """A port of the kernel's own 127.0.0.1 that the server listens on (`KernelSession.listener`);
    only in `full` and `confined`. None: the kernel gets no internet sockets at all."""
    world: Path | None = None
    """A folder that the kernel sees, read-only, as `world` in its workspace; None: there is none."""
    hidden: tuple[Path, ...] = ()
    """Folders that isolated kernels must not see even if they lie below the interpreter's."""
    max_output_bytes: int = Field(default=65_536, gt=0)
    """Text bytes shown of a cell's output: the first half and the last half, a marker between."""
    max_full_bytes: int = Field(default=4_194_304, ge=65_536)
    """Text bytes of a cell that are kept whole in a file, where one is named; of more, the end too."""
    max_sent_bytes: int = Field(default=268_435_456, ge=16_777_216)
    """Bytes of messages that a cell may send, dropped or not, before it is stopped."""
    max_display_bytes: int = Field(default=8_388_608, gt=0)
    """Bytes kept of a cell's rich outputs together; later ones are replaced by a marker."""

    @model_validator(mode="after")
    def _one_who_isolates(self) -> Self:
        if self.provisioner is not None and self.isolation != "none":
            raise ValueError(
                f'The provisioner "{self.provisioner.name}" isolates in its own way: leave isolation "none", '
                "and say in `claims` what it comes to."
            )
        return self

    @property
    def recorded_isolation(self) -> Isolation:
        """The level that a trajectory names."""
        return self.provisioner.claims if self.provisioner is not None else self.isolation

    @property
    def output_cap(self) -> OutputCap:
        """What is kept of a cell unless less is asked for."""
        return OutputCap(text=self.max_output_bytes, full=self.max_full_bytes, display=self.max_display_bytes)


class KernelInfo(Model):
    """What a session runs on."""

    python: str
    """Version of the kernel's language as the kernel reports it, such as "3.11.9"."""
    implementation: str
    """Name and version of the kernel, such as "ipython 9.8.0"."""
    isolation: Isolation


class Layer(Model):
    """One means of isolation, and whether kernels are behind it."""

    name: str
    active: bool
    reason: str
    """One sentence: why it is active or not."""
    leaves_open: str | None = None
    """One sentence: what nothing stops without it; None: it is active."""
