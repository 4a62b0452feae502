#!/usr/bin/env python3
"""A label explosion in a control group that is too small for it, and the way back: what is refused, with which words, and when it ends.

    bench/soak/explosion_in_group.py --pleiad src/Node/bin/Release/net10.0/pleiad --out DIR [--mib 512] [--series 3000000]

Needs root (it makes a control group, version 1 or 2) and Python 3 alone. All samples but the last ones are an hour old, so that blocks of ten minutes are
sealed when the first new ones come: no run waits for an hour. Steps: 1,000 old series and then as many new ones as are tried, with heavy queries from four
clients meanwhile; the same queries afterwards; then the new series end: a sample of the old ones an hour later, which seals what was before; the same
queries; a deletion of the new series; SIGKILL and a start. After each step it prints the memory, the ladder's step and what was answered, and ends with 0
where the node lived, no answer was 500, every old sample that was acknowledged is there, and the ladder is calm at the end.
"""
import argparse, collections, json, os, signal, sys, threading, time, urllib.error, urllib.parse, urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import explosion
from explosion import IN_REQUEST, OLD, Node, many

HEAVY = (
    "exploding", 'count({__name__=~".+"})', "sum by (request) (exploding)", "sort_desc(exploding)", "topk(5, exploding)",
    "exploding + on (request) exploding", "count by (instance) (rate(exploding[5m]))", 'label_replace(exploding, "copy", "$1", "request", "(.*)")')
LISTS = ("series?match[]=exploding", "label/request/values", "status/cardinality", "status/tsdb")


class Group:
    """A control group whose memory is limited, of the version the machine has."""

    def __init__(self, mib):
        one = "/sys/fs/cgroup/memory"
        self.path, limit = (one, "memory.limit_in_bytes") if os.path.isdir(one) else ("/sys/fs/cgroup", "memory.max")
        self.path += "/pleiad-explosion-%d" % os.getpid()
        os.mkdir(self.path)
        self.put(limit, mib << 20)

    def put(self, file, value):
        with open(os.path.join(self.path, file), "w") as out:
            out.write(str(value))

    def enter(self):
        self.put("cgroup.procs", os.getpid())

    def remove(self):
        os.rmdir(self.path)


class Answers:
    """What was answered: statuses, and of those that refuse the words, each once."""

    def __init__(self):
        self.statuses, self.words, self.lock = collections.Counter(), collections.Counter(), threading.Lock()

    def add(self, status, body):
        with self.lock:
            self.statuses[status] += 1
            if status >= 400:
                words = json.loads(body).get("error", "") if body[:1] == b"{" else body.decode(errors="replace").strip()
                self.words["%d %s" % (status, "".join("#" if c.isdigit() else c for c in words)[:180])] += 1

    def show(self, what):
        print("  %s: %s" % (what, dict(self.statuses)), flush=True)
        for words, count in self.words.most_common(8):
            print("    %5d x %s" % (count, words), flush=True)


def get(node, path, answers, method="GET"):
    try:
        request = urllib.request.Request("http://127.0.0.1:%d/api/v1/%s" % (node.port, path), method=method)
        with urllib.request.urlopen(request, timeout=150) as answer:
            while answer.read(1 << 20):
                pass
            answers.add(answer.status, b"")
    except urllib.error.HTTPError as error:
        answers.add(error.code, error.read())
    except OSError as error:
        answers.add(599, str(error).encode())


def questions(at):
    return ["query?" + urllib.parse.urlencode({"query": query, "time": "%.3f" % (at / 1000)}) for query in HEAVY] + list(LISTS)


def ask_all(node, at, what):
    answers = Answers()
    for path in questions(at):
        get(node, path, answers)
    answers.show(what)
    return answers


def state(node, what):
    memory = node.ask("status/memory")
    print("%s: step %s, %d MiB in use of %d; resident %d MiB, at most %d MiB" % (
        what, memory["step"], memory["usedBytes"] >> 20, memory["limitBytes"] >> 20, node.memory("VmRSS"), node.memory("VmHWM")), flush=True)
    return memory["step"]


def state_of(node):
    return node.ask("status/memory")["step"]


