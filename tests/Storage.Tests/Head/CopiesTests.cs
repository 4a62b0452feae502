using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>A shard and its copies on other nodes: whoever leads, seals and restarts when, all of them have everything.</summary>
public sealed class CopiesTests
{
    private static readonly Labels s_a = Named("a", ("instance", "x"));
    private static readonly Labels s_b = Named("b", ("instance", "x"));
    private readonly List<byte[]> _journal = [];

    [Fact]
    public void Copies_have_what_the_journal_has_whatever_each_of_them_did_in_between()
    {
        int merges = 0;
        for (int seed = 0; seed < 150; seed++)
        {
            merges += Play(seed);
        }

        Assert.True(merges > 40, $"only {merges} blocks were made of others");
    }

    [Fact]
    public void A_copy_keeps_a_slot_for_as_long_as_its_leader_may_write_to_it()
    {
        var leader = new Copy(_journal);
        var copy = new Copy(_journal);
        leader.Lead();
        leader.Append((s_a, 1, 1));
        leader.Append((s_a, 2, 2));
        leader.Append((s_a, 3, 3));
        copy.CatchUp();
        copy.Seal(10);
        Assert.Equal(1, copy.Shard.SeriesCount);
        leader.Append((s_a, 20, 4));
        copy.CatchUp();
        Assert.Equal([(1, 1.0), (2, 2.0), (3, 3.0), (20, 4.0)], copy.Read()[s_a]);
        Assert.Equal(0, copy.Shard.UnplacedSamples);
    }

    [Fact]
    public void A_slot_given_to_another_series_loses_nothing_of_the_one_before()
    {
        var leader = new Copy(_journal);
        var copy = new Copy(_journal);
        leader.Lead();
        leader.Append((s_a, 1, 1));
        copy.CatchUp();
        leader.Seal(10);
        leader.Append((s_b, 11, 7));
        Assert.Equal(2, copy.Shard.SealNeededFor(_journal[^1]));
        copy.CatchUp();
        Assert.Equal(1, copy.Seals);
        Assert.Equal([(1, 1.0)], copy.Read()[s_a]);
        Assert.Equal([(11, 7.0)], copy.Read()[s_b]);
    }

    [Fact]
    public void Who_led_and_let_go_of_a_series_is_told_of_it_again_by_the_next_leader()
    {
        var first = new Copy(_journal);
        var second = new Copy(_journal);
        first.Lead();
        first.Append((s_a, 1, 1));
        first.Append((s_a, 2, 2));
        second.CatchUp();
        first.Seal(10);
        Assert.Equal(0, first.Shard.SeriesCount);
        first.Shard.BeginFollow();
        second.Lead();
        second.Append((s_a, 11, 3));
        first.CatchUp();
        Assert.Equal([(1, 1.0), (2, 2.0), (11, 3.0)], first.Read()[s_a]);
        Assert.Equal(0, first.Shard.UnplacedSamples);
    }

    [Fact]
    public void What_was_prepared_and_refused_is_no_series_of_a_copy()
    {
        var leader = new Copy(_journal);
        leader.Lead();
        PreparedBatch refused = leader.Shard.Prepare(leader.Batch((s_a, 1, 1)));
        leader.Shard.Abort(refused);
        leader.Shard.BeginFollow();
        Assert.Equal(0, leader.Shard.SeriesCount);
    }

    // No slot of the page belongs to a series any more.
    [Fact]
    public void Who_let_go_of_a_page_of_series_may_follow_and_lead_again()
    {
        var copy = new Copy(_journal);
        copy.Lead();
        copy.Append([.. Enumerable.Range(0, 2 * SeriesTable.SlotsInPage).Select(static i => (Named("m", ("i", $"{i}")), 1L, 1.0))]);
        copy.Seal(10);
        Assert.Equal(0, copy.Shard.SeriesCount);
        copy.Shard.BeginFollow();
        copy.Lead();
        copy.Append((s_a, 11, 2));
        Assert.Equal([(11, 2.0)], copy.Read()[s_a]);
        Assert.Equal([(1, 1.0)], copy.Read()[Named("m", ("i", "300"))]);
    }

