"""Finds the Python that has Synapse and the clients, and goes on in it. Needs nothing but Python itself."""

import hashlib
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MEMBERS = ROOT / "crates/matrix/tests/members"
PINS = ("requirements.txt", "package.json", "package-lock.json")


def enter():
    """Starts the program again in the environment that the tests made, unless it runs there."""
    # Named after what is in it, as crates/matrix/tests/it/venv.rs does.
    key = hashlib.sha256(b"".join((MEMBERS / name).read_bytes() for name in PINS)).hexdigest()[:16]
    folder = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "tools" / f"matrix-{key}"
    if not (folder / "whole").exists():
        sys.exit("Synapse is not there yet; get it with: cargo test -p beadle-matrix --test it bed")
    if pathlib.Path(sys.prefix) != (folder / "venv").resolve():
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        python = folder / "venv/bin/python"
        os.execv(python, [python, *sys.argv])
