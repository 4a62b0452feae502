#!/usr/bin/env python3
"""One, two and three nodes with the same small share of processor time each: what they take, how even it is, how fast they answer; and a node that joins.

    bench/cluster/scaling.py --out DIR [--share 0.15] [--replicas 1] [--series 250]        (about twelve minutes)

Each node alone is put into a control group (version 1, cpu.cfs_quota_us; needs root) that gives it that share of one core, once it has started. For
one, two and three nodes the script looks from below for the most targets that can be scraped every second with at most 1 of 200 slots missed (what one
sustains says where to begin for two and three), then asks
aggregated queries over a fixed number of targets of nodes that have had no others: a search leaves series behind, the more the more nodes there are. --search 0 --ask N only asks. On a machine that others use too, --fixed N gives each node N targets instead and takes the processor
time of a sample, which others hardly change: what a share sustains is the share divided by it. At the end a third node joins two under half of what two can take, while clients query both: queries
that fail, slots missed by any target and scrapes of which samples are missing are counted. PostgreSQL and the targets are not limited.
Needs src/Node built for Release, PostgreSQL, psql and Python 3; everything is on 127.0.0.1.
"""
import argparse, os, statistics, sys, threading, time, urllib.error
from rig import Cluster, Pages, load_average, synthetic_pages

ACCEPTED, MISSED = "pleiad_actors_samples_accepted_total", "pleiad_actors_scrape_slots_missed_total"
QUERIES = ["sum(rate(load[1m]))", "sum by (series) (load)", "topk(5, sum by (instance) (load))", "max by (instance) (max_over_time(load[1m]))"]


def look(cluster, number):
    """When, and what a node has counted by then."""
    figures = {}
    for line in cluster.get(number, "/metrics").split("\n"):
        for name in (ACCEPTED, MISSED):
            if line.startswith(name + " ") or line.startswith(name + "{"):
                figures[name] = float(line.rsplit(" ", 1)[1])
    return time.monotonic(), figures.get(ACCEPTED, 0.0), figures.get(MISSED, 0.0)


def window(cluster, seconds):
    """Slots missed, samples a second, and those of each node."""
    nodes = cluster.numbers()
    before = [look(cluster, number) for number in nodes]
    time.sleep(seconds)
    after = [look(cluster, number) for number in nodes]
    rates = [(now[1] - then[1]) / (now[0] - then[0]) for then, now in zip(before, after)]
    return sum(now[2] - then[2] for then, now in zip(before, after)), sum(rates), rates


def steady(cluster, expected, options):
    """Waits until new targets have begun and what piled up meanwhile is done, or as long as that may take."""
    over = time.monotonic() + options.settle
    while time.monotonic() < over:
        missed, rate, _ = window(cluster, 3)
        if missed == 0 and 0.97 * expected <= rate <= 1.03 * expected:
            return


def sustains(cluster, targets, each, options):
    """Whether so many targets are scraped in time, and samples a second of each node."""
    try:
        # Not all at once: what new series cost is not what is looked for.
        for part in ([0.4, 0.7] if targets > 1.5 * cluster.targets else []) + [1]:
            cluster.configure(int(part * targets), 1.0)
            cluster.reload()
            steady(cluster, cluster.targets * each, options)
        missed, rate, rates = window(cluster, options.seconds)
    except (urllib.error.URLError, OSError) as e:
        print("  %d targets: %s" % (targets, e), flush=True)
        return False, []
    good = missed <= 0.005 * targets * options.seconds and rate >= 0.97 * targets * each
    print("  %d targets: %d slots missed, %.0f samples a second%s; load %s" % (targets, missed, rate, "" if good else ": too many", load_average()), flush=True)
    return good, rates


def search(cluster, nodes, of_one, each, options):
    """The most targets that are sustained, within a step or as far as the time goes, and the samples a second of each node then.

    From below, so that nothing has piled up: with large steps and then small ones, or with small ones alone where it is known what one node sustains."""
    low, rates, over = 0, [], time.monotonic() + options.search
    fine = bool(of_one)
    targets = int(0.8 * of_one * nodes) if of_one else options.first
    while time.monotonic() < over:
        good, found = sustains(cluster, targets, each, options)
        if good:
            low, rates = targets, found
        elif low and fine:
            break
        else:
            # What has piled up goes first.
            fine = bool(low)
            cluster.configure(max(1, int(0.8 * (low or targets))), 1.0)
            cluster.reload()
            cluster.settled(nodes)
            steady(cluster, cluster.targets * each, options)
        targets = int((low or 0.6 * targets) * (options.step if fine else 1.25 if low else 1))
    return low, rates


