"""Runs the system under faults beside a real Kafka and proves that nothing was lost or doubled."""

import argparse
import signal
import sys
from dataclasses import replace
from pathlib import Path

import cluster
import controls
import faults
import oracle
import processor
import report
import run
import traffic
import verifier
from confluent_kafka import libversion

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".build" / "chaos"


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/chaos", description=__doc__)
    add = parser.add_argument
    add("--seed", type=int, default=1, help="of the traffic and of the faults")
    add("--minutes", type=float, help="how long faults are injected (default 10, --quick 2.5)")
    add("--quick", action="store_true", help="a quarter of the load and fewer faults: ends within 8 minutes")
    add("--kafka-version", choices=["4.3", "3.9"], default="4.3")
    add(
        "--brokers",
        type=int,
        choices=[1, 3],
        default=1,
        help="3: replication 3 and two in sync; single brokers are killed, paused and cut out of the in-sync set",
    )
    add("--control", choices=sorted(controls.CONTROLS), help="one protection off: the verifier must find something")
    add(
        "--delivery",
        choices=["exactly_once", "at_least_once"],
        default="exactly_once",
        help="at_least_once: nothing may be lost, and what comes twice must be whole and the same",
    )
    add("--set", action="append", default=[], metavar="KEY=VALUE", help="a configuration key of the processors")
    add("--crash-loop", action="store_true", help="two records end every process that takes them, until they are given up")
    add(
        "--judges",
        action="store_true",
        help="rollouts are scored by a judge that takes 2 s and one that fails one try in five and dies once a minute",
    )
    add("--no-faults", action="store_true", help="only the traffic and the verifier")
    add(
        "--late-start",
        action="store_true",
        help="the processors start when all has been sent: hours of records at once",
    )
    add("--library", default="", help="a folder with another librdkafka.so.1")
    add("--matrix", action="store_true", help="Kafka 3.9 and 4.3, one broker and three, with the system's librdkafka and the newest one")
    add("--groups", type=int, help="groups of eight rollouts (default 3000, --quick 900)")
    add("--rate", type=float, help="records a second (default: spread over the minutes)")
    add("--strict-times", action="store_true", help="V10 decides the run too")
    add(
        "--slack",
        type=float,
        default=0,
        metavar="SECONDS",
        help="added to what V11 allows (session timeout and 15 s), for a machine that is busy with other things",
    )
    add("--binary", type=Path, help="a program that is built already")
    add("--no-report", action="store_true", help="leave docs/reliability.md as it is")
    return parser.parse_args()


def newest_library() -> str:
    """A folder from which the newest librdkafka (that of the confluent-kafka wheel) is loaded."""
    import confluent_kafka

    libraries = Path(confluent_kafka.__file__).parent.parent / "confluent_kafka.libs"
    folder = HOME / "newest"
    folder.mkdir(parents=True, exist_ok=True)
    for path in libraries.iterdir():
        for name in [path.name] + (["librdkafka.so.1"] if path.name.startswith("librdkafka-") else []):
            (folder / name).unlink(missing_ok=True)
            (folder / name).symlink_to(path)
    return str(folder)


def library_version(lives: list) -> str:
    return next((str(line["librdkafka"]) for _, line in processor.log_lines(lives) if "librdkafka" in line), "unknown")


