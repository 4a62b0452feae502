#!/usr/bin/env python3
"""Flips a byte of every kind of file of a data directory and starts the real binary on it: no wrong value, no hole that is not told, and the rest stays.

    bench/soak/flipped_bytes.py --pleiad src/Node/bin/Release/net10.0/pleiad --out DIR [--flips 4] [--files 3] [--seed 1] [--kind block]

Makes a directory with everything in it: 27 hours of samples of two shards by remote write, blocks, rollups, snapshots and their chunk files, a deletion,
exemplars, a dashboard, and a journal that was written on until SIGKILL. Then for each file (at most so many of a kind) and each flip: a copy, one byte of
one file changed, a start, and everything asked: raw samples against the ledger of what was written, aggregates (with rollups before samples) against
those of the sound directory, exemplars, the dashboard, the counters of damage and the log. Bad is a sample that was never written or has another value, one
that is missing although no warning says so and no counter counts it, an aggregate that differs without a warning, and a start that fails without a word.
Prints a line for each flip and a table of kinds, and ends with 0 where nothing was bad. Needs Python 3 alone.
"""
import argparse, collections, json, os, random, re, shutil, signal, socket, struct, subprocess, sys, time, urllib.error, urllib.parse, urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import remote_write

SERIES, STEP_MS, HOURS = 40, 60_000, 27
CONF = """pleiad.storage {
  shards = 2
  snapshot-interval = 10s
  segment-size = 1MiB
  retention = 30d
  # Much more than there is, but so little that snapshots are taken to cut the journal.
  retention-size = 4MiB
  rollups { enabled = on, window = 2h }
}
"""
DAMAGE = re.compile(r"^pleiad_\w*(damaged|quarantined|losses_noted|torn)\w*_total(\{[^}]*\})? ([1-9]\S*)", re.M)


