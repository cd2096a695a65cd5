"""Imported before all else: Ctrl-C ends this process at once and without a word, as TERM does,
until it serves and hears for itself. Python's own way would print where it was.
"""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)
