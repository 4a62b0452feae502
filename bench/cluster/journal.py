#!/usr/bin/env python3
"""What the journal of a cluster costs PostgreSQL.

    bench/cluster/journal.py --out DIR [--rate 100000] [--seconds 60] [--pages ../shared/data/node-exporter.capture.gz]

Starts a PostgreSQL with its defaults (fsync on) and three nodes with two copies of every shard (./cluster 3), which scrape as many targets as make
the rate, and measures for a while: samples a second, commits a second of the journal and of the whole server, bytes a second of the journal's
records, of its tables and of the write-ahead log, all of them a sample, the time of a commit, and the processor time of both sides. Prints a table
and what it comes to at 1 and 10 million samples a second. Needs src/Node built for Release, PostgreSQL, psql and Python 3; run as root it runs
PostgreSQL as the user postgres. Everything is on 127.0.0.1.
"""
import argparse, os, sys, time
from rig import Cluster, Pages, captured_pages, load_average, quantile, samples_of, synthetic_pages

SAMPLES, BYTES, RECORDS, COMMITS = ("pleiad_actors_samples_accepted_total", "pleiad_persistence_journal_bytes_total", "pleiad_persistence_journal_records_total",
                                    "pleiad_persistence_journal_commits_total")
TABLES = "SELECT sum(pg_total_relation_size(relname::regclass)) FROM pg_class WHERE relname ~ '^journal_[0-7]$'"
SERVER = "SELECT (SELECT sum(xact_commit) FROM pg_stat_database), (SELECT wal_bytes FROM pg_stat_wal), (SELECT wal_fpi FROM pg_stat_wal), pg_current_wal_insert_lsn() - '0/0'"


def look(cluster):
    commits, wal, images, _ = (float(number) for number in cluster.sql(SERVER).split("|"))
    return {"at": time.monotonic(), "metrics": cluster.metrics(), "server_commits": commits, "wal": wal, "images": images, "tables": float(cluster.sql(TABLES)),
            "nodes_cpu": cluster.cpu_of_nodes(), "postgres_cpu": cluster.cpu_of_postgres()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="an empty directory")
    parser.add_argument("--rate", type=int, default=100_000, help="samples a second")
    parser.add_argument("--interval", type=float, default=5, help="of scrapes, seconds")
    parser.add_argument("--seconds", type=int, default=60, help="that are measured")
    parser.add_argument("--warm-up", type=int, default=40, help="seconds; series are defined in the first records that have them")
    parser.add_argument("--pages", help="a capture; without it pages of 1,000 made-up series")
    parser.add_argument("--flags", default="", help="further flags of each node")
    options = parser.parse_args()
    pages = captured_pages(options.pages) if options.pages else synthetic_pages(1000)
    served = Pages(pages)
    # A target brings five samples of its own: up and what it says of the scrape.
    each = sum(map(samples_of, pages)) / len(pages) + 5
    cluster = Cluster(os.path.abspath(options.out), served, options.flags)
    cluster.configure(round(options.rate * options.interval / each), options.interval)
    os.environ.pop("PROMETHEUS_YML", None)
    try:
        cluster.start(3)
        time.sleep(options.warm_up)
        before, loads = look(cluster), []
        while time.monotonic() - before["at"] < options.seconds:
            time.sleep(5)
            loads.append(load_average())
        after = look(cluster)
    finally:
        cluster.clean()
        served.close()

    seconds = after["at"] - before["at"]
    moved = {name: after[name] - before[name] for name in before if name not in ("at", "metrics")}
    counted = {name: after["metrics"].get(name, 0.0) - before["metrics"].get(name, 0.0) for name in (SAMPLES, BYTES, RECORDS, COMMITS)}
    rate = counted[SAMPLES] / seconds
    a_second = [
        ("samples", rate, "%.0f"), ("commits of the journal, all nodes", counted[COMMITS] / seconds, "%.1f"), ("records", counted[RECORDS] / seconds, "%.0f"),
        ("commits of the server, looks and all", moved["server_commits"] / seconds, "%.1f"), ("bytes of records", counted[BYTES] / seconds, "%.0f"),
        ("bytes of the write-ahead log", moved["wal"] / seconds, "%.0f"), ("full-page images in it", moved["images"] / seconds, "%.1f"),
        ("processor time of PostgreSQL, s", moved["postgres_cpu"] / seconds, "%.3f"), ("processor time of the nodes, s", moved["nodes_cpu"] / seconds, "%.3f"),
    ]
    a_sample = [("records", counted[BYTES]), ("write-ahead log", moved["wal"])] + ([("tables and their indexes", moved["tables"])] if moved["tables"] > 0 else [])
    slots = "pleiad_actors_scrape_slots_missed_total"
    print("%d targets of %.0f samples every %g s, three nodes, two copies, %.0f s; load of the machine %s" % (cluster.targets, each, options.interval, seconds, " ".join(loads)))
    print("\n| a second | |\n|---|---:|")
    for name, value, form in a_second:
        print("| %s | %s |" % (name, form % value))
    print("\n| bytes a sample | |\n|---|---:|")
    for name, value in a_sample:
        print("| %s | %.2f |" % (name, value / counted[SAMPLES]))
    times = [quantile(before["metrics"], after["metrics"], "pleiad_persistence_journal_commit_seconds", q) for q in (0.5, 0.99)]
    print("\ncommit: p50 at most %g ms, p99 at most %g ms; slots missed: %d" % (
        times[0] * 1000, times[1] * 1000, after["metrics"].get(slots, 0) - before["metrics"].get(slots, 0)))
    print("\n| samples a second | records MB/s | log MB/s | cores of PostgreSQL | journals at half of one core each |\n|---|---:|---:|---:|---:|")
    for wanted in (100_000, 1_000_000, 10_000_000):
        factor = wanted / rate
        cores = moved["postgres_cpu"] / seconds * factor
        print("| %d | %.1f | %.1f | %.2f | %d |" % (wanted, counted[BYTES] / seconds * factor / 1e6, moved["wal"] / seconds * factor / 1e6, cores, max(1, -(-cores // 0.5))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
