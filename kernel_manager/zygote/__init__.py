"""A fork server of kernels: one warm, single-threaded process with libraries imported.

`client.py` is the server's side. `main.py`, `child.py`, `app.py`, `wire.py` and `job.py` run in
the fork server and in kernels; they import nothing of ours but `kernel_manager.sandbox`, and
their package is forgotten before the first cell.
"""
