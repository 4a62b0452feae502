#!/usr/bin/env python3
"""How long queries take here and elsewhere, what they cost, and whether the answers are the same.

    bench/queries/beside.py                                       # a node on scratch data, loaded, asked, ended
    bench/queries/beside.py --start pleiad,prometheus,victoria-metrics
    bench/queries/beside.py --url mine=http://127.0.0.1:9090 --url old=http://10.0.0.7:9090 --queries my.txt

Systems are started on scratch data (--start; the programs are found by their names, Pleiad's with --pleiad) or are there already (--url, as often
as you like, Pleiad, Prometheus or VictoriaMetrics; nothing is written to them unless --load is given). Those that are started are loaded by
remote write with --instances hosts, --hours hours of samples 15 s apart, 132 series each. Every query runs --runs times in each system, the systems
taking turns, after two runs that do not count. The first system is the one that the others are compared with.

Prints a table: median and 99th percentile in ms, CPU in ms a run (of the process where it was started here or --pid NAME=PID says which it is,
else from process_cpu_seconds_total of its /metrics, which is coarse), the ratio of medians, and how the answers compare: by labels and time,
1e-9 relative. VictoriaMetrics extrapolates nothing and keeps names where Prometheus drops them: its answers to many queries are others.
Ends with 0 unless a query failed in the first system. Queries run 7 s off the grid of the samples, so that windows open and
closed on the left have the same samples. Needs Python 3 alone.
"""
import argparse, json, math, os, random, re, shutil, socket, subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request

STEP = 15
MODES = ["idle", "user", "system", "iowait", "irq", "softirq", "steal", "nice"]
BOUNDS = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"]
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
import remote_write

PLEIAD = os.path.join(HERE, "../../src/Node/bin/Release/net10.0/pleiad")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", default="", help="systems to start, comma between: pleiad, prometheus, victoria-metrics")
    parser.add_argument("--url", action="append", default=[], metavar="NAME=URL", help="a system that is there already")
    parser.add_argument("--pid", action="append", default=[], metavar="NAME=PID", help="the process of such a system, for its CPU")
    parser.add_argument("--load", action="store_true", help="write the data to the systems of --url as well")
    parser.add_argument("--pleiad", default=PLEIAD, help="the program")
    parser.add_argument("--queries", default=os.path.join(HERE, "queries.txt"))
    parser.add_argument("--only", default="", metavar="REGEX", help="queries whose names match")
    parser.add_argument("--end", type=int, help="unix seconds at which queries end; default: the end of the data, or now")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--instances", type=int, default=50)
    parser.add_argument("--hours", type=float, default=2)
    parser.add_argument("--json", metavar="FILE", help="all figures go there too")
    return parser.parse_args()


class Series:
    """One series and where its value is; the same seed gives the same samples again."""

    def __init__(self, labels, value, move):
        self.labels = remote_write.labels(sorted(labels.items()))
        self.value, self.move = value, move

    def samples(self, first, count):
        out = []
        for i in range(first, first + count):
            self.value = self.move(self.value)
            out.append(remote_write.sample(self.value, i * STEP * 1000))
        return remote_write.series(self.labels, b"".join(out))


def data(instances):
    chance = random.Random(1)

    def counter(last):
        return 0.0 if chance.randrange(5000) == 0 else round(last + chance.random() * STEP, 2)

    def wander(least, most, width):
        return lambda last: round(min(most, max(least, last + (chance.random() - 0.5) * width)), 2)

    for host in range(instances):
        common = {"instance": "host-%d:9100" % host, "job": "node"}
        yield Series(dict(common, __name__="node_load1"), 2.0, wander(0, 8, 0.5))
        yield Series(dict(common, __name__="node_memory_free_bytes"), 2e9, wander(1e8, 8e9, 1e7))
        yield Series(dict(common, __name__="node_uname_info", release="6.%d.0" % (host % 3)), 1, lambda last: 1)
        for cpu in range(4):
            for mode in MODES:
                yield Series(dict(common, __name__="node_cpu_seconds_total", cpu=str(cpu), mode=mode), 0.0, counter)
        for handler in ["/", "/api", "/graph", "/static", "/login", "/metrics", "/health", "/write"]:
            for i, bound in enumerate(BOUNDS):
                # Independent steps whose mean grows with the bound: cumulative to the eye of histogram_quantile.
                grown = (i + 1) * 3
                yield Series(dict(common, __name__="http_seconds_bucket", handler=handler, le=bound), 0.0, lambda last, grown=grown: last + grown + chance.randrange(3))


