"""A Ray for one check, which starts on a small and busy machine as well.

A raylet ends where its agents have not said their ports after some 15 seconds ("Timed out waiting for file
…/metrics_agent_port"), and their imports alone take that long where other programs have the processors. In Ray 2.60
`RAY_agent_register_timeout_ms` does not make it wait longer, so nobody waits here: the dashboard's agent, which the checks do not
need, is started in its small form (as where Ray's dashboard is not installed), what it would say is written before it begins,
and the other agent is given its port.
"""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from unittest import mock

import ray
from ray import _raylet
from ray._private.node import Node

_NOT_SERVED = (
    _raylet.METRICS_AGENT_PORT_NAME, _raylet.METRICS_EXPORT_PORT_NAME, _raylet.DASHBOARD_AGENT_LISTEN_PORT_NAME
)  # fmt: skip
_start = Node.start_ray_processes


@contextmanager
def own_ray():
    """`with own_ray() as address:` this process is connected; others are with `ray.init(address=address)`."""
    patience = {
        "RAY_gcs_server_port_wait_time_s": "300",
        "RAY_agent_register_timeout_ms": "300000",
        "RAY_worker_register_timeout_seconds": "300",
    }
    # Ray adds RAY_AUTH_MODE, which programs that connect need as well
    with mock.patch.dict(os.environ, patience):
        with (
            mock.patch.object(Node, "start_ray_processes", _prepared),
            mock.patch("ray._private.utils.get_dashboard_dependency_error", lambda: ImportError("none is wanted")),
        ):
            ray.init(
                num_cpus=2,
                include_dashboard=False,
                log_to_driver=False,
                namespace="check",
                object_store_memory=200 << 20,
            )
        try:
            yield ray.get_runtime_context().gcs_address
        finally:
            ray.shutdown()


def _prepared(node):
    for name in _NOT_SERVED:
        _raylet.persist_port(node.get_session_dir_path(), node.node_id, name, -1)
    with socket.create_server((node.node_ip_address, 0)) as free:
        node._ray_params.runtime_env_agent_port = free.getsockname()[1]
    _start(node)
