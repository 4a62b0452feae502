#!/usr/bin/env python3
"""Where the processor time of a node goes: lookup, append, journal, garbage and the rest, by sampling its stacks with perf.

    bench/profile/shares.py --pid PID [--seconds 30] [--leafs 0]        (Linux, perf, the rights of the node's user)
    bench/profile/shares.py --script FILE                               (the output of perf script -F comm,ip,sym,dso)

The node has to be started with DOTNET_PerfMapEnabled=1 (names of compiled code for perf), DOTNET_ReadyToRun=0 (code that was compiled ahead has no names) and
DOTNET_EnableWriteXorExecute=0 (or perf finds the code in a mapping that has none). A sample belongs to the first of its frames, from the leaf up, that belongs to
a part; leafs inside the runtime's own library are garbage collection and allocation, and compiling in the first seconds.
"""
import argparse, collections, os, re, subprocess, sys, tempfile

RUNTIME = "garbage, allocation and the rest of the runtime"
PARTS = [(name, re.compile(pattern)) for name, pattern in (
    ("lookup of known series", r"::FindSeries|::LookUp|KnownSeries|SeriesKeyCache|LabelPairs|SeriesCache|PageMemory"),
    ("decompressing", r"SnappyBlock|Deflate|Inflate|libSystem.IO.Compression"),
    ("reading pages and messages, labels", r"Pleiad\.Exposition"),
    ("head: preparing rows, new series", r"Shard::Prepare|Shard::Resolve|SeriesTable|PairTable|LabelIndex"),
    ("journal", r"SegmentLog|BatchRecordWriter|Journal"),
    ("head: applying", r"Pleiad\.Storage"),
    ("network", r"Kestrel|System\.Net|Sockets|System\.IO\.Pipelines|ThreadedConnection"),
    ("actors", r"Pleiad\.Actors|Pleiad\.Kernel|Pleiad\.Gateway"))]


def part_of(comm, stack):
    if comm.startswith((".NET BGC", ".NET Server GC")) or "libcoreclr" in stack[0]:
        return RUNTIME
    for frame in stack:
        for name, pattern in PARTS:
            if pattern.search(frame):
                return name
    return "waking threads and the rest"


def stacks(lines):
    comm, stack = "", []
    for line in lines:
        line = line.rstrip("\n")
        if not line:
            if stack:
                yield comm, stack
            stack = []
        elif line[0] in " \t":
            stack.append(line.strip().partition(" ")[2])
        else:
            comm, stack = line.strip(), []
    if stack:
        yield comm, stack


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pid", type=int)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--frequency", type=int, default=499, help="samples a second of each thread that runs")
    parser.add_argument("--script", help="samples that are there already")
    parser.add_argument("--leafs", type=int, default=0, help="functions to name of each part")
    options = parser.parse_args()
    if not options.script and not options.pid:
        parser.error("one of --pid and --script")
    with tempfile.TemporaryDirectory() as scratch:
        script = options.script or os.path.join(scratch, "script")
        if not options.script:
            data = os.path.join(scratch, "data")
            subprocess.run(["perf", "record", "-q", "-F", str(options.frequency), "-g", "-p", str(options.pid), "-o", data, "--", "sleep", str(options.seconds)], check=True)
            with open(script, "w") as out:
                subprocess.run(["perf", "script", "-i", data, "-F", "comm,ip,sym,dso"], check=True, stdout=out, stderr=subprocess.DEVNULL)
        counts, leafs, total = collections.Counter(), collections.defaultdict(collections.Counter), 0
        with open(script, errors="replace") as lines:
            for comm, stack in stacks(lines):
                part = part_of(comm, stack)
                counts[part] += 1
                leafs[part][stack[0][:140]] += 1
                total += 1
    if not total:
        sys.exit("no sample: did the node do anything?")
    print("| part | share of %d samples |\n|---|---:|" % total)
    for part, count in counts.most_common():
        print("| %s | %.1f %% |" % (part, 100 * count / total))
        for leaf, of in leafs[part].most_common(options.leafs):
            print("|   %s | %.1f %% |" % (leaf, 100 * of / total))


if __name__ == "__main__":
    main()
