"""What is left when a run is over: the topics as they stand, and what was seen on the way."""

from dataclasses import dataclass, field

import liveness


@dataclass
class Output:
    """A record that came out."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: dict
    checksum: int = 0


@dataclass
class Evidence:
    """Everything the verifier looks at."""

    input: str = "events"
    records: list = field(default_factory=list)  # oracle.Record
    batches: list = field(default_factory=list)  # Output
    dead_letters: list = field(default_factory=list)  # Output
    crashers: list = field(default_factory=list)  # (partition, offset) of records that end the process
    ledger: list | None = None  # Output; None: there is no such topic
    examples: dict = field(default_factory=dict)
    watched: list = field(default_factory=list)  # (partition, offset, checksum) as a reader beside the run saw it
    commits: list = field(default_factory=list)  # checkpoints.Commit
    rewards: list | None = None  # records of the rewards topic; None: nobody judges
    unnamed_late: set = field(default_factory=set)  # late rewards that the ledger does not name
    replayed_digests: dict = field(default_factory=dict)  # (tenant, group) -> digest, by a replay that asks nobody
    group: str = ""  # whose commits they are
    pointed: dict = field(default_factory=dict)  # (partition, offset) -> value, on the checkpoints topic
    ends: dict = field(default_factory=dict)  # topic -> partition -> (last stable offset, high watermark)
    lives: list = field(default_factory=list)  # processor.Life
    recoveries: list = field(default_factory=list)  # seconds
    restarts: int = 0
    replayed: int | None = None  # records read again, where the processors tell
    timeline: liveness.Timeline | None = None  # None: no times were recorded
    drained: bool = True
    problems: list = field(default_factory=list)  # of the suite itself
    bites: dict = field(default_factory=dict)  # name -> (found, wanted)
