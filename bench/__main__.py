import argparse
import sys
import time
from contextlib import nullcontext

from bench import growth, kits, load, pages, posting, registering, starting, table
from bench.servers import Missing, servers

PARTS = {
    "pages": pages,
    "registering": registering,
    "growth": growth,
    "posting": posting,
    "kits": kits,
    "starting": starting,
}


def main():
    words = argparse.ArgumentParser(
        prog="python -m bench", description=sys.modules["bench"].__doc__
    )
    words.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    words.add_argument("--postgres", action="store_true", help="on PostgreSQL with Redis")
    words.add_argument("--no-file", action="store_true", help="print only")
    chosen = words.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        words.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    title = table.machine("PostgreSQL and Redis" if chosen.postgres else "SQLite")
    print(f"{title}; load by {load.generator()}\n", flush=True)
    texts = [f"\n## {title}; load by {load.generator()}\n"]
    try:
        with servers() if chosen.postgres else nullcontext() as running:
            for name in chosen.parts or PARTS:
                began = time.monotonic()
                shown = table.table(PARTS[name].run(running))
                texts.append(f"### {name} ({time.monotonic() - began:.0f} s)\n\n{shown}\n")
                print(texts[-1], flush=True)
    except Missing as why:
        sys.exit(f"LEFT OUT: {why}")
    if not chosen.no_file:
        path = table.keep("\n".join(texts))
        print(f"Kept in {path.relative_to(table.RESULTS.parent.parent)}")


if __name__ == "__main__":
    main()
