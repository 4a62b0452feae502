"""What the measurements of a cluster share: pages that are served, a cluster that ./cluster starts, and figures read from its nodes and its PostgreSQL."""
import asyncio, glob, gzip, multiprocessing, os, random, re, signal, subprocess, time, urllib.error, urllib.parse, urllib.request, json

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CGROUPS = "/sys/fs/cgroup/cpu"


def synthetic_pages(series, pages=40):
    """Pages of one target: of ten series five stand still, three are counters, two are gauges with two decimals."""
    chance = random.Random(1)
    values = [float(i) for i in range(series)]
    made = []
    for _ in range(pages):
        lines = ["# TYPE load gauge"]
        for i in range(series):
            kind = i % 10
            if kind >= 8:
                values[i] = round(values[i] + chance.uniform(-3, 3), 2)
            elif kind >= 5:
                values[i] += chance.randrange(50)
            lines.append('load{series="%d"} %s' % (i, repr(values[i]).removesuffix(".0")))
        made.append("\n".join(lines).encode() + b"\n")
    return made


def captured_pages(path):
    """Pages of a capture: expositions one after the other, each behind a line `# scrape N TIME`."""
    with gzip.open(path, "rb") as file:
        parts = re.split(rb"^# scrape .*\n", file.read(), flags=re.M)
    return [part for part in parts if part]


def samples_of(page):
    return sum(1 for line in page.split(b"\n") if line and not line.startswith(b"#"))


class Pages:
    """Serves the pages, another one at each scrape of a target, from a process of its own. Path /tN is target N, which begins elsewhere among them."""

    def __init__(self, pages):
        here, there = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=_serve, args=(pages, there), daemon=True)
        self.process.start()
        self.port = here.recv()

    def close(self):
        self.process.kill()


