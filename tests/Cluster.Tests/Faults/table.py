"""The table of docs/reliability.md, from what `tests/faults --figures FILE` has appended: python3 table.py FILE..."""
import json
import sys


def at(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0


def count(number):
    return f"{number:,}".replace(",", " ")


def line(row, lines):
    runs = [one for one in lines if one["run"] >= 0]
    ended = [one for one in runs if one["pauses"]]
    cold = [one for one in lines if one["run"] < 0]
    pauses = sorted(pause for one in ended for pause in one["pauses"])
    whole = sorted(one["whole"] for one in ended)
    missed, row_of, slow = (sorted(one[key] for one in ended) for key in ("missed", "missedInARow", "missedSlow"))
    total = {key: sum(one[key] for one in runs) for key in ("queries", "partial", "errors", "strong", "strongRefused", "acked", "unknown")}
    return (
        f"| {row} | {len(runs)} | {sum(one['failed'] for one in runs)} | {sum(one['failed'] for one in cold)} of {len(cold)} "
        f"| {at(pauses, 0.5):.1f} / {at(pauses, 0.99):.1f} / {at(pauses, 1):.1f} s | {at(whole, 0.5):.1f} / {at(whole, 1):.1f} s "
        f"| {at(missed, 0.5)} / {at(missed, 1)} | {at(row_of, 0.5)} / {at(row_of, 1)} | {at(slow, 0.5)} / {at(slow, 1)} "
        f"| {total['errors']}, {total['partial']} of {count(total['queries'])} | {count(total['strong'])}, {count(total['strongRefused'])} "
        f"| {count(total['acked'])}, {count(total['unknown'])} |")


def main(files):
    rows = {}
    for name in files:
        with open(name, encoding="utf-8") as file:
            for text in file:
                one = json.loads(text)
                rows.setdefault(one["row"], []).append(one)
    print("| row | runs | failures | cold restarts that failed | write pause of a series, p50 / p99 / worst | whole again, p50 / worst "
          "| missed scrapes of 1 s, p50 / worst | of those in a row | missed scrapes of 5 s | queries: errors, partial "
          "| strong reads: answered, refused | samples: acknowledged, unknown |")
    print("|---|---:|---:|---:|---|---|---|---|---|---|---|---|")
    for row, lines in rows.items():
        print(line(row, lines))
    commits = sorted({one["commit"] for lines in rows.values() for one in lines})
    print(f"\nCommits: {', '.join(commits)}.")


if __name__ == "__main__":
    main(sys.argv[1:])
