"""What several tests need: batches, a tokenizer, the program, a real Kafka."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from dash_reinforce import read

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def golden():
    """Batches with model calls by the name of their group."""
    return {batch["groups"][0]["group_id"]: batch for batch in read(DATA / "calls.jsonl")}


class Tokenizer:
    """A character is a token; the chat's roles have tokens of their own. Enough of transformers' interface."""

    eos_token_id = 1

    def __call__(self, text, add_special_tokens=True):
        out, at = [], 0
        while at < len(text):
            if text.startswith("<eos>", at):
                out.append(self.eos_token_id)
                at += 5
            else:
                out.append(10 + ord(text[at]))
                at += 1
        return {"input_ids": out}

    def apply_chat_template(self, messages, add_generation_prompt=False, tokenize=True, tools=None):
        text = f"[{len(tools)} tools]" if tools else ""
        for message in messages:
            calls = "".join(f"({c['function']['name']})" for c in message.get("tool_calls") or [])
            text += f"<{message['role']}>{message.get('content') or ''}{calls}"
            if message["role"] == "assistant":
                text += "<eos>\n"
        if add_generation_prompt:
            text += "<assistant>"
        return self(text)["input_ids"] if tokenize else text


@pytest.fixture
def tokenizer():
    return Tokenizer()


@pytest.fixture(scope="session")
def program():
    """The program that was built last; DASH_REINFORCE names another one."""
    named = os.environ.get("DASH_REINFORCE")
    folders = ("optimized/debug", "release", "debug")
    paths = [Path(named)] if named else [ROOT / ".build" / folder / "dash-reinforce" for folder in folders]
    found = [path for path in paths if path.exists()]
    if found:
        return str(max(found, key=lambda path: path.stat().st_mtime))
    pytest.skip("dash-reinforce is not built (swift build), and DASH_REINFORCE names none")


class Kafka:
    """A cluster of one broker, made by a launcher (start DIR, stop DIR, tool DIR …)."""

    def __init__(self, launcher, folder):
        self.launcher, self.folder = launcher, folder
        for _ in range(3):
            out = subprocess.run([launcher, "start", folder], capture_output=True, text=True, timeout=180).stdout
            found = [line[14:] for line in out.splitlines() if line.startswith("KAFKA_BROKERS=")]
            if found:
                self.brokers = found[0]
                return
            self.stop()
        raise RuntimeError(f"Kafka did not start: {out}")

    def topic(self, name, partitions=1):
        from confluent_kafka.admin import AdminClient, NewTopic

        admin = AdminClient({"bootstrap.servers": self.brokers})
        for future in admin.create_topics([NewTopic(name, partitions, 1)]).values():
            future.result(60)
        while True:  # until every partition has a leader
            found = admin.list_topics(name, timeout=60).topics[name].partitions
            if len(found) == partitions and all(one.leader >= 0 for one in found.values()):
                return name

    def stop(self):
        subprocess.run([self.launcher, "stop", self.folder], capture_output=True, timeout=180)


@pytest.fixture(scope="session")
def kafka():
    """A real Kafka, where a launcher is found (DASH_KAFKA, or beside the project)."""
    pytest.importorskip("confluent_kafka", reason="confluent-kafka is not installed")
    launcher = os.environ.get("DASH_KAFKA") or str(ROOT.parent / "shared/kafka/kafka")
    if not os.access(launcher, os.X_OK):
        pytest.skip("no Kafka: DASH_KAFKA names no launcher")
    folder = tempfile.mkdtemp(prefix="dash-python-kafka-")
    cluster = Kafka(launcher, folder)
    yield cluster
    cluster.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def dashstream(tmp_path_factory):
    """Classes of DashStream's schema, made by the protobuf packages."""
    pytest.importorskip("google.protobuf", reason="protobuf is not installed")
    protoc = pytest.importorskip("grpc_tools.protoc", reason="grpcio-tools is not installed")
    import importlib
    import sys

    folder = tmp_path_factory.mktemp("protobuf")
    for name in ("dashstream", "reinforce"):
        assert (
            protoc.main(["protoc", f"-I{ROOT / 'docs'}", f"--python_out={folder}", str(ROOT / f"docs/{name}.proto")])
            == 0
        )
    sys.path.insert(0, str(folder))
    return importlib.import_module("dashstream_pb2")


@pytest.fixture(scope="session")
def schema(dashstream):
    """The same of the batches' schema."""
    import reinforce_pb2

    return reinforce_pb2
