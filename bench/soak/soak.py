#!/usr/bin/env python3
"""A node under churn for an hour: does it stay as large as it was, and does it lose a scrape?

    bench/soak/soak.py --pleiad src/Node/bin/Release/net10.0/pleiad --out DIR [--minutes 60]

Serves targets of whose series a share is replaced by new ones at every turn (--churn-share each --churn-every seconds), has a node scrape them,
and notes each minute: resident memory, managed heap, files and bytes of the data directory, open descriptors, threads, CPU, series in the head,
and of those the ones that have ended. Blocks are of ten minutes, so that sealing and merging happen within the run. Writes DIR/minutes.tsv and
DIR/verdict.txt and ends with 0 where the verdict is good:

- the median of the last third of the minutes is at most 1.10 of that of the middle third: resident memory, descriptors, threads; so are the files,
  but for 16 more, one block for each shard: blocks are few at first, and become one again when three of them cover the next longer range;
- of snapshots, which begin when the journal is long enough for them to pay, there are never more files than four a shard: the last two, each with its chunks;
- every minute each target had all its scrapes: count_over_time(up[1m]), none of them 0. A minute in which the machine stood still (this program
  itself had no turn for three seconds: column stood_s) is noted and not judged;
- what is counted over the whole run is what was served: no series too few or too many in the last minute.

Needs Python 3 alone. Everything is on 127.0.0.1; the node is ended by its process id.
"""
import argparse, http.server, json, os, signal, socket, statistics, subprocess, sys, threading, time, urllib.parse, urllib.request


SHARDS = 16


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pleiad", required=True, help="the program")
    parser.add_argument("--out", required=True, help="an empty directory for data and results")
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--targets", type=int, default=10)
    parser.add_argument("--series", type=int, default=1000, help="of each target")
    parser.add_argument("--interval", type=int, default=5, help="of scrapes, seconds")
    parser.add_argument("--churn-every", type=int, default=600, help="seconds")
    parser.add_argument("--churn-share", type=float, default=0.10)
    return parser.parse_args()


class Ticker(threading.Thread):
    """Notes the longest time that this program had no turn."""

    def __init__(self):
        super().__init__(daemon=True)
        self.longest = 0.0

    def run(self):
        last = time.monotonic()
        while True:
            time.sleep(0.5)
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last - 0.5), now

    def take(self):
        longest, self.longest = self.longest, 0.0
        return longest


