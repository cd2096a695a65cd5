"""A TCP proxy that can be made to fall silent or to break every line, as networks do."""

import selectors
import socket
import threading
from contextlib import contextmanager, suppress


class Proxy:
    """Between a client and `host:port`. While silent it takes what is sent and passes nothing on,
    new lines included: as a machine that froze behind a switch that lives.
    """

    def __init__(self, host, port):
        self._target = host, port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._pairs, self._lock = {}, threading.Lock()
        self._is_silent = self._is_away = self._is_closed = False
        self._look = selectors.DefaultSelector()
        self._look.register(self._server, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @contextmanager
    def silent(self):
        self.hush()
        try:
            yield
        finally:
            self.speak()

    def hush(self):
        self._is_silent = True

    def speak(self):
        self._is_silent = False
        self.reset()  # who was silent so long has forgotten its lines

    @contextmanager
    def away(self):
        """Whoever comes is sent off at once."""
        self.refuse()
        yield
        self._is_away = False

    def refuse(self):
        self._is_away = True
        self.reset()

    def reset(self):
        """Break all lines without a goodbye."""
        with self._lock:
            for end in list(self._pairs):
                self._drop(end)

    def lines(self):
        return len(self._pairs) // 2

    def close(self):
        self._is_closed = True
        self._thread.join()
        self.reset()
        self._server.close()
        self._look.close()

    def _run(self):
        while not self._is_closed:
            for key, _ in self._look.select(0.02):
                with self._lock:
                    if key.fileobj is self._server:
                        self._accept()
                    elif key.fileobj in self._pairs:
                        self._pass_on(key.fileobj)

    def _accept(self):
        near, _ = self._server.accept()
        if self._is_away:
            near.close()
            return
        try:
            far = socket.create_connection(self._target, timeout=2)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        self._pairs |= {near: far, far: near}
        for end in (near, far):
            self._look.register(end, selectors.EVENT_READ)

    def _pass_on(self, end):
        try:
            data = end.recv(65536)
        except OSError:
            data = b""
        if not data:
            self._drop(end)
        elif not self._is_silent:
            with suppress(OSError):
                self._pairs[end].sendall(data)

    def _drop(self, end):
        if end not in self._pairs:
            return
        other = self._pairs.pop(end)
        self._pairs.pop(other, None)
        for each in (end, other):
            self._look.unregister(each)
            with suppress(OSError):  # a reset, not a goodbye
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            each.close()