def _serve(pages, tell):
    answers = [b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: %d\r\n\r\n" % len(page) + page for page in pages]
    scrapes = {}

    class Target(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport, self.asked = transport, b""

        def data_received(self, data):
            self.asked += data
            while b"\r\n\r\n" in self.asked:
                head, self.asked = self.asked.split(b"\r\n\r\n", 1)
                target = int(head.split(b" ", 2)[1][2:])
                scrapes[target] = at = scrapes.get(target, target * 7) + 1
                self.transport.write(answers[at % len(answers)])

    async def run():
        server = await asyncio.get_running_loop().create_server(Target, "127.0.0.1", 0, backlog=1024)
        tell.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(run())


class Cluster:
    """Nodes and a PostgreSQL on this machine, in a directory of their own."""

    def __init__(self, home, pages, flags="", share=None):
        """share: of one core, for each node alone; None for all they can get. Needs the control groups of version 1 and root."""
        self.home, self.pages, self.share, self.targets, self.interval = home, pages, share, 0, 1.0
        self.env = dict(os.environ, PLEIAD_CLUSTER=home, PLEIAD_FLAGS=flags)
        os.makedirs(home, exist_ok=True)
        self.configure(0, 1.0)

    def configure(self, targets, interval):
        """So many targets from the next start or reload on."""
        self.targets, self.interval = targets, interval
        with open(os.path.join(self.home, "prometheus.yml"), "w") as file:
            file.write("global: {scrape_interval: %dms, scrape_timeout: %dms}\nscrape_configs:\n- job_name: load\n  static_configs:%s\n" % (
                interval * 1000, interval * 1000, "" if targets else " []"))
            for i in range(targets):
                file.write("  - {targets: ['127.0.0.1:%d'], labels: {instance: 'host-%05d:9100', __metrics_path__: /t%d}}\n" % (self.pages.port, i, i))

    def run(self, *arguments):
        done = subprocess.run([os.path.join(ROOT, "cluster"), *arguments], env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        if done.returncode:
            raise SystemExit("./cluster %s: %s" % (" ".join(arguments), done.stdout))

    def start(self, nodes):
        self.run(str(nodes))
        for number in self.numbers():
            self.limit(number)
        self.settled(nodes)

    def add(self, number):
        """Starts one more node, without waiting for more than that it is ready."""
        self.run("start", str(number))
        self.limit(number)

    def limit(self, number):
        if self.share is None:
            return
        group = os.path.join(CGROUPS, "pleiad-%d-%d" % (os.getpid(), number))
        os.makedirs(group, exist_ok=True)
        with open(os.path.join(group, "cpu.cfs_period_us"), "w") as file:
            # Short, so that a message between two nodes waits for a few milliseconds where they have used up theirs.
            file.write("20000")
        with open(os.path.join(group, "cpu.cfs_quota_us"), "w") as file:
            file.write("%d" % int(20000 * self.share))
        with open(os.path.join(group, "cgroup.procs"), "w") as file:
            file.write(str(self.pid(number)))

    def unlimited(self, number):
        """While a node starts it would be waited for in vain."""
        group = os.path.join(CGROUPS, "pleiad-%d-%d" % (os.getpid(), number))
        if os.path.isdir(group):
            with open(os.path.join(group, "cpu.cfs_quota_us"), "w") as file:
                file.write("-1")

    def clean(self):
        self.run("clean")
        time.sleep(0.5)
        for group in glob.glob(os.path.join(CGROUPS, "pleiad-%d-*" % os.getpid())):
            try:
                os.rmdir(group)
            except OSError:
                print("left behind: " + group)

    def numbers(self):
        return sorted(int(os.path.basename(os.path.dirname(path))[4:]) for path in glob.glob(os.path.join(self.home, "node*", "pid")))

    def read(self, number, what):
        return open(os.path.join(self.home, "node%d" % number, what)).read().strip()

    def pid(self, number):
        return int(self.read(number, "pid"))

    def get(self, number, path, timeout=60, **parameters):
        address = "http://127.0.0.1:%s%s" % (self.read(number, "http"), path)
        data = urllib.parse.urlencode(parameters).encode() if parameters else None
        with urllib.request.urlopen(urllib.request.Request(address, data), timeout=timeout) as answer:
            return answer.read().decode()

    def query(self, number, promql, **parameters):
        """The answer as JSON; raises where it is an error."""
        return json.loads(self.get(number, "/api/v1/query", query=promql, **parameters))

    def reload(self):
        number = self.numbers()[0]
        address = "http://127.0.0.1:%s/-/reload" % self.read(number, "http")
        for attempt in range(12):
            try:
                urllib.request.urlopen(urllib.request.Request(address, b""), timeout=120).read()
                return
            except urllib.error.HTTPError:
                # Not taken over in time: the node has too much to do just then.
                if attempt == 11:
                    raise
                time.sleep(5)

    def metrics(self):
        """Own metrics of all nodes, added up, by name with labels."""
        total = {}
        for number in self.numbers():
            for line in self.get(number, "/metrics").split("\n"):
                if line and not line.startswith("#"):
                    name, value = line.rsplit(" ", 1)
                    total[name] = total.get(name, 0.0) + float(value)
        return total

    def shards(self, number=None):
        return json.loads(self.get(number or self.numbers()[0], "/api/v1/cluster?others=false"))["data"].get("shards", [])

    def settled(self, nodes):
        """Waits until all of so many nodes lead and nothing moves."""
        for _ in range(600):
            # Where the machine stands still for others, a node may be taken for dead; it ends then, and whoever supervises it starts it again.
            for number in self.numbers():
                if not os.path.exists("/proc/%d" % self.pid(number)):
                    print("node%d had ended and is started again; load %s" % (number, load_average()), flush=True)
                    self.add(number)
            try:
                seen = [self.shards(number) for number in self.numbers()]
                if all(shards and all(shard["leader"] for shard in shards) and len({shard["leader"] for shard in shards}) == nodes and not any("movingTo" in shard for shard in shards) for shards in seen):
                    return
            except (urllib.error.URLError, OSError, KeyError, TypeError):
                pass
            time.sleep(0.5)
        raise SystemExit("the cluster does not settle")

    def sql(self, text):
        port = open(os.path.join(self.home, "postgres.port")).read().strip()
        return subprocess.run(["psql", "-h", "127.0.0.1", "-p", port, "-U", "pleiad", "-Atc", text, "postgres"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

    def cpu_of_nodes(self):
        return sum(_cpu(self.pid(number)) for number in self.numbers())

    def cpu_of_postgres(self):
        """Of the server and all its processes; those that have ended count through their parent."""
        head = int(open(os.path.join(self.home, "postgres", "data", "postmaster.pid")).readline())
        children = [int(pid) for pid in open("/proc/%d/task/%d/children" % (head, head)).read().split()] if os.path.exists("/proc/%d/task/%d/children" % (head, head)) else _children(head)
        return _cpu(head, with_children=True) + sum(_cpu(pid) for pid in children)


def _children(parent):
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            if int(open(path).read().rsplit(")", 1)[1].split()[1]) == parent:
                found.append(int(path.split("/")[2]))
        except OSError:
            pass
    return found


def _cpu(pid, with_children=False):
    try:
        ticks = [int(tick) for tick in open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[11:15]]
    except OSError:
        return 0.0
    return sum(ticks if with_children else ticks[:2]) / os.sysconf("SC_CLK_TCK")


def quantile(before, after, name, q):
    """A quantile of a histogram between two readings of the metrics: the upper end of the bucket that it lies in, and the share of what is beyond the last one."""
    buckets = {}
    for key, value in after.items():
        match = re.match(re.escape(name) + r'_bucket\{.*le="([^"]+)"', key)
        if match:
            bound = float("inf") if match[1] == "+Inf" else float(match[1])
            buckets[bound] = buckets.get(bound, 0.0) + value - before.get(key, 0.0)
    total = buckets.get(float("inf"), 0.0)
    for bound in sorted(buckets):
        if total and buckets[bound] >= q * total:
            return bound
    return float("nan")


def load_average():
    return open("/proc/loadavg").read().split()[0]