class Targets(http.server.ThreadingHTTPServer):
    """All targets on one port, each its own path. Series i of a page was born at the last turn that replaced it."""
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, options):
        super().__init__(("127.0.0.1", 0), Page)
        self.options = options
        self.began = time.monotonic()

    def turn(self):
        return int((time.monotonic() - self.began) / self.options.churn_every)

    def page(self, target):
        options, turn = self.options, self.turn()
        moved = max(1, int(options.series * options.churn_share))
        rounds = max(1, options.series // moved)
        now = time.monotonic() - self.began
        lines = ["# TYPE soak gauge"]
        for i in range(options.series):
            # Turn t replaces the series of part t % rounds.
            part = min(i // moved, rounds - 1)
            born = 0 if turn < part + 1 else turn - (turn - part - 1) % rounds
            lines.append('soak{series="%d",born="%d"} %d' % (i, born, int(now) * (i % 7 + 1)))
        return "\n".join(lines) + "\n"


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.server.page(self.path).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Node:
    def __init__(self, options, targets):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.data = os.path.join(options.out, "data")
        config = os.path.join(options.out, "prometheus.yml")
        with open(config, "w") as file:
            file.write("global: {scrape_interval: %ds, scrape_timeout: %ds}\nscrape_configs:\n" % (options.interval, options.interval))
            for i in range(options.targets):
                file.write("- {job_name: soak%d, metrics_path: /%d, static_configs: [{targets: ['127.0.0.1:%d'], labels: {instance: t%d}}]}\n"
                           % (i, i, targets.server_address[1], i))
        conf = os.path.join(options.out, "soak.conf")
        with open(conf, "w") as file:
            file.write("pleiad.storage { block-range = 10m, snapshot-interval = 5m }\n")
        self.process = subprocess.Popen(
            [options.pleiad, "--config.file=" + config, "--storage.path=" + self.data, "--conf=" + conf, "--web.listen-address=127.0.0.1:%d" % self.port],
            stdout=open(os.path.join(options.out, "node.log"), "w"), stderr=subprocess.STDOUT)

    def ask(self, path, **parameters):
        with urllib.request.urlopen("http://127.0.0.1:%d/api/v1/%s?%s" % (self.port, path, urllib.parse.urlencode(parameters)), timeout=60) as answer:
            return json.load(answer)["data"]

    def number(self, query):
        result = self.ask("query", query=query)["result"]
        return float(result[0]["value"][1]) if result else 0.0

    def ready(self):
        for _ in range(120):
            try:
                return self.ask("status/buildinfo")
            except OSError:
                time.sleep(0.5)
        raise SystemExit("the node does not become ready; see node.log")

    def state(self):
        pid = self.process.pid
        status = dict(line.split(":", 1) for line in open("/proc/%d/status" % pid) if ":" in line)
        ticks = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
        files = bytes_ = snapshots = 0
        for folder, _, names in os.walk(self.data):
            for name in names:
                try:
                    bytes_ += os.stat(os.path.join(folder, name)).st_blocks * 512
                    if name.endswith((".snap", ".chk")):
                        snapshots += 1
                    else:
                        files += 1
                except FileNotFoundError:
                    pass
        memory = self.ask("status/memory")
        costs = self.ask("status/cardinality", limit=1)
        return {
            "rss_mb": int(status["VmRSS"].split()[0]) / 1024, "used_mb": memory["usedBytes"] / 2**20, "files": files, "snapshot_files": snapshots, "disk_mb": bytes_ / 2**20,
            "fds": len(os.listdir("/proc/%d/fd" % pid)), "threads": int(status["Threads"]),
            "cpu_s": (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK"), "head_series": costs["series"], "ended_series": costs["endedSeries"],
        }


def main():
    options = arguments()
    os.makedirs(options.out, exist_ok=True)
    if os.path.exists(os.path.join(options.out, "data")):
        raise SystemExit("%s has data already" % options.out)
    targets = Targets(options)
    threading.Thread(target=targets.serve_forever, daemon=True).start()
    node = Node(options, targets)
    rows, problems = [], []
    try:
        node.ready()
        names, stood_before = None, 0.0
        ticker = Ticker()
        ticker.start()
        with open(os.path.join(options.out, "minutes.tsv"), "w") as table:
            for minute in range(1, options.minutes + 1):
                time.sleep(60)
                row = {"minute": minute, **node.state()}
                scrapes = node.number("min(count_over_time(up[1m]))")
                row["scrapes_least"], row["up_least"] = scrapes, node.number("min(min_over_time(up[1m]))")
                row["stood_s"] = stood = ticker.take()
                judged, stood_before = minute > 1 and max(stood, stood_before) < 3, stood
                if judged and (scrapes < 60 // options.interval - 1 or row["up_least"] < 1):
                    problems.append("minute %d: a target had %d scrapes, up %g" % (minute, scrapes, row["up_least"]))
                if names is None:
                    names = list(row)
                    table.write("\t".join(names) + "\n")
                table.write("\t".join("%g" % round(row[name], 1) for name in names) + "\n")
                table.flush()
                rows.append(row)
        held = node.number("count(soak)")
        if held != options.targets * options.series:
            problems.append("%d series at the end, %d are served" % (held, options.targets * options.series))
    finally:
        node.process.send_signal(signal.SIGTERM)
        try:
            node.process.wait(60)
        except subprocess.TimeoutExpired:
            node.process.kill()
            problems.append("the node did not end")
    third = len(rows) // 3
    report = []
    for name in ("rss_mb", "files", "fds", "threads"):
        middle, last = (statistics.median(row[name] for row in part) for part in (rows[third:2 * third], rows[2 * third:]))
        report.append("%s: middle third %g, last third %g, ratio %.3f" % (name, middle, last, last / middle))
        if last > 1.10 * middle + (16 if name == "files" else 0):
            problems.append("%s grows: %.3f" % (name, last / middle))
    if max(row["snapshot_files"] for row in rows) > 4 * SHARDS:
        problems.append("more than two snapshots of a shard: %d files" % max(row["snapshot_files"] for row in rows))
    report.append("verdict: " + ("good" if not problems else "bad\n" + "\n".join(problems)))
    with open(os.path.join(options.out, "verdict.txt"), "w") as file:
        file.write("\n".join(report) + "\n")
    print("\n".join(report))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
