"""The benchmarks: real processes on free loopback ports, a folder of their own, a table at the end.

README.md beside this says what is measured, how, and what the figures mean.
"""
