"""Ray nodes on this machine, as `python -m tests.cluster.nodes CPUS...`, one a number.

Prints the cluster's address. A line with a node's number on standard input ends that
node as a power cut does; the end of standard input ends them all.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

import psutil

# 80 MB of shared memory: calls do not go through it.
_SHARED = 80 << 20


def main(cpus: list[int]) -> None:
    """Run nodes until standard input ends."""
    utils: Any = import_module("ray.cluster_utils")
    options = {"object_store_memory": _SHARED, "include_dashboard": False}
    cluster = utils.Cluster(
        initialize_head=True, head_node_args={"num_cpus": cpus[0], **options}
    )
    nodes = [cluster.head_node]
    nodes += [
        cluster.add_node(num_cpus=each, object_store_memory=_SHARED)
        for each in cpus[1:]
    ]
    cluster.wait_for_nodes()
    print(json.dumps({"address": cluster.address}), flush=True)  # noqa: T201 - read by the test
    for line in sys.stdin:
        node = nodes[int(line)]
        _kill(
            [
                info.process.pid
                for infos in node.all_processes.values()
                for info in infos
            ]
        )
        print("ended", flush=True)  # noqa: T201 - the same
    _kill([child.pid for child in psutil.Process().children()])


def _kill(pids: list[int]) -> None:
    """End processes and all that they have started, in one go."""
    doomed: list[psutil.Process] = []
    for pid in pids:
        try:
            process = psutil.Process(pid)
            doomed += [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
    for process in doomed:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]])
