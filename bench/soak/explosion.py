#!/usr/bin/env python3
"""Somebody puts a request's id into a label: what becomes of a node, and of it after a kill.

    bench/soak/explosion.py --pleiad src/Node/bin/Release/net10.0/pleiad --out DIR [--series 10000000]

Starts a node with default limits, writes 1,000 old series, then the new ones by remote write (64 targets, one metric, a label that is never the
same), goes on writing the old ones meanwhile, kills the node with SIGKILL, starts it again and looks whether the old series have every sample.
Prints what it saw, one line a step, and ends with 0 where no old sample is missing. Needs Python 3 alone.
"""
import argparse, json, os, signal, socket, subprocess, sys, time, urllib.error, urllib.parse, urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import remote_write

OLD, IN_REQUEST, TARGETS = 1000, 20000, 64


def series(metric, instance, request, at):
    labels = remote_write.labels((("__name__", metric), ("instance", instance), ("job", "explosion"), ("request", request)))
    return remote_write.series(labels, remote_write.sample(1.0, at))


def many(metric, template, first, count, at):
    """So many series, made of one by replacing the number in it: building each anew would cost more than the node does."""
    parts = []
    for host in range(TARGETS):
        whole = series(metric, "host%d" % host, template % 0, at)
        parts.append(whole.split(b"00000000"))
    out = []
    for i in range(first, first + count):
        before, after = parts[i % TARGETS]
        out += (before, b"%08x" % i, after)
    return b"".join(out)


class Node:
    def __init__(self, options, arguments=(), enter=None):
        """Starts a node; further arguments of its command line, and what its process does before it becomes the node."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        config = os.path.join(options.out, "empty.yml")
        with open(config, "w") as file:
            file.write("global: {scrape_interval: 1h}\n")
        began = time.monotonic()
        self.process = subprocess.Popen(
            [options.pleiad, "--config.file=" + config, "--storage.path=" + os.path.join(options.out, "data"),
             "--web.listen-address=127.0.0.1:%d" % self.port, "--web.enable-remote-write-receiver", *arguments],
            stdout=open(os.path.join(options.out, "node.log"), "a"), stderr=subprocess.STDOUT, preexec_fn=enter)
        self.peak_anon = 0
        while True:
            self.peak_anon = max(self.peak_anon, self.memory("RssAnon"))
            try:
                urllib.request.urlopen("http://127.0.0.1:%d/-/ready" % self.port, timeout=5)
                break
            except (urllib.error.URLError, OSError):
                if self.process.poll() is not None or time.monotonic() - began > 600:
                    raise SystemExit("the node does not become ready")
                time.sleep(0.05)
        print("ready after %.2f s, resident %d MiB, at most %d MiB; without files %d MiB, at most %d MiB" % (
            time.monotonic() - began, self.memory("VmRSS"), self.memory("VmHWM"), self.memory("RssAnon"), self.peak_anon), flush=True)

    def memory(self, name):
        """In MiB; 0 where the process has ended. RssAnon is what is resident without files, whose pages the system takes back when it needs them."""
        return next((int(line.split()[1]) for line in open("/proc/%d/status" % self.process.pid) if line.startswith(name)), 0) // 1024

    def write(self, body):
        try:
            return urllib.request.urlopen(remote_write.request("http://127.0.0.1:%d" % self.port, body), timeout=120).status
        except urllib.error.HTTPError as error:
            error.read()
            return error.code

    def ask(self, path, **parameters):
        with urllib.request.urlopen("http://127.0.0.1:%d/api/v1/%s?%s" % (self.port, path, urllib.parse.urlencode(parameters)), timeout=120) as answer:
            return json.load(answer)["data"]

    def report(self, what):
        began = time.monotonic()
        costs = self.ask("status/cardinality", limit=1)
        print("%s: %d series, of them %s; cardinality took %.2f s; resident %d MiB, at most %d MiB; memory %s" % (
            what, costs["series"], costs["metrics"][:1], time.monotonic() - began, self.memory("VmRSS"), self.memory("VmHWM"),
            self.ask("status/memory")["step"]), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pleiad", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--series", type=int, default=10_000_000)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    node = Node(options)
    written = []
    slowest = 0.0

    def write_old():
        nonlocal slowest
        at = int(time.time() * 1000)
        body = many("old", "%08x", 0, OLD, at)
        began = time.monotonic()
        for _ in range(100):
            if node.write(body) == 204:
                written.append(at)
                slowest = max(slowest, time.monotonic() - began)
                return
            time.sleep(0.1)
        raise SystemExit("samples of old series are not taken")

    try:
        write_old()
        node.report("before")
        answers, began = {}, time.monotonic()
        for first in range(0, options.series, IN_REQUEST):
            status = node.write(many("exploding", "c0ffee-%08x-beef", first, IN_REQUEST, int(time.time() * 1000)))
            answers[status] = answers.get(status, 0) + 1
            if first // IN_REQUEST % 25 == 24:
                write_old()
        print("%d new series in %.0f s; answers %s; slowest write of the old ones %.2f s" % (options.series, time.monotonic() - began, answers, slowest), flush=True)
        write_old()
        node.report("after")
        node.process.send_signal(signal.SIGKILL)
        node.process.wait()
        node = Node(options)
        write_old()
        node.report("after the kill")
        found = {}
        for one in node.ask("query", query="old[1h]")["result"]:
            found[one["metric"]["request"]] = [round(float(at) * 1000) for at, _ in one["values"]]
        missing = sum(len(set(written) - set(found.get("%08x" % i, []))) for i in range(OLD))
        print("old series: %d of %d, %d samples each, %d missing" % (len(found), OLD, len(written), missing), flush=True)
        return 1 if missing else 0
    finally:
        node.process.kill()


if __name__ == "__main__":
    sys.exit(main())
