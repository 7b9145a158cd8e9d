"""Causes of non-determinism, read in the code of cells without running it.

Every top-level statement hands the causes of what it calls and of the names it reads to the names
it binds; so a cell that prints `x` has the causes of the cell that made `x`. A cause read here is
likely, not proven: `experiments` measures.
"""

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

Cause = Literal["clock", "uuid", "random", "set_order", "thread", "other"]


@dataclass(frozen=True)
class Clue:
    """Something in the code that may come out otherwise the next time."""

    cause: Cause
    what: str
    """As the code has it, such as `time.time()`."""


_CALLS: dict[str, Cause] = {
    **dict.fromkeys(
        [
            *(f"time.{name}" for name in ("time", "time_ns", "perf_counter", "perf_counter_ns", "monotonic")),
            *(f"time.{name}" for name in ("monotonic_ns", "process_time", "process_time_ns", "thread_time")),
            *(f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")),
            *(f"pandas.Timestamp.{name}" for name in ("now", "utcnow", "today")),
            *("datetime.date.today", "timeit.timeit", "timeit.repeat", "timeit.default_timer", "os.times"),
        ],
        "clock",
    ),
    **dict.fromkeys([f"uuid.uuid{n}" for n in (1, 4, 6, 7, 8)], "uuid"),
    **dict.fromkeys(["os.urandom", "os.getrandom", "random.SystemRandom"], "random"),
    **dict.fromkeys(
        [
            *("threading.Thread", "threading.Timer", "_thread.start_new_thread", "asyncio.to_thread"),
            *("concurrent.futures.ThreadPoolExecutor", "concurrent.futures.ProcessPoolExecutor"),
            *("concurrent.futures.thread.ThreadPoolExecutor", "multiprocessing.Pool"),
            *("multiprocessing.Process", "multiprocessing.pool.ThreadPool", "multiprocessing.pool.Pool"),
            *("multiprocessing.dummy.Pool", "joblib.Parallel"),
        ],
        "thread",
    ),
}
_WHEN_BARE = {
    f"time.{name}": n
    for name, n in [("ctime", 0), ("localtime", 0), ("gmtime", 0), ("asctime", 0), ("strftime", 1)]
}
"""Calls that read the clock when they get no more arguments than these."""
_NOW_WORDS = {"now", "today"}
_NOW_CALLS = {"pandas.Timestamp", "pandas.to_datetime", "numpy.datetime64"}
_SEEDED_BY_ARGUMENT = {
    *("random.Random", "numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.Generator"),
    *(f"numpy.random.{name}" for name in ("PCG64", "MT19937", "Philox", "SFC64", "SeedSequence")),
}
_SEEDS = {"random.seed": "random", "numpy.random.seed": "numpy.random"}
_RANDOM_STATE = re.compile(r"^(sample|rvs|train_test_split|shuffle|bootstrap|permutation_test|resample|KMeans"
                           r"|ShuffleSplit|RandomForest\w+|ExtraTrees\w+|MLP\w+|SGD\w+|TSNE)$")  # fmt: skip
"""Methods and functions that draw from numpy's global state unless told a seed."""
_SEED_ARGUMENTS = {"random_state", "seed", "rng"}
_ORDERLESS = {"sorted", "len", "sum", "min", "max", "any", "all", "bool", "set", "frozenset"}
"""Calls whose result does not show the order of a set."""
_SET_METHODS = {"union", "intersection", "difference", "symmetric_difference"}
_SHELL: list[tuple[re.Pattern[str], Cause]] = [
    (re.compile(r"\bdate\b|\$EPOCH\w+|\bSECONDS\b|\buptime\b|(?:^|[;|&(]\s*)time\s"), "clock"),
    (re.compile(r"\buuidgen\b|/random/uuid"), "uuid"),
    (
        re.compile(r"\$\{?RANDOM\b|/dev/u?random|\bshuf\b|\bsort\s+(?:-\w*R|--random-sort)|\bmktemp\b"),
        "random",
    ),
    (re.compile(r"(?<!&)&\s*$|\bxargs\b.*-P|\bwait\b", re.MULTILINE), "thread"),
]
_SQL: list[tuple[re.Pattern[str], Cause]] = [
    (re.compile(r"\bcurrent_(?:time|date|timestamp)\b|\([^()]*'now'[^()]*\)|\bunixepoch\(\)", re.I), "clock"),
    (re.compile(r"\bselect\b.*\brandom(?:blob)?\(.*?\)|\border\s+by\s+random\(\)", re.I | re.S), "random"),
]
_FILE_TIMES = {"st_mtime", "st_ctime", "st_atime", "st_mtime_ns", "getmtime", "getctime", "getatime"}
_MUTATORS = {"append", "extend", "insert", "add", "update", "setdefault", "put", "appendleft"}
_OPAQUE = {"exec", "eval", "compile", "getattr", "__import__", "importlib.import_module", "runpy.run_path",
           "os.system", "os.popen"}  # fmt: skip
"""What they do cannot be read here."""
TIMING = Clue("clock", "%time")
STOPPED = Clue("clock", "a cell stopped while it ran")
"""What it did until then hangs on the clock; it need not tell it."""
_MAGIC = re.compile(r"^%%?(?P<name>\w+)")
_TIMINGS = {"time", "timeit", "prun"}
_SHELLS = {"bash", "sh", "script", "system", "sx"}


@dataclass
class Reader:
    """Reads cells in the order in which they ran; what earlier cells bound is known to later ones."""

    names: dict[str, str] = field(default_factory=dict)
    """Name -> the dotted name that it was imported as."""
    known: dict[str, tuple[Clue, ...]] = field(default_factory=dict)
    """Name -> what its value hangs on."""
    seeded: set[str] = field(default_factory=set)

    def forget(self) -> None:
        """The kernel was replaced: names are gone."""
        self.names.clear()
        self.known.clear()
        self.seeded.clear()

    def read(self, code: str) -> tuple[Clue, ...]:
        """What the cell's outputs may hang on, the nearest first; what does not parse is read as shell."""
        shell, python, timed = _split(code)
        found = [*_shell_clues(shell), *([TIMING] if timed else [])]
        try:
            tree = ast.parse(python)
        except (SyntaxError, ValueError, RecursionError):
            return tuple(dict.fromkeys([*found, *_shell_clues(code)]))
        inherited: list[Clue] = []
        for statement in tree.body:
            own, passed = self._statement(statement)
            found += own
            inherited += passed
        return tuple(dict.fromkeys([*found, *inherited]))

    def _statement(self, statement: ast.stmt) -> tuple[list[Clue], list[Clue]]:
        """(read in it, handed on by names that it reads); binds what it binds."""
        self._imports(statement)
        visitor = _Clues(self)
        visitor.visit(statement)
        clues = tuple(dict.fromkeys([*visitor.own, *visitor.inherited]))
        for name in visitor.bound:
            self.known[name] = clues
        for name in visitor.changed:
            self.known[name] = tuple(dict.fromkeys([*self.known.get(name, ()), *clues]))
        return visitor.own, visitor.inherited

    def _imports(self, statement: ast.stmt) -> None:
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    self.names[name] = alias.name if alias.asname else name
                    self.known.pop(name, None)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    self.names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                    self.known.pop(alias.asname or alias.name, None)


class _Clues(ast.NodeVisitor):
    """Clues of one statement."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.own: list[Clue] = []
        self.inherited: list[Clue] = []
        self.bound: set[str] = set()
        self.changed: set[str] = set()
        """Names whose value is added to: their old causes stay."""
        self._orderless = 0

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            clues = self._reader.known.get(node.id, ())
            self.inherited += [c for c in clues if not (self._orderless and c.cause == "set_order")]
            self._named(self._reader.names.get(node.id, ""))
        else:
            self.bound.add(node.id)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.generic_visit(node)
        self.bound.add(node.name)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.generic_visit(node)
        self.bound.add(node.name)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.generic_visit(node)
        self.bound.add(node.name)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.generic_visit(node)
        self.changed |= _root(node.target)
        self.bound -= self.changed

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            if not isinstance(target, ast.Name):
                self.changed |= _root(target)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in _FILE_TIMES:
            self.own.append(Clue("clock", f".{node.attr}"))
        self._named(self._dotted(node))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            for pattern, cause in _SQL:
                if match := pattern.search(node.value):
                    self.own.append(Clue(cause, f"{match[0]} in a query"))

    def visit_Set(self, node: ast.Set) -> None:
        if not all(isinstance(e, ast.Constant) and isinstance(e.value, int) for e in node.elts):
            self._set("a set")
        self.generic_visit(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._set("a set")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        with_sets = all(isinstance(op, ast.In | ast.NotIn | ast.Eq | ast.NotEq) for op in node.ops)
        self._orderless += with_sets
        self.generic_visit(node)
        self._orderless -= with_sets

    def visit_Call(self, node: ast.Call) -> None:
        name = self._dotted(node.func)
        orderless = name in _ORDERLESS
        if name in ("set", "frozenset"):
            self._set(f"{name}(...)")
        if (cause := self._called(name, node)) is not None:
            self.own.append(Clue(cause, f"{name.removeprefix('?.')}()"))
            for argument in node.args:  # `random.shuffle(x)`
                self.changed |= _root(argument)
        if isinstance(node.func, ast.Attribute):
            if node.func.attr in _SET_METHODS:
                self._set(f".{node.func.attr}(...)")
            if node.func.attr in _MUTATORS:
                self.changed |= _root(node.func.value)
        if name in _OPAQUE or name.startswith("subprocess."):
            self.own.append(Clue("other", f"{name}()"))
        # `x in set(...)` and the like show no order; what is drawn inside still counts.
        self._orderless += orderless
        self.generic_visit(node)
        self._orderless -= orderless

    def _named(self, name: str) -> None:
        """A function that is handed on, as in `map(time.time, ...)`, is as good as called."""
        if name in _CALLS:
            self.own.append(Clue(_CALLS[name], f"{name}()"))

    def _set(self, what: str) -> None:
        if not self._orderless:
            self.own.append(Clue("set_order", f"the order of {what}"))

    def _dotted(self, node: ast.expr) -> str:
        """The full name of what is called; what it begins with is "?" where nobody knows."""
        parts: list[str] = []
        root: str | None = None
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Call):  # `__import__("uuid").uuid4()`, `import_module("uuid").uuid4()`
            root = _imported(self._dotted(node.func), node)
        elif isinstance(node, ast.Name):
            root = self._reader.names.get(node.id)
            if root is None and (not parts or not hasattr(builtins, node.id)):
                root = node.id
        return ".".join([root or "?", *reversed(parts)])

    def _called(self, name: str, node: ast.Call) -> Cause | None:
        if name in _CALLS:
            return _CALLS[name]
        if name in _SEEDS:
            self._seed(_SEEDS[name], node)
            return None
        if name in _WHEN_BARE:
            return "clock" if len(node.args) <= _WHEN_BARE[name] else None
        if name in _NOW_CALLS:
            words = {a.value for a in node.args if isinstance(a, ast.Constant)}
            return "clock" if words & _NOW_WORDS else None
        if name in _SEEDED_BY_ARGUMENT:
            return None if _has_seed(node) else "random"
        if name == "hash":
            return "set_order"
        module, _, function = name.rpartition(".")
        if module == "secrets":
            return "random"
        if module in ("random", "numpy.random"):
            return None if module in self._reader.seeded else "random"
        if _RANDOM_STATE.match(function) and module and not self._of_random(module):
            told = any(k.arg in _SEED_ARGUMENTS and not _is_none(k.value) for k in node.keywords)
            return None if told or "numpy.random" in self._reader.seeded else "random"
        return None

    def _of_random(self, module: str) -> bool:
        """A generator that a variable holds has its own clues."""
        return any(c.cause == "random" for c in self._reader.known.get(module, ()))

    def _seed(self, source: str, node: ast.Call) -> None:
        if _has_seed(node):
            self._reader.seeded.add(source)
        else:
            self._reader.seeded.discard(source)


def _root(node: ast.expr) -> set[str]:
    """The variable that an expression like `x.a[0]` belongs to."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _imported(function: str, call: ast.Call) -> str | None:
    first = call.args[0] if call.args else None
    if function in ("__import__", "importlib.import_module") and isinstance(first, ast.Constant):
        return str(first.value)
    return None


def _has_seed(call: ast.Call) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return bool(given) and not _is_none(given[0])


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


# --- IPython's own syntax ---
def _split(code: str) -> tuple[str, str, bool]:
    """(shell commands, Python, whether IPython was asked for timings)."""
    first, _, body = code.lstrip("\n").partition("\n")
    if first.startswith("%%") and (magic := _MAGIC.match(first)):
        if magic["name"] in _TIMINGS:
            shell, python, _ = _split(body)
            return shell, python, True
        return (body, "", False) if magic["name"] in _SHELLS else ("", body, False)
    commands: list[str] = []
    lines: list[str] = []
    timed = False
    for line in code.split("\n"):
        command, statement, asked = _split_line(line)
        commands += command
        lines.append(statement)
        timed = timed or asked
    return "\n".join(commands), "\n".join(lines), timed


def _split_line(line: str) -> tuple[list[str], str, bool]:
    bare = line.strip()
    indent = line[: len(line) - len(line.lstrip())]
    if bare.startswith("!"):
        return [bare[1:]], f"{indent}pass", False
    if assigned := re.match(r"^(\s*\w+\s*=)\s*!(.*)$", line):
        return [assigned[2]], f"{assigned[1]} None", False
    if magic := _MAGIC.match(bare):
        rest = bare[magic.end() :].strip()
        if magic["name"] in _TIMINGS:
            return [], indent + (rest if magic["name"] == "time" and rest else "pass"), True
        return [rest] if magic["name"] in _SHELLS else [], f"{indent}pass", False
    return [], line.rstrip("?") if bare.isidentifier() or bare.endswith("?") else line, False


def _shell_clues(text: str) -> Iterator[Clue]:
    for pattern, cause in _SHELL:
        if match := pattern.search(text):
            yield Clue(cause, f"`{match[0].strip()}`")


def tells_time(clues: Sequence[Clue]) -> bool:
    """Whether code with these clues may print the time as a value; `%time` and a stop print no timestamp."""
    return any(c.cause in ("clock", "other") and c not in (TIMING, STOPPED) for c in clues)
