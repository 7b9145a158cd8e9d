"""The means of isolation, each in one small module, by ctypes alone.

Used inside the fork server (`kernel_manager.zygote`) and by the probes, never in the server's
own process: everything here changes the process that calls it for good. Standard library only,
because a kernel is forked from the process that imported it.
"""