class Node:
    def __init__(self, options, data, log):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = log
        conf, empty = os.path.join(options.out, "node.conf"), os.path.join(options.out, "empty.yml")
        with open(conf, "w") as file:
            file.write(CONF)
        with open(empty, "w") as file:
            file.write("global: {scrape_interval: 1h}\n")
        self.process = subprocess.Popen(
            [options.pleiad, "--config.file=" + empty, "--conf=" + conf, "--storage.path=" + data, "--web.listen-address=127.0.0.1:%d" % self.port,
             "--web.enable-remote-write-receiver", "--web.enable-admin-api"], stdout=open(log, "w"), stderr=subprocess.STDOUT)

    def is_ready(self):
        """Whether it became ready; not where it has ended before."""
        end = time.monotonic() + 180
        while time.monotonic() < end and self.process.poll() is None:
            try:
                urllib.request.urlopen("http://127.0.0.1:%d/-/ready" % self.port, timeout=5)
                return True
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        return False

    def call(self, path, body=None, method=None):
        request = urllib.request.Request("http://127.0.0.1:%d%s" % (self.port, path), body, {"Content-Type": "application/json"} if body else {}, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read().decode()

    def ask(self, path, **parameters):
        return json.loads(self.call("/api/v1/%s?%s" % (path, urllib.parse.urlencode(parameters))))

    def end(self, sort):
        self.process.send_signal(sort)
        self.process.wait(120)

    def words(self):
        return open(self.log, errors="replace").read()


def value(series, at):
    """Integers, decimals and reals, by series; exact in text."""
    base = (series * 1_000_003 + at // 1000 * 7919) % 1_000_000
    return base if series % 3 == 0 else base / 100 if series % 3 == 1 else base / 7


def body(name, times, exemplars=False):
    out = b""
    for series in range(SERIES):
        labels = remote_write.labels((("__name__", name), ("instance", "host%d" % (series % 8)), ("series", "%d" % series)))
        samples = b"".join(remote_write.sample(value(series, at), at) for at in times)
        if exemplars:
            trace = remote_write.field(1, remote_write.field(1, b"trace_id") + remote_write.field(2, b"t%d" % series))
            samples += remote_write.field(3, trace + b"\x11" + struct.pack("<d", series) + b"\x18" + remote_write.varint(times[-1]))
        out += remote_write.series(labels, samples)
    return out


def write(node, data):
    urllib.request.urlopen(remote_write.request("http://127.0.0.1:%d" % node.port, data), timeout=120).read()


def kind_of(path):
    name = os.path.basename(path)
    if path.startswith("log/"):
        return "journal"
    for start in ("block", "rollup", "head", "chunks"):
        if name.startswith(start + "-"):
            return {"head": "snapshot"}.get(start, start)
    return re.sub(r"[0-9a-f]{8,}|\d+", "N", name)


def files_of(data):
    found = []
    for folder, _, names in os.walk(data):
        found += [os.path.relpath(os.path.join(folder, name), data) for name in names]
    return sorted(path for path in found if os.path.getsize(os.path.join(data, path)) > 0)


def make(options, data):
    """Fills a directory, and returns what is in it: the times that were written."""
    node = Node(options, data, os.path.join(options.out, "make.log"))
    assert node.is_ready(), node.words()
    last = int(time.time()) // 60 * 60_000
    times = list(range(last - HOURS * 3_600_000, last, STEP_MS))
    for first in range(0, len(times), 60):
        write(node, body("ledger", times[first:first + 60], exemplars=True))
        write(node, body("gone", times[first:first + 60]))
    node.call("/api/dashboards/db", json.dumps({"dashboard": {"uid": "flips", "title": "Flipped", "panels": [], "tags": ["a", "b"]}, "overwrite": True}).encode())
    node.call("/api/v1/admin/tsdb/delete_series?" + urllib.parse.urlencode({"match[]": "gone"}), method="POST")
    end = time.monotonic() + 240
    want = {"block", "rollup", "snapshot", "chunks"}
    while time.monotonic() < end and not want <= {kind_of(path) for path in files_of(data)}:
        time.sleep(1)
    node.end(signal.SIGTERM)

    # What comes now is in the journal alone.
    node = Node(options, data, os.path.join(options.out, "make2.log"))
    assert node.is_ready(), node.words()
    more = [last + second * 1000 for second in range(0, 50, 5)]
    for at in more:
        write(node, body("ledger", [at]))
    node.end(signal.SIGKILL)
    return times + more


def look(node, times):
    """Everything that is asked of a node."""
    at = times[-1] / 1000
    raw = node.ask("query", query="ledger[30h]", time=at)
    gone = node.ask("query", query="gone[30h]", time=at)
    aggregates = {}
    for query in ("sum_over_time(ledger[2h])", "count_over_time(ledger[2h])", "max_over_time(ledger[2h])"):
        end = times[0] // 7_200_000 * 7200 + 26 * 3600
        aggregates[query] = node.ask("query_range", query=query, start=end - 22 * 3600, end=end, step=7200, rollups="prefer")
    exemplars = node.ask("query_exemplars", query="ledger", start=times[0] / 1000, end=at)
    try:
        dashboard = json.loads(node.call("/api/dashboards/uid/flips"))["dashboard"]
    except urllib.error.HTTPError as error:
        dashboard = "%d %s" % (error.code, error.read().decode()[:120])
    return raw, gone, aggregates, exemplars, dashboard


def series_of(answer):
    return {json.dumps(one["metric"], sort_keys=True): {round(float(at) * 1000): float(v) for at, v in one.get("values", [])} for one in answer["data"]["result"]}


def judge(sound, now, times, words, metrics):
    """What is bad, and what was lost."""
    bad, lost = [], 0
    counters = ["%s=%s" % (found.group(0).split("{")[0].split(" ")[0][len("pleiad_"):], found.group(3)) for found in DAMAGE.finditer(metrics)]
    is_told = bool(counters)
    raw = series_of(now[0])
    warned = bool(now[0].get("warnings"))
    for series in range(SERIES):
        key = json.dumps({"__name__": "ledger", "instance": "host%d" % (series % 8), "series": "%d" % series}, sort_keys=True)
        found = raw.pop(key, {})
        wrong = [at for at, v in found.items() if at not in times or v != value(series, at)]
        lost += sum(at not in found for at in times)
        if wrong:
            bad.append("%d wrong samples of series %d, at %d first" % (len(wrong), series, wrong[0]))
    if raw:
        bad.append("%d series that were never written" % len(raw))
    if lost and not warned:
        bad.append("%d samples are missing and the answer has no warning" % lost)
    if lost and not is_told:
        bad.append("%d samples are missing and no counter counts it" % lost)
    if now[1]["data"]["result"] and "eletions" not in words:
        bad.append("what was deleted is there again, and the log does not say so")
    for query, answer in now[2].items():
        if series_of(answer) != series_of(sound[2][query]) and not answer.get("warnings"):
            bad.append("another answer without a warning: " + query)
    if now[3]["data"] != sound[3]["data"] and not is_told:
        bad.append("other exemplars, and no counter counts it")
    if now[4] != sound[4] and not (isinstance(now[4], str) and "damaged" in words):
        bad.append("another dashboard: %s" % str(now[4])[:100])
    return bad, lost, counters


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pleiad", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--flips", type=int, default=4, help="of each file: the first byte, the last, and others by chance")
    parser.add_argument("--files", type=int, default=3, help="of each kind, the largest")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", help="only these, with commas between them")
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    data, copy, log = (os.path.join(options.out, name) for name in ("sound", "flipped", "node.log"))
    shutil.rmtree(data, ignore_errors=True)
    all_times = make(options, data)
    times = dict.fromkeys(all_times)
    chance = random.Random(options.seed)

    def run(flip):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(data, copy)
        flip()
        node = Node(options, copy, log)
        try:
            if not node.is_ready():
                return None, node.words(), ""
            seen = look(node, all_times)
            metrics = node.call("/metrics")
            return seen, node.words(), metrics
        finally:
            node.process.kill()
            node.process.wait()

    sound, words, metrics = run(lambda: None)
    assert sound is not None, words
    bad, lost, counters = judge(sound, sound, times, words, metrics)
    if bad or lost or sound[1]["data"]["result"] or not sound[3]["data"]:
        raise SystemExit("the sound directory is not sound: %s, %d lost, %s" % (bad, lost, str(sound[1])[:200]))
    kinds = collections.defaultdict(list)
    for path in sorted(files_of(data), key=lambda path: -os.path.getsize(os.path.join(data, path))):
        kinds[kind_of(path)].append(path)
    print("files: " + ", ".join("%s %d" % (kind, len(paths)) for kind, paths in sorted(kinds.items())), flush=True)
    table, failed = {}, 0
    for kind, paths in sorted(kinds.items()):
        if options.kind and kind not in options.kind.split(","):
            continue
        row = table.setdefault(kind, collections.Counter())
        for path in paths[:options.files]:
            size = os.path.getsize(os.path.join(data, path))
            for place in ([0, size - 1] + [chance.randrange(size) for _ in range(options.flips - 2)])[:options.flips]:
                change = chance.randrange(1, 256)

                def flip():
                    with open(os.path.join(copy, path), "r+b") as file:
                        file.seek(place)
                        was = file.read(1)[0]
                        file.seek(place)
                        file.write(bytes([was ^ change]))

                now, words, metrics = run(flip)
                row["flips"] += 1
                where = "%s byte %d of %d ^ %02x" % (path, place, size, change)
                if now is None:
                    said = [line for line in words.splitlines() if line.strip()][-1:]
                    row["refused to start"] += 1
                    is_clear = bool(said) and os.path.basename(path) in words
                    bad, text = [] if is_clear else ["a start that fails and does not name the file"], "did not start: %s" % said
                else:
                    bad, lost, counters = judge(sound, now, times, words, metrics)
                    row["told"] += bool(counters)
                    row["samples lost"] += lost
                    text = "%d lost; %s" % (lost, ", ".join(counters) or "nothing told")
                row["bad"] += bool(bad)
                failed += bool(bad)
                print("%s %s: %s%s" % ("BAD" if bad else "ok ", where, text, "; " + "; ".join(bad) if bad else ""), flush=True)
    print("| kind | flips | told by a counter | refused to start | samples lost | bad |\n|---|---:|---:|---:|---:|---:|")
    for kind, row in table.items():
        print("| %s | %d | %d | %d | %d | %d |" % (kind, row["flips"], row["told"], row["refused to start"], row["samples lost"], row["bad"]))
    print("%d bad" % failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