def attempt(
    options, version: str, library: str, seed: int, control: controls.Control | None, brokers: int
) -> tuple[bool, set]:
    """One run and its table; whether it passed, and the names of the checks that failed."""
    delivery = control.delivery if control else options.delivery
    setup = processor.Setup(
        options.binary or HOME / "release" / "release" / "dash-reinforce",
        HOME / f"run-{seed}",
        "127.0.0.1:9",
        delivery,
        library=library,
        unprotect=control.unprotect if control else "",
        crash_key=traffic.CRASH.decode() if options.crash_loop else "",
        judges=options.judges,
        extra=dict(pair.split("=", 1) for pair in options.set) | (dict(control.extra) if control else {}),
    )
    # a control is judged by what exactly once promises
    doubles = not control and not setup.exactly_once
    plans = (faults.THREE, faults.THREE_QUICK) if brokers == 3 else (faults.FULL, faults.QUICK)
    plan = control.plan if control else plans[options.quick]
    if options.no_faults or options.crash_loop:
        plan = faults.NONE
    elif doubles:
        plan = replace(plan, drops=0, delays=0) if brokers == 3 else faults.PLAIN
    standstill = processor.SESSION_MS / 1000 + 15 + options.slack
    groups = options.groups or (900 if options.quick or control else 3000)
    crashes = 2 if options.crash_loop else 0
    amount = traffic.Load(groups=groups, waves=max(2, min(6, groups // 220)), crashes=crashes)
    minutes = options.minutes or (2.5 if options.quick or control else 10)
    late = options.late_start
    with run.Run(setup, plan, amount, seed, version, minutes, options.rate, late, brokers, standstill) as going:
        going.start()
        going.hurt()
        found = going.evidence()
        rules = oracle.Rules(wall=going.wall)
        checks = verifier.Verifier(
            found,
            rules,
            {
                "strict_times": options.strict_times,
                "doubles": doubles,
                "standstill": standstill,
            },
        ).run()
        used = library_version(found.lives)
        broker = going.kafka.broker_version()
        done = going.injector.done
        print(f"\nKafka {broker}, {f'{brokers} brokers, ' if brokers > 1 else ''}librdkafka {used}, {delivery}, seed {seed}, {len(found.records)} records")
        print("  done: " + (", ".join(f"{c} {n}" for n, c in sorted(done.counts.items())) or "nothing"))
        if done.not_reached:
            print("  failpoints not reached: " + ", ".join(done.not_reached))
        if done.undone:
            print(f"  no time left for: {', '.join(done.undone)}")
        print("  on the wire: " + ", ".join(f"{c} {n}" for n, c in sorted(going.wire.items())))
        print(report.table(checks), flush=True)
    failed = {check.name for check in checks if not check.passed}
    if not options.no_report:
        name = f"control {options.control}" if control else "quick" if options.quick else "full"
        name += f", {brokers} brokers" if brokers > 1 else ""
        name += ", crash loop" if options.crash_loop else ""
        name += ", late start" if options.late_start else ""
        name += ", judges" if options.judges else ""
        name += "".join(f", {pair}" for pair in options.set)
        rollouts = going.traffic.counts["rollouts"]
        verdict = (
            next(c.note for c in checks if c.name == "V2")
            + "; "
            + ("failed: " + ", ".join(sorted(failed)) if failed else "all proven")
        )
        report.row(
            [
                name,
                broker,
                used,
                delivery,
                str(seed),
                f"{rollouts} rollouts, {len(found.records)} records",
                ", ".join(f"{c} {n}" for n, c in sorted(done.counts.items())) or "no faults",
                verdict,
            ]
        )
    return not failed, failed


def one(options, version: str, library: str, brokers: int) -> bool:
    """A run, or a control with its tries: true where all is as it should be."""
    if not options.control:
        return attempt(options, version, library, options.seed, None, brokers)[0]
    control = controls.CONTROLS[options.control]
    for number in range(control.tries):
        _, failed = attempt(options, version, library, options.seed + number, control, brokers)
        if failed & control.proofs:
            print(
                f"chaos: {options.control} ({control.what}) was caught in run {number + 1}: "
                f"{', '.join(sorted(failed & control.proofs))}"
            )
            return True
    print(f"chaos: {options.control} ({control.what}) was NOT caught: the suite does not see it")
    return False


def resolve(options) -> str | None:
    """Tells why nothing can be run."""
    folder = HOME / "probe"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "examples.jsonl").write_text(
        "".join(f'{{"example_id":"e{n}","data":{{"q":"a","a":1}},"input_keys":["q"]}}\n' for n in range(8))
    )
    binary = options.binary or HOME / "release" / "release" / "dash-reinforce"
    return processor.Setup(binary, folder, "127.0.0.1:9", options.delivery).problem()


def interrupted(*_):
    """The first signal ends the run in good order; a second one does not disturb the tidying up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    options = arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    if cluster.launcher() is None:
        print("chaos: SKIPPED: no Kafka launcher; set DASH_KAFKA to one")
        return 0
    problem = resolve(options)
    if problem:
        print(f"chaos: {problem}")
        return 69
    print(f"chaos: the suite's own client is librdkafka {libversion()[0]}", flush=True)
    if not options.matrix:
        return 0 if one(options, options.kafka_version, options.library, options.brokers) else 1
    results = []
    for library in ("", newest_library()):
        for version in ("3.9", "4.3"):
            for brokers in (1, 3):
                results.append(one(options, version, library, brokers))
    return 0 if all(results) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nchaos: interrupted; everything that was started is ended")
        sys.exit(130)