def fixed_load(cluster, targets, options):
    """Samples a second of each node, and processor time of all nodes a million samples."""
    cluster.configure(targets, 1.0)
    cluster.reload()
    # New series cost more than known ones.
    time.sleep(options.settle)
    cpu = cluster.cpu_of_nodes()
    began = time.monotonic()
    missed, rate, rates = window(cluster, 3 * options.seconds)
    spent = (cluster.cpu_of_nodes() - cpu) / (time.monotonic() - began)
    print("  %d targets: %d slots missed, %.0f samples a second, %.2f s of processor time a million; load %s" % (targets, missed, rate, spent / rate * 1e6, load_average()), flush=True)
    return rates, spent / rate * 1e6


def latencies(cluster, options):
    times = {query: [] for query in QUERIES}
    for turn in range(options.queries):
        for query in QUERIES:
            number = cluster.numbers()[turn % len(cluster.numbers())]
            began = time.monotonic()
            cluster.query(number, query)
            times[query].append(time.monotonic() - began)
    return {query: statistics.median(of) for query, of in times.items()}


def asked(options, pages, each, nodes, targets):
    """The latencies of a cluster that has never had other targets."""
    served = Pages(pages)
    cluster = Cluster(os.path.join(options.out, "ask%d" % nodes), served, options.flags, None if options.fixed else options.share)
    try:
        cluster.start(nodes)
        cluster.configure(targets, 1.0)
        cluster.reload()
        steady(cluster, targets * each, options)
        # The windows of the queries are full.
        time.sleep(60)
        return latencies(cluster, options)
    finally:
        cluster.clean()
        served.close()


