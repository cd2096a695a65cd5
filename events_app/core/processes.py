"""Processes that belong together: one begins them, they stop together, and none is left behind."""

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import wait
from typing import Any

log = logging.getLogger(__name__)
STOPS = (signal.SIGINT, signal.SIGTERM)
A_BREATH = 1
"""Seconds before a process that died is begun again, and between two looks for the parent."""


class SupervisedProcess:
    """A child process that shares the loaded code, and is begun again whenever it dies."""

    def __init__(self, work: Callable[..., None], *given: Any) -> None:
        self._made = partial(multiprocessing.Process, target=work, args=given)
        self._changing, self._is_over = threading.RLock(), threading.Event()
        self._told_at = 0.0
        self._process = self._made()
        self._process.start()
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """Tell it, and begin none any more. May be called by a signal's handler."""
        with self._changing:
            if not self._is_over.is_set():
                self._told_at = time.monotonic()
            self._is_over.set()
            self._process.terminate()

    def wait(self, seconds: float) -> None:
        """Until it has ended by itself, or so long since it was told."""
        self._process.join(max(0, self._told_at + seconds - time.monotonic()))
        self._process.kill()

    def _watch(self) -> None:
        while wait([self._process.sentinel]) and not self._is_over.wait(A_BREATH):
            with self._changing:
                if not self._is_over.is_set():
                    log.error("the worker ended by itself and is begun again")
                    with suppress(OSError):  # no memory for one now: the next breath will tell
                        self._begin_again()

    def _begin_again(self) -> None:
        new = self._made()
        new.start()
        self._process = new


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
    heard, told = socket.socketpair()
    told.setblocking(False)  # noqa: FBT003 -- the socket's own signature
    signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)

    def listen() -> None:
        with told, heard:  # neither is closed before
            while heard.recv(1)[0] not in STOPS:
                pass
            act()

    threading.Thread(target=listen, daemon=True).start()


def hold_stops() -> Callable[[], object]:
    """Block the stop signals while child processes are begun, so that none is missed.

    Gives a function that lets them through again. This process calls it once its own handlers are
    set; a signal that came meanwhile is delivered then.

    Children get the default handlers, so a child that does not serve yet ends at once. Without
    this it would inherit the parent's handlers, which only set a mark for the parent's loop, and
    the parent would wait for it.
    """
    masks = threading.local()

    def before() -> None:
        masks.old = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)

    def born() -> None:
        for number in STOPS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)

    os.register_at_fork(
        before=before,
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, masks.old),
        after_in_child=born,
    )
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    return partial(signal.pthread_sigmask, signal.SIG_UNBLOCK, STOPS)
