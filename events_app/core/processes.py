"""A child of the server: it stops when it is told, and is not left behind."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable

STOPS = (signal.SIGINT, signal.SIGTERM)
A_BREATH = 1
"""Seconds between two looks for the parent."""


def end_with_parent(*, patience: float) -> None:
    """End this process when its parent has gone: an orphan would keep the port.

    It gets TERM, and KILL when it has not ended `patience` seconds later, since no parent is left
    to do that.
    """
    parent = multiprocessing.parent_process()

    def follow(pid: int) -> None:
        while os.getppid() == pid:
            time.sleep(A_BREATH)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(patience)
        os.kill(os.getpid(), signal.SIGKILL)

    if parent is not None and parent.pid is not None:
        threading.Thread(target=follow, args=(parent.pid,), daemon=True).start()


def at_stop(act: Callable[[], object]) -> None:
    """Call `act` as soon as a stop signal arrives, in a thread of its own.

    The server handles the same signal, but may first wait for its visitors. To be called in the
    main thread of a process.
    """
    heard, told = os.pipe()  # never closed: Python writes a second signal there, too
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)

    def listen() -> None:
        while os.read(heard, 1)[0] not in STOPS:
            pass
        act()

    threading.Thread(target=listen, daemon=True).start()