class System:
    def __init__(self, name, url, pid=None, process=None):
        self.name, self.url, self.pid, self.process = name, url.rstrip("/"), pid, process
        self.extra = {"nocache": "1"} if "victoria" in name else {}

    def cpu(self):
        """CPU seconds so far, or None."""
        if self.pid:
            fields = open("/proc/%d/stat" % self.pid).read().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        try:
            page = urllib.request.urlopen(self.url + "/metrics", timeout=30).read().decode()
        except (urllib.error.URLError, OSError):
            return None
        found = re.search(r"^process_cpu_seconds_total(?:\{[^}]*\})? (\S+)", page, re.M)
        return float(found.group(1)) if found else None

    def ask(self, path, parameters):
        request = self.url + path + "?" + urllib.parse.urlencode(dict(parameters, **self.extra))
        began = time.perf_counter()
        try:
            body = urllib.request.urlopen(request, timeout=300).read()
        except urllib.error.HTTPError as error:
            return time.perf_counter() - began, None, "%d %s" % (error.code, error.read()[:200].decode(errors="replace"))
        return time.perf_counter() - began, body, None

    def write(self, body):
        urllib.request.urlopen(remote_write.request(self.url, body), timeout=300).read()

    def end(self):
        if self.process:
            self.process.terminate()
            self.process.wait()


