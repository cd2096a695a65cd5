"""The journal tells every act in a sentence."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def noted(tree):
    """The verbs written out in what is given to `note`."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("note") and call.args:
            for part in ast.walk(call.args[0]):
                if isinstance(part, ast.Constant) and re.fullmatch(r"\w+\.\w+", str(part.value)):
                    yield part.value


def test_every_verb_has_its_sentence():
    sources = (ROOT / "events_app").rglob("*.py")
    verbs = {verb for path in sources for verb in noted(ast.parse(path.read_text()))}
    told = (ROOT / "templates/accounts/sentences.html").read_text()
    assert len(verbs) > 40
    assert sorted(verb for verb in verbs if f'verb == "{verb}"' not in told) == []
