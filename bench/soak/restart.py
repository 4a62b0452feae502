#!/usr/bin/env python3
"""How much memory a start takes after SIGKILL, beside what the node had before and has afterwards.

    bench/soak/restart.py --pleiad src/Node/bin/Release/net10.0/pleiad --out DIR [--series 1000000] [--steps 6] [--starts 3]

Starts a node with default limits, writes the series by remote write (64 targets, --steps samples each, 15 s apart, up to now), lets it stand for
--rest seconds, kills it with SIGKILL and starts it again, as often as is asked for, and counts the samples each time. Prints resident memory before
the kill (the median of the rest), at most until the node is ready and until all samples have been counted, and after another rest; the same without
files (the journal is mapped at a start, and the system takes such pages back), looked at every 50 ms until the node is ready; then the ratio of that
peak to what was resident without files before. Ends with 0 where it is at most 1.10 and no sample is missing. Needs Python 3 alone.
"""
import argparse, os, signal, statistics, sys, time

from explosion import IN_REQUEST, Node, many


def resting(node, seconds):
    seen = []
    for _ in range(max(1, seconds)):
        time.sleep(1)
        seen.append((node.memory("VmRSS"), node.memory("RssAnon")))
    return [statistics.median(of) for of in zip(*seen)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pleiad", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--series", type=int, default=1_000_000)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--rest", type=int, default=30, help="seconds")
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    node = Node(options)
    worst, missing = 0.0, 0
    try:
        newest = int(time.time() * 1000)
        for step in range(options.steps):
            at = newest - (options.steps - 1 - step) * 15_000
            for first in range(0, options.series, IN_REQUEST):
                count = min(IN_REQUEST, options.series - first)
                if node.write(many("restarted", "series-%08x", first, count, at)) != 204:
                    raise SystemExit("samples are not taken")
        for start in range(options.starts):
            (before, anon_before), peak_before = resting(node, options.rest), node.memory("VmHWM")
            node.process.send_signal(signal.SIGKILL)
            node.process.wait()
            node = Node(options)
            ready = node.memory("VmHWM")
            found = node.ask("query", query="sum(count_over_time(restarted[1h]))", time=newest / 1000 + 1)["result"]
            missing += options.series * options.steps - (int(found[0]["value"][1]) if found else 0)
            counted, (after, anon_after) = node.memory("VmHWM"), resting(node, options.rest)
            worst = max(worst, node.peak_anon / anon_before)
            print("start %d: before the kill %d MiB (at most %d), until ready at most %d, until counted at most %d, then %d" % (
                start + 1, before, peak_before, ready, counted, after), flush=True)
            print("  without files: before the kill %d MiB, until ready at most %d, then %d; ratio %.2f; %d samples missing" % (
                anon_before, node.peak_anon, anon_after, node.peak_anon / anon_before, missing), flush=True)
        return 1 if missing or worst > 1.10 else 0
    finally:
        node.process.kill()


if __name__ == "__main__":
    sys.exit(main())
