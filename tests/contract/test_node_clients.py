"""The Node clients people really use, unmodified: node-quickbooks and Intuit's intuit-oauth.

The tests are JavaScript, in `node/`; each of them is a subtest here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.wire import Wire, running
from tests.servers import has_node_packages

FOLDER = Path(__file__).parent / "node"
FILES = sorted(path.name for path in FOLDER.glob("*.test.js"))
OLDEST_NODE = 20
FILE_SECONDS = 300

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def node() -> str:
    """Where Node is, with the two packages in place."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"needs Node {OLDEST_NODE}, this is {version.strip()}")
    if not has_node_packages(FOLDER):
        pytest.skip("needs packages of Node; `make test` installs them")
    return node


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
