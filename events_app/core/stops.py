"""To be imported first: until the process serves, Ctrl-C ends it at once and silently, as TERM
does.

Python would print a traceback instead.
"""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)