def in_head(node):
    """Series in the head, where that is answered: it is not while memory is short."""
    try:
        return int(node.ask("status/tsdb")["headStats"]["numSeries"])
    except urllib.error.HTTPError:
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pleiad", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--mib", type=int, default=512)
    parser.add_argument("--series", type=int, default=3_000_000)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    conf = os.path.join(options.out, "blocks.conf")
    with open(conf, "w") as file:
        file.write("pleiad.storage.block-range = 10m\n")
    group = Group(options.mib)
    arguments = ("--conf=" + conf, "--web.enable-admin-api")
    past = int(time.time() * 1000) - 3_600_000
    written, bad, head = [], [], None
    node = Node(options, arguments, group.enter)

    def write(body, answers):
        try:
            request = explosion.remote_write.request("http://127.0.0.1:%d" % node.port, body)
            with urllib.request.urlopen(request, timeout=120) as answer:
                answers.add(answer.status, b"")
                return answer.status
        except urllib.error.HTTPError as error:
            answers.add(error.code, error.read())
            return error.code

    def write_old(at, answers):
        for _ in range(300):
            if write(many("old", "%08x", 0, OLD, at), answers) == 204:
                written.append(at)
                return
            time.sleep(0.1)
        raise SystemExit("samples of old series are not taken: %s" % dict(answers.words))

    def check_old(what):
        # In parts: while memory is short all of them at once may be too many.
        missing = 0
        for first in range(0, OLD, 256):
            ids = range(first, min(first + 256, OLD))
            found = {one["metric"]["request"]: {round(float(at) * 1000) for at, _ in one["values"]} for one in node.ask(
                "query", query='old{request=~"%s"}[3h]' % "|".join("%08x" % i for i in ids))["result"]}
            missing += sum(len(set(written) - found.get("%08x" % i, set())) for i in ids)
        print("  old series %s: %d samples each, %d missing of all" % (what, len(written), missing), flush=True)
        if missing:
            bad.append("old samples are missing " + what)

    def alive(what, *more):
        if node.process.poll() is not None:
            raise SystemExit("the node has ended with %d: %s" % (node.process.returncode, what))
        for answers in more:
            bad.extend("%d was answered %s" % (status, what) for status in answers.statuses if status in (500, 599))

    try:
        old, new, queries, over = Answers(), Answers(), Answers(), threading.Event()
        write_old(past, old)
        state(node, "before")

        def client(number):
            asked = questions(past + 60_000)
            turn = number
            while not over.is_set():
                get(node, asked[turn % len(asked)], queries)
                turn += 3
                time.sleep(0.2)

        clients = [threading.Thread(target=client, args=(number,)) for number in range(4)]
        for one in clients:
            one.start()
        began = time.monotonic()
        try:
            for first in range(0, options.series, IN_REQUEST):
                write(many("exploding", "c0ffee-%08x-beef", first, IN_REQUEST, past + 1000 + first // IN_REQUEST), new)
                if first // IN_REQUEST % 10 == 9:
                    write_old(past + 2000 + first // IN_REQUEST, old)
        finally:
            over.set()
            for one in clients:
                one.join()
        alive("during the explosion", queries)
        state(node, "explosion of %d new series in %.0f s" % (options.series, time.monotonic() - began))
        new.show("new series")
        old.show("old series")
        queries.show("heavy queries meanwhile")
        check_old("after the explosion")
        alive("after the explosion", ask_all(node, past + 60_000, "heavy queries afterwards"))

        old = Answers()
        began = time.monotonic()
        write_old(past + 3_500_000, old)
        while time.monotonic() - began < 600 and not (
                (head := in_head(node)) is not None and head < 20 * OLD and state_of(node) in ("calm", "caches-shrink")):
            time.sleep(1)
        state(node, "%.0f s after the new series ended, %s series in the head" % (time.monotonic() - began, head))
        old.show("old series")
        new = Answers()
        write(many("later", "%08x", 0, OLD, past + 3_501_000), new)
        new.show("new series again")
        check_old("after the new ones ended")
        alive("after the end", ask_all(node, past + 60_000, "heavy queries of the time of the explosion"))
        state(node, "after them")

        deletion = Answers()
        for _ in range(60):
            get(node, "admin/tsdb/delete_series?" + urllib.parse.urlencode({"match[]": "exploding"}), deletion, method="POST")
            if deletion.statuses[204]:
                break
            time.sleep(1)
        deletion.show("deletion of the new series")
        alive("by the deletion", deletion)
        check_old("after the deletion")
        node.process.send_signal(signal.SIGKILL)
        node.process.wait()
        node = Node(options, arguments, group.enter)
        write_old(past + 3_510_000, old)
        check_old("after a kill and a start")
        alive("after the start", ask_all(node, past + 60_000, "heavy queries after the start"))
        time.sleep(15)
        if state(node, "15 s later") != "calm":
            bad.append("the ladder is not calm at the end")
        print("bad: " + "; ".join(sorted(set(bad))) if bad else "good", flush=True)
        return 1 if bad else 0
    finally:
        node.process.kill()
        node.process.wait()
        group.remove()


if __name__ == "__main__":
    sys.exit(main())