def start(name, options, scratch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % free.getsockname()[1]
    directory = os.path.join(scratch, name)
    os.makedirs(directory)
    config = os.path.join(directory, "empty.yml")
    with open(config, "w") as file:
        file.write("global: {scrape_interval: 1h}\n")
    store = os.path.join(directory, "data")
    command = {
        "pleiad": [options.pleiad, "--config.file=" + config, "--storage.path=" + store, "--web.listen-address=" + address, "--web.enable-remote-write-receiver"],
        "prometheus": ["prometheus", "--config.file=" + config, "--storage.tsdb.path=" + store, "--web.listen-address=" + address,
                       "--web.enable-remote-write-receiver", "--log.level=warn"],
        "victoria-metrics": ["victoria-metrics", "-storageDataPath=" + store, "-httpListenAddr=" + address, "-loggerLevel=ERROR", "-search.latencyOffset=0s",
                             "-retentionPeriod=100y"],
    }.get(name)
    if command is None or shutil.which(command[0]) is None:
        raise SystemExit("%s: no such system, or its program is not there" % name)
    process = subprocess.Popen(command, stdout=open(os.path.join(directory, "log"), "w"), stderr=subprocess.STDOUT)
    system = System(name, "http://" + address, process.pid, process)
    for _ in range(1200):
        if process.poll() is not None:
            raise SystemExit("%s has ended: see %s/log" % (name, directory))
        try:
            urllib.request.urlopen(system.url + ("/health" if "victoria" in name else "/-/ready"), timeout=5)
            return system
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("%s does not become ready" % name)


def load(systems, options, end):
    """Ten minutes of everybody at a time: what is older than the newest samples of a neighbour would be refused."""
    every, last = list(data(options.instances)), end // STEP
    first = last - int(options.hours * 3600 / STEP)
    began, spent, total = time.monotonic(), {system.name: 0.0 for system in systems}, 0
    for at in range(first, last, 40):
        count = min(40, last - at)
        encoded = [one.samples(at, count) for one in every]
        total += len(every) * count
        for some in range(0, len(encoded), 500):
            body = b"".join(encoded[some:some + 500])
            for system in systems:
                before = time.monotonic()
                system.write(body)
                spent[system.name] += time.monotonic() - before
    for system in systems:
        if "victoria" in system.name:
            # It shows what was written a second later, or when asked to.
            urllib.request.urlopen(system.url + "/internal/force_flush", timeout=60).read()
            time.sleep(2)
    print("%d series, %d samples; seconds of writing: %s; all in %.0f s" % (
        len(every), total, ", ".join("%s %.1f" % one for one in spent.items()), time.monotonic() - began), flush=True)


def seconds(text):
    return int(text[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[text[-1]]


def read_queries(options, end):
    for line in open(options.queries):
        parts = [part.strip() for part in line.split("::", 2)]
        if line.startswith("#") or len(parts) != 3 or not re.search(options.only, parts[0]):
            continue
        text = re.sub(r"\{end(?:-(\d+[smhd]))?\}", lambda found: str(end - (seconds(found.group(1)) if found.group(1) else 0)), parts[2])
        kind = parts[1].split()
        if kind[0] == "instant":
            yield parts[0], "/api/v1/query", {"query": text, "time": end}
        else:
            yield parts[0], "/api/v1/query_range", {"query": text, "start": end - seconds(kind[1]), "end": end, "step": kind[2]}


def points(body):
    """The answer as labels and time to text of the value."""
    answer = json.loads(body)["data"]
    if answer["resultType"] in ("scalar", "string"):
        return {("", float(answer["result"][0])): answer["result"][1]}
    out = {}
    for series in answer["result"]:
        labels = json.dumps(series["metric"], sort_keys=True)
        if "value" in series:
            # The time of an instant is the question's; not everybody repeats it.
            out[labels, 0.0] = series["value"][1]
        for at, value in series.get("values", []):
            out[labels, float(at)] = value
    return out


def compare(ours, theirs):
    if ours is None or theirs is None:
        return "failed"
    left, right = points(ours), points(theirs)
    if not left and not right:
        return "both empty"
    if left.keys() != right.keys():
        return "%d points here, %d there alone" % (len(left.keys() - right.keys()), len(right.keys() - left.keys()))
    worst = 0.0
    for key, text in left.items():
        a, b = float(text), float(right[key])
        if a != b and not (math.isnan(a) and math.isnan(b)):
            worst = max(worst, abs(a - b) / max(abs(a), abs(b)) if math.isfinite(a - b) else math.inf)
    return "equal" if worst <= 1e-9 else "differs by %.2g" % worst


def percentile(sorted_times, share):
    return sorted_times[min(len(sorted_times) - 1, max(0, math.ceil(share * len(sorted_times)) - 1))]


def measure(systems, query, options):
    name, path, parameters = query
    times, answers, costs, errors = {s.name: [] for s in systems}, {}, {s.name: 0.0 for s in systems}, {}
    for run in range(-2, options.runs):
        for system in systems:
            before = system.cpu() if run >= 0 else None
            took, answers[system.name], errors[system.name] = system.ask(path, parameters)
            if run >= 0:
                after = system.cpu()
                times[system.name].append(took * 1000)
                costs[system.name] = None if before is None or after is None or costs[system.name] is None else costs[system.name] + (after - before) * 1000
    figures = {}
    for system in systems:
        ordered = sorted(times[system.name])
        figures[system.name] = {
            "p50": percentile(ordered, 0.5), "p99": percentile(ordered, 0.99), "error": errors[system.name],
            "cpu": None if costs[system.name] is None else costs[system.name] / options.runs,
            "answer": compare(answers[systems[0].name], answers[system.name])}
    return figures


def main():
    options = arguments()
    names = [name for name in options.start.split(",") if name] or ([] if options.url else ["pleiad"])
    pids = dict(one.split("=", 1) for one in options.pid)
    scratch = tempfile.mkdtemp(prefix="queries-")
    systems, started = [], []
    try:
        for name in names:
            started.append(start(name, options, scratch))
        there = [System(name, url, int(pids[name]) if name in pids else None) for name, url in (one.split("=", 1) for one in options.url)]
        systems = there + started
        end = options.end or (int(time.time()) // STEP * STEP - 60)
        loaded = started + (there if options.load else [])
        if loaded:
            load(loaded, options, end)
        print("\n| query | " + " | ".join("%s p50 / p99 / CPU ms" % s.name for s in systems) + "".join(" | %s : %s | answer" % (s.name, systems[0].name) for s in systems[1:]) + " |")
        print("|---" * (1 + len(systems) + 2 * (len(systems) - 1)) + "|", flush=True)
        every, failed = {}, False
        for query in read_queries(options, end - STEP + 7 if loaded else end):
            figures = every[query[0]] = measure(systems, query, options)
            cells = ["%.2f / %.2f / %s" % (f["p50"], f["p99"], "?" if f["cpu"] is None else "%.1f" % f["cpu"]) if f["error"] is None else f["error"]
                     for f in (figures[s.name] for s in systems)]
            for other in systems[1:]:
                cells += ["%.2f" % (figures[other.name]["p50"] / figures[systems[0].name]["p50"]), figures[other.name]["answer"]]
            print("| %s | %s |" % (query[0], " | ".join(cells)), flush=True)
            failed |= figures[systems[0].name]["error"] is not None
        for other in systems[1:]:
            ratios = [f[other.name]["p50"] / f[systems[0].name]["p50"] for f in every.values()]
            print("%s : %s, geometric mean of p50 %.2f; answers not equal: %s" % (
                other.name, systems[0].name, math.exp(sum(map(math.log, ratios)) / len(ratios)),
                ", ".join(name for name, f in every.items() if f[other.name]["answer"] not in ("equal", "both empty")) or "none"))
        if options.json:
            with open(options.json, "w") as file:
                json.dump(every, file, indent=1)
        return 1 if failed else 0
    finally:
        for system in started:
            system.end()
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