def join(options, pages, each, targets):
    """Two nodes under load are joined by a third."""
    served = Pages(pages)
    cluster = Cluster(os.path.join(options.out, "join"), served, options.flags, None if options.fixed else options.share)
    cluster.configure(targets, 1.0)
    failed, asked, over = [], [0], threading.Event()

    def ask(number):
        while not over.wait(0.3):
            asked[0] += 1
            try:
                answer = cluster.query(number, "count(load)", timeout=30)
                if answer.get("warnings"):
                    failed.append(str(answer["warnings"]))
            except (urllib.error.URLError, OSError) as e:
                failed.append(str(e))

    try:
        cluster.start(2)
        time.sleep(15)
        clients = [threading.Thread(target=ask, args=(number,), daemon=True) for number in cluster.numbers()]
        began = time.time()
        for client in clients:
            client.start()
        time.sleep(5)
        joined = time.monotonic()
        cluster.add(3)
        cluster.settled(3)
        moved = time.monotonic() - joined
        time.sleep(10)
        over.set()
        for client in clients:
            client.join()
        span = int(time.time() - began)
        ups = cluster.query(3, "up[%ds]" % span)["data"]["result"]
        scraped = {s["metric"]["instance"]: sum(1 for _, value in s["values"] if value == "1") for s in ups}
        counts = {s["metric"]["instance"]: float(s["value"][1]) for s in cluster.query(3, 'min by (instance) (count_over_time(load[%ds]))' % span)["data"]["result"]}
        down = sum(1 for s in ups for _, value in s["values"] if value != "1")
        gaps = [sum(round(float(b[0]) - float(a[0])) - 1 for a, b in zip(s["values"], s["values"][1:])) for s in ups]
        lacking = sum(1 for instance, count in scraped.items() if abs(counts.get(instance, 0) - count) > 1)
        print("\n| a third node joins two, %d targets of %d samples a second | |\n|---|---:|" % (targets, each))
        for name, value in (("until it leads its share and nothing moves, s", "%.1f" % moved), ("queries meanwhile", asked[0]), ("of them failed or partial", len(failed)),
                            ("targets with a missed slot", sum(1 for gap in gaps if gap)), ("slots missed by one target, at most", max(gaps, default=0)),
                            ("scrapes that failed", down), ("targets of which samples are missing", lacking + targets - len(ups))):
            print("| %s | %s |" % (name, value))
        for what in failed[:5]:
            print("    " + what)
    finally:
        over.set()
        cluster.clean()
        served.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="an empty directory")
    parser.add_argument("--share", type=float, default=0.15, help="of one core, for each node")
    parser.add_argument("--replicas", type=int, default=1, help="copies of each shard: with 1 all nodes do the same work a sample, with 2 a single node does less")
    parser.add_argument("--series", type=int, default=250, help="of each target")
    parser.add_argument("--seconds", type=int, default=8, help="of each try")
    parser.add_argument("--settle", type=int, default=20, help="seconds, at most, until new targets have begun")
    parser.add_argument("--queries", type=int, default=15, help="times each")
    parser.add_argument("--first", type=int, default=300, help="targets that one node is given first, where it is not known what it sustains")
    parser.add_argument("--of-one", type=int, default=0, help="targets that one node sustains, where that is known: the first try is 0.8 of it a node")
    parser.add_argument("--step", type=float, default=1.06, help="from one try to the next, once it is known about where to look")
    parser.add_argument("--search", type=int, default=130, help="seconds for each number of nodes; a try that has begun is ended; 0: nothing is searched for")
    parser.add_argument("--ask", type=int, default=0, help="targets that the queries are over; 0: half of what one node takes")
    parser.add_argument("--nodes", default="1,2,3")
    parser.add_argument("--fixed", type=int, default=0, help="targets of each node; nothing is searched for, and no node is limited")
    parser.add_argument("--join", type=int, default=0, help="targets of the joining test; 0: half of what two nodes take")
    options = parser.parse_args()
    options.out = os.path.abspath(options.out)
    options.flags = "--cluster.replicas=%d" % options.replicas
    pages, each, rows = synthetic_pages(options.series), options.series + 5, []
    numbers = [int(number) for number in options.nodes.split(",") if number]
    for nodes in numbers if options.search else []:
        print("%d nodes, %g of a core each, %d copies" % (nodes, options.share, options.replicas), flush=True)
        served = Pages(pages)
        cluster = Cluster(os.path.join(options.out, "nodes%d" % nodes), served, options.flags, None if options.fixed else options.share)
        try:
            cluster.start(nodes)
            shards = [shard["leader"] for shard in cluster.shards()]
            led = [shards.count(name) for name in set(shards)]
            if options.fixed:
                targets = options.fixed * nodes
                rates, cost = fixed_load(cluster, targets, options)
                rate = options.share / cost * 1e6 * nodes
            else:
                targets, rates = search(cluster, nodes, options.of_one or (rows[0][1] // rows[0][0] if rows else 0), each, options)
                rate = targets * each
            rows.append((nodes, targets, rate, led, rates))
        finally:
            cluster.clean()
            served.close()

    if rows:
        base = options.of_one * each or rows[0][2] / rows[0][0]
        print("\n| nodes | targets | samples a second sustained | of linear | shards led by a node | targets of a node |\n|---:|---:|---:|---:|---|---|")
        for nodes, targets, rate, led, rates in rows:
            print("| %d | %d | %d | %.2f | %s | %s |"
                  % (nodes, targets, rate, rate / (base * nodes) if base else 0, " ".join(map(str, sorted(led))), " ".join("%.0f" % (of / each) for of in rates)), flush=True)
    ask = options.ask or (max(1, rows[0][1] // rows[0][0] // 2) if rows else 0)
    if not options.search and not ask and not options.join:
        parser.error("--search 0 needs --ask or --join")
    if ask and numbers:
        print("\n| nodes, %d targets |" % ask + "".join(" `%s`, ms |" % query for query in QUERIES) + "\n|---:|" + "---:|" * len(QUERIES))
        for nodes in numbers:
            times = asked(options, pages, each, nodes, ask)
            print("| %d |" % nodes + "".join(" %.0f |" % (times[query] * 1000) for query in QUERIES), flush=True)
    two = next((row[1] for row in rows if row[0] == 2), 0)
    if options.join or two:
        join(options, pages, each, options.join or two // 2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
