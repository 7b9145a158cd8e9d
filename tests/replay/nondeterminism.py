"""Fifty small episodes that come out otherwise each time, by cause; ten of each."""

# ruff: noqa: E501

from medgym.episode.terminal import terminal_cell
from medgym.replay.reading import Cause

_THREADED = """\
import hashlib, threading
out = []
def work(k):
    for _ in range(4000):
        sum(range(150))
        out.append(k)
"""
_DIGEST = "print(hashlib.md5(bytes(out)).hexdigest())"

EPISODES: list[tuple[Cause, tuple[str, ...]]] = [
    ("clock", ("import time\nprint(time.time())",)),
    ("clock", ("from time import time as t\nbegin = t()", "x = 1", "print(begin + x)")),
    ("clock", ("from datetime import datetime\nprint(datetime.now())",)),
    ("clock", ("import datetime as dt\nprint('done at', dt.datetime.utcnow().isoformat())",)),
    ("clock", ("import pandas as pd\npd.Timestamp.now()",)),
    ("clock", ("import time\nbegin = time.perf_counter()\nsum(range(10_000))", "time.perf_counter() - begin")),
    ("clock", (terminal_cell("date +%s%N"),)),
    ("clock", ("import sqlite3\nc = sqlite3.connect(':memory:')",
               "c.execute(\"SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')\").fetchone()")),
    ("clock", ("import numpy as np\nprint(np.datetime64('now') - np.datetime64('2020-01-01'))\n"
               "import time\nprint(time.monotonic_ns())",)),
    ("clock", ("open('a', 'w').close()", "import os\nos.stat('a').st_mtime_ns")),
    ("uuid", ("import uuid\nprint(uuid.uuid4())",)),
    ("uuid", ("from uuid import uuid4\nuuid4()",)),
    ("uuid", ("import uuid as u\nrun = u.uuid1()", "print(run)")),
    ("uuid", ("import uuid\nnames = [uuid.uuid4().hex for _ in range(3)]", "names[0][:8]")),
    ("uuid", ("import uuid\nclass Visit:\n    def __init__(self):\n        self.id = uuid.uuid4()",
              "print(Visit().id)")),
    ("uuid", ("import pandas as pd, uuid\ndf = pd.DataFrame({'id': [uuid.uuid4() for _ in range(4)]})", "df")),
    ("uuid", (terminal_cell("cat /proc/sys/kernel/random/uuid"),)),
    ("uuid", ("def fresh():\n    from uuid import uuid4\n    return uuid4()", "y = fresh()", "y.int % 1000003")),
    ("uuid", ("import uuid\nid = str(uuid.uuid4())\nraise KeyError(id)",)),
    ("uuid", ("u = __import__('uuid').uuid4()", "print(u)")),
    ("random", ("import random\nprint(random.random())",)),
    ("random", ("import random\nx = list(range(50))\nrandom.shuffle(x)", "print(x)")),
    ("random", ("import numpy as np\nnp.random.normal(size=3)",)),
    ("random", ("import numpy as np\nrng = np.random.default_rng()", "print(rng.integers(10**9))")),
    ("random", ("import pandas as pd\ndf = pd.DataFrame({'a': range(500)})", "df.sample(5)")),
    ("random", ("from random import choice\nprint([choice('abcdefgh') for _ in range(20)])",)),
    ("random", ("import secrets\nprint(secrets.token_hex(8))",)),
    ("random", ("import os\nprint(os.urandom(8).hex())",)),
    ("random", ("import random\nrandom.seed(3)\nrandom.seed()\nprint(random.randint(0, 10**9))",)),
    ("random", (terminal_cell("echo $RANDOM $RANDOM $RANDOM"),)),
    ("set_order", ("s = {f'drug{i}' for i in range(40)}", "print(list(s))")),
    ("set_order", ("print(set('abcdefghijklmnopqrstuvwxyz'))",)),
    ("set_order", ("names = ['n%d' % i for i in range(60)]\nfor name in set(names):\n    print(name)",)),
    ("set_order", ("a = frozenset(f'a{i}' for i in range(50))", "next(iter(a)), list(a)[:6]")),
    ("set_order", ("hash('aspirin')",)),
    ("set_order", ("a = {f'k{i}' for i in range(30)}\nb = {f'k{i}' for i in range(20, 60)}", "'|'.join(a | b)")),
    ("set_order", ("import pandas as pd\npd.DataFrame({'x': list({f'c{i}' for i in range(30)})}).head()",)),
    ("set_order", ("d = dict.fromkeys(set('the quick brown fox jumps over a lazy dog again'.split()))", "print(d)")),
    ("set_order", ("words = set(); [words.add(f'w{i}') for i in range(40)]", "print(words.pop(), words.pop())")),
    ("set_order", ("x = set(map(str, range(100)))\ny = [v for v in x]", "print(y[:10])")),
    ("thread", (_THREADED + "ts = [threading.Thread(target=work, args=(k,)) for k in range(4)]\n"
                "for t in ts: t.start()\nfor t in ts: t.join()\n" + _DIGEST,)),
    ("thread", (_THREADED, "from concurrent.futures import ThreadPoolExecutor\n"
                "with ThreadPoolExecutor(4) as pool:\n    list(pool.map(work, range(4)))\n" + _DIGEST)),
    ("thread", (_THREADED + "from multiprocessing.pool import ThreadPool\n"
                "with ThreadPool(4) as pool:\n    pool.map(work, range(4))", _DIGEST)),
    ("thread", (_THREADED + "from threading import Thread as T\nts = [T(target=work, args=(k,)) for k in range(3)]\n"
                "[t.start() for t in ts]; [t.join() for t in ts]", _DIGEST)),
    ("thread", (_THREADED + "import concurrent.futures as cf\nwith cf.ThreadPoolExecutor() as pool:\n"
                "    jobs = [pool.submit(work, k) for k in range(5)]\n" + _DIGEST,)),
    ("thread", (_THREADED + "import _thread, time\n[_thread.start_new_thread(work, (k,)) for k in range(3)]\n"
                "while len(out) < 12000: time.sleep(0.01)", _DIGEST)),
    ("thread", (_THREADED + "stop = threading.Event()\ncount = 0\ndef tick():\n    global count\n"
                "    while not stop.is_set(): count += 1\nt = threading.Thread(target=tick); t.start()\n"
                "work(1); stop.set(); t.join()", "print(count)")),
    ("thread", (_THREADED + "ts = [threading.Timer(0, work, (k,)) for k in range(4)]\n"
                "for t in ts: t.start()\nfor t in ts: t.join()\n" + _DIGEST,)),
    ("thread", (_THREADED + "import asyncio\nasync def all():\n"
                "    await asyncio.gather(*(asyncio.to_thread(work, k) for k in range(4)))\nawait all()\n"
                + _DIGEST,)),
    ("thread", (_THREADED + "import queue\nq = queue.Queue()\nfor k in range(400): q.put(k % 7)\n"
                "def drain():\n    while True:\n        try: k = q.get_nowait()\n"
                "        except queue.Empty: return\n        sum(range(3000)); out.append(k * 9 + threading.get_ident() % 9)\n"
                "ts = [threading.Thread(target=drain) for _ in range(4)]\n"
                "for t in ts: t.start()\nfor t in ts: t.join()\n" + _DIGEST,)),
]  # fmt: skip