    [Fact]
    public void A_key_of_before_a_term_is_looked_up_anew()
    {
        var leader = new Copy(_journal);
        leader.Lead();
        leader.Append((s_a, 1, 1));
        object? owner = leader.Key(s_a).Owner;
        leader.Shard.BeginFollow();
        leader.Lead();
        leader.Append((s_a, 2, 2));
        Assert.NotSame(owner, leader.Key(s_a).Owner);
    }

    private static int Play(int seed)
    {
        var random = new Random(seed);
        var journal = new List<byte[]>();
        Copy[] copies = [new Copy(journal), new Copy(journal), new Copy(journal)];
        Copy leader = copies[0];
        leader.Lead();
        var expected = new SortedDictionary<Labels, List<(long, double)>>();
        long time = 1;
        for (int step = 0; step < 120; step++)
        {
            Copy any = copies[random.Next(copies.Length)];
            switch (random.Next(12))
            {
                case 0:
                    any.Seal(time - random.Next(40));
                    break;
                case 1:
                    any.Save();
                    break;
                case 2 when any != leader:
                    any.Restart();
                    break;
                case 3:
                    // A leader that restarts, or another one: it has everything first.
                    leader.Shard.BeginFollow();
                    if (random.Next(2) == 0)
                    {
                        leader.Restart();
                    }

                    leader = any;
                    leader.Lead();
                    break;
                case 4 or 5 when any != leader:
                    any.CatchUp(random.Next(5));
                    break;
                case 6:
                    long from = Math.Max(0, time - random.Next(60));
                    long through = random.Next(3) == 0 ? long.MaxValue : from + random.Next(30);
                    string name = $"s{random.Next(6) + (step / 20)}";
                    leader.Delete(name, from, through);
                    if (expected.TryGetValue(Named(name, ("instance", "x")), out List<(long Time, double)>? some)
                        && some.RemoveAll(sample => sample.Time >= from && sample.Time <= through) > 0 && some.Count == 0)
                    {
                        expected.Remove(Named(name, ("instance", "x")));
                    }

                    break;
                case 7 when random.Next(3) == 0:
                    any.Clean();
                    break;
                case 8 when random.Next(2) == 0:
                    any.Merge();
                    break;
                default:
                    // Series come and go, so that slots are given to others.
                    time++;
                    Labels[] series = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Named($"s{random.Next(6) + (step / 20)}", ("instance", "x"))).Distinct()];
                    leader.Append([.. series.Select(labels => (labels, time, (double)step))]);
                    foreach (Labels labels in series)
                    {
                        if (!expected.TryGetValue(labels, out List<(long, double)>? samples))
                        {
                            expected.Add(labels, samples = []);
                        }

                        samples.Add((time, step));
                    }

                    break;
            }
        }

        for (int i = 0; i < copies.Length; i++)
        {
            copies[i].CatchUp();
            Assert.True(copies[i].Shard.UnplacedSamples == 0, $"seed {seed}: copy {i} could not place {copies[i].Shard.UnplacedSamples} samples");
            SortedDictionary<Labels, List<(long Time, double Value)>> found = copies[i].Read();
            foreach ((Labels labels, List<(long, double)> samples) in expected)
            {
                Assert.True(
                    found.TryGetValue(labels, out List<(long, double)>? read) && samples.SequenceEqual(read),
                    $"seed {seed}: copy {i} has of {labels}: {string.Join(' ', read ?? [])}, not {string.Join(' ', samples)}\n{string.Join('\n', copies[i].Did)}");
            }

            Assert.Equal(expected.Count, found.Count);
        }

        return copies.Sum(static copy => copy.Merges);
    }

    private sealed class Copy
    {
        private readonly List<byte[]> _journal;
        private readonly FaultyFiles _files = new();
        private readonly Dictionary<Labels, SeriesKey> _keys = [];
        private SnapshotStore _snapshots = null!;
        private BlockStore _blocks = null!;
        private bool _blocksOverlap;

        public Copy(List<byte[]> journal)
        {
            _journal = journal;
            Restart();
        }

        public Shard Shard { get; private set; } = null!;

        public int Seals { get; private set; }

        public int Merges { get; private set; }

        public List<string> Did { get; } = [];

        public void Restart()
        {
            _snapshots = new SnapshotStore(_files, BlockMaker.Directory, "/q", new ShardId(0));
            _blocks = new BlockStore(_files, BlockMaker.Directory, "/q", new ShardId(0));
            Shard = _snapshots.Load(new ShardSettings());
            Shard.BeginFollow();
            Shard.AttachBlocks(_blocks);
            _blocksOverlap = true;
            Did.Add($"restart at {Shard.AppliedSeq}");
        }

        public void Lead()
        {
            CatchUp();
            Did.Add($"at {Shard.AppliedSeq}: lead");
            Shard.BeginLead();
        }

        public SeriesKey Key(Labels labels) => _keys.TryGetValue(labels, out SeriesKey? key) ? key : _keys[labels] = new SeriesKey(labels);

        public SampleBatch Batch(params ReadOnlySpan<(Labels Labels, long Time, double Value)> rows)
        {
            var batch = new SampleBatch(new ShardId(0));
            foreach ((Labels labels, long time, double value) in rows)
            {
                batch.Add(Key(labels), time, value);
            }

            return batch;
        }

        public void Append(params ReadOnlySpan<(Labels Labels, long Time, double Value)> rows)
        {
            using SampleBatch batch = Batch(rows);
            PreparedBatch prepared = Shard.Prepare(batch);
            Assert.Equal(rows.Length, prepared.Counts.Accepted);
            Assert.Equal(_journal.Count + 1, prepared.Seq);
            _journal.Add(prepared.Payload.ToArray());
            Shard.Apply(prepared);
        }

        public void Delete(string name, long from, long through)
        {
            Did.Add($"at {Shard.AppliedSeq}: delete {name} from {from} through {through}");
            var tombstone = new Tombstone(Shard.NextSeq, [new Matcher(LabelName.MetricName, MatchKind.Equal, name)], from, through);
            PreparedBatch prepared = Shard.PrepareDeletion(tombstone, isInFile: false);
            _journal.Add(prepared.Payload.ToArray());
            _blocks.Tombstones.Write(Shard.TombstonesWith(tombstone));
            Shard.Apply(prepared);
        }

        public void Clean()
        {
            Did.Add($"at {Shard.AppliedSeq}: clean");
            for (long behind = 0; Shard.BeginCleaning(behind) is { } job; behind = job.LastNumber)
            {
                Shard.CompleteCompaction(job, _blocks.Clean(job));
            }

            using ShardView view = Shard.View();
            Shard.UseTombstones(_blocks.DropUnneeded(view));
        }

        public void Merge()
        {
            Did.Add($"at {Shard.AppliedSeq}: merge");
            while (Shard.BeginCompaction(rangeMs: 40, rangeMaxMs: 120, sealedBefore: long.MaxValue) is { } job)
            {
                Shard.CompleteCompaction(job, _blocks.Write(job));
                Merges++;
            }
        }

        public void CatchUp(int recordsMax = int.MaxValue)
        {
            for (; Shard.AppliedSeq < _journal.Count && recordsMax > 0; recordsMax--)
            {
                byte[] payload = _journal[(int)Shard.AppliedSeq];
                if (Shard.SealNeededFor(payload) is not null)
                {
                    LetGo();
                }

                if (Shard.SealNeededFor(payload) is long before)
                {
                    Seal(before);
                    Assert.Null(Shard.SealNeededFor(payload));
                }

                if (Shard.DeletionOf(payload) is { } tombstone)
                {
                    _blocks.Tombstones.Write(Shard.TombstonesWith(tombstone));
                }

                Shard.Replay(Shard.AppliedSeq + 1, payload);
            }

            if (Shard.AppliedSeq == _journal.Count)
            {
                LetGo();
            }
        }

        public void Seal(long before)
        {
            Seals++;
            Did.Add($"at {Shard.AppliedSeq}: seal before {before}");
            SealJob job = Shard.BeginSeal(before);
            Shard.CompleteSeal(job, _blocks.Write(job));
        }

        public void Save()
        {
            Did.Add($"at {Shard.AppliedSeq}: save");
            SnapshotJob job = Shard.BeginSnapshot();
            Shard.CompleteSnapshot(job, _snapshots.Write(job));
        }

        public SortedDictionary<Labels, List<(long Time, double Value)>> Read()
        {
            using ShardView view = Shard.View();
            return Everything(view);
        }

        private void LetGo()
        {
            if (_blocksOverlap)
            {
                _blocksOverlap = false;
                Shard.LetGoOfBlocked();
            }
        }
    }
}
