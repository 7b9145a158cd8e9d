"""What of this machine a kernel may read: the interpreter, its packages, the system's libraries.

Never medgym itself: its generators, reference solutions and graders would let a kernel compute
the gold from a public seed. An installation beside other packages is cut out of them; one from
a source folder lies elsewhere and is simply not in sight.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kernel_manager.errors import KernelStartError
from kernel_manager.interpreter import Interpreter
from kernel_manager.sandbox import landlock, mounts


@dataclass(frozen=True)
class Layout:
    trees: tuple[str, ...]
    """Folders that kernels may read, outer ones first."""
    hidden: tuple[str, ...]
    """Files and folders that they may not, although they lie in `trees` or the system's folders."""

    def grants(self) -> tuple[tuple[str, int], ...]:
        """The same for Landlock, which can only allow: what holds something hidden is listed apart."""
        hidden = [Path(path) for path in self.hidden]
        roots = [path for path in (*mounts.SYSTEM, *self.trees) if Path(path).exists()]
        shared = ("/etc/alternatives", "/etc/fonts", "/etc/ssl/certs", "/etc/pki/tls/certs")
        files = ("/etc/ld.so.cache", "/etc/localtime", "/etc/hosts", "/etc/nsswitch.conf")
        rules = [rule for root in roots for rule in _around(Path(root).resolve(), hidden)]
        return (*rules, *((path, landlock.READ) for path in (*shared, *files)))


def find_layout(interpreter: Interpreter, hidden: Iterable[Path] = ()) -> Layout:
    """The layout for an interpreter.

    Args:
        interpreter: what kernels run on.
        hidden: folders that kernels must not see, wherever they lie.

    Raises:
        KernelStartError: the interpreter lies so that showing it would show nearly everything.
    """
    candidates = sorted(
        {path for prefix in interpreter.prefixes for path in (prefix, os.path.realpath(prefix))}
    )
    trees: list[str] = []
    for path in candidates:
        if any(Path(path).is_relative_to(tree) for tree in (*mounts.SYSTEM, *trees)):
            continue
        _check(Path(path))
        trees.append(path)
    program = Path(os.path.realpath(interpreter.program))
    if not any(program.is_relative_to(tree) for tree in (*mounts.SYSTEM, *trees)):
        raise KernelStartError(f"The interpreter {program} lies outside its own prefix.")
    traces = {*interpreter.own_traces, *(str(path.resolve()) for path in hidden)}
    return Layout(tuple(trees), tuple(sorted(traces)))


def _check(tree: Path) -> None:
    private = {Path("/"), Path.home().resolve(), *Path.home().resolve().parents}
    if tree in private:
        raise KernelStartError(f"The interpreter's folder {tree} holds too much else to be shown to kernels.")


def _around(folder: Path, hidden: list[Path]) -> Iterator[tuple[str, int]]:
    if folder in hidden:
        return
    if not any(path.is_relative_to(folder) for path in hidden):
        yield str(folder), landlock.READ
        return
    yield str(folder), landlock.LIST
    for child in sorted(folder.iterdir()):
        if not child.is_symlink():  # what it leads to has a rule of its own, or none
            yield from _around(child, hidden)
