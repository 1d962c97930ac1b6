"""The Node clients people really use, unmodified: node-quickbooks and Intuit's intuit-oauth.

The tests are JavaScript, in `node/`; each of them is a subtest here.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.wire import Wire, running

FOLDER = Path(__file__).parent / "node"
FILES = sorted(path.name for path in FOLDER.glob("*.test.js"))
OLDEST_NODE = 20
INSTALL_SECONDS = 300
FILE_SECONDS = 300
OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH")

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def node() -> str:
    """Where Node is, with the two packages in place."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("needs Node and npm")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"needs Node {OLDEST_NODE}, this is {version.strip()}")
    _install(npm)
    return node


def _install(npm: str) -> None:
    lock = FOLDER / "package-lock.json"
    # npm writes this file last, so a broken installation is repeated.
    installed = FOLDER / "node_modules" / ".package-lock.json"
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
            return
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    if done.returncode and any(word in done.stderr for word in OFFLINE):
        pytest.skip("npm cannot reach its registry")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A simulator of its own: these tests fill the demo company's books."""
    with running(tmp_path_factory.mktemp("node"), company="demo") as details:
        wire = Wire(details)
        wire.settle()
        yield details
        wire.close()


@pytest.mark.parametrize("name", FILES)
def test_with_node(
    name: str, node: str, simulator: dict[str, Any], subtests: pytest.Subtests
) -> None:
    done = subprocess.run(
        [node, "--test", "--test-reporter=./reporter.js", name],
        cwd=FOLDER,
        # A proxy of this machine would not find its loopback.
        env={**os.environ, "no_proxy": "*", "SIMULATOR": json.dumps(simulator)},
        capture_output=True,
        text=True,
        timeout=FILE_SECONDS,
        check=False,
    )
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"name":')]
    assert told, f"it told of no test\n{done.stdout}\n{done.stderr}"
    for one in told:
        with subtests.test(one["name"]):
            if one["problem"]:
                pytest.fail(one["problem"], pytrace=False)
            if one["skipped"]:
                pytest.skip(one["name"])
    assert done.returncode == 0 or any(one["problem"] for one in told), done.stderr
