using Pleiad.Kernel;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>A copy whose files were damaged: what it waits for, and what waits for it.</summary>
public sealed class LackingCopyTests : IDisposable
{
    private readonly SharedJournal _journal = new() { CommitsAtOnce = true };
    private readonly CopyNode _first;
    private readonly CopyNode _second;

    public LackingCopyTests()
    {
        _first = new CopyNode(_journal);
        _second = new CopyNode(_journal);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_takeover_does_not_wait_for_files_that_do_not_come(bool areAskedForBefore)
    {
        Damaged();
        int asked = 0;
        var never = new TaskCompletionSource();
        _second.Journal.Copy = (_, _, _, _) =>
        {
            Interlocked.Increment(ref asked);
            return never.Task;
        };
        if (areAskedForBefore)
        {
            Until(() => Volatile.Read(ref asked) == 1);
        }

        _second.Lead(_journal.Take());
        Write(_second, 301, 301);
        Assert.Equal(areAskedForBefore ? 1 : 0, Volatile.Read(ref asked));
        Assert.True(_second.Files.Lacks);

        // What it comes to in the end changes nothing.
        never.SetResult();
        _second.Test.Drain();
        Write(_second, 302, 302);
        Assert.Equal((302L, -1L), (_second.Journal.AppliedSeq(0), _second.Journal.SoundSeq(0)));
    }

    [Fact]
    public void A_copy_that_lacks_samples_is_handed_over_to_only_by_who_leaves_and_when_no_copy_is_whole()
    {
        Damaged();
        var failure = new IOException("nobody answers");
        int asked = 0;
        _second.Journal.Copy = (_, _, _, _) =>
        {
            Interlocked.Increment(ref asked);
            return Task.FromException(Volatile.Read(ref failure));
        };
        Ask();
        Assert.Equal((-1L, -1L), HandOffs());
        Volatile.Write(ref failure, new NobodyWholeException("all of them lack samples"));
        Ask();
        Until(() => _second.Journal.IsNobodyWhole(0));
        Assert.Equal((300L, -1L), HandOffs());

        // It has not asked since it was opened.
        _second.RestartCopy();
        Until(() => _second.Journal.AppliedSeq(0) == 300, follows: false);
        Assert.Equal((-1L, -1L), HandOffs());

        (long, long) HandOffs() => (_second.Host.HandOffSeq(0, ownerLeaves: true), _second.Host.HandOffSeq(0, ownerLeaves: false));

        void Ask()
        {
            int before = Volatile.Read(ref asked);
            Until(() => Volatile.Read(ref asked) > before);
            _second.Test.Drain();
        }
    }

    [Fact]
    public void Who_was_made_from_files_that_lack_samples_asks_for_better_ones_twice_a_minute_however_long_it_takes()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 10);
        _first.Save();
        _journal.TrimmedThrough = 10;
        bool isWhole = false;
        var asked = new System.Collections.Concurrent.ConcurrentQueue<DateTimeOffset>();
        _first.Files.NoteLacks();
        _second.Journal.Copy = (_, _, takesLacking, into) =>
        {
            if (takesLacking)
            {
                return Task.Run(() => ShardCopies.CopyAll(_first.Files, into));
            }

            asked.Enqueue(_second.Test.Time.GetUtcNow());
            if (!Volatile.Read(ref isWhole))
            {
                return Task.FromException(new IOException("nobody has it whole"));
            }

            return Task.Run(() => ShardCopies.CopyAll(_first.Files, into, isWhole: true));
        };
        Until(() => asked.Count >= 10);
        DateTimeOffset back = _second.Test.Time.GetUtcNow();
        Volatile.Write(ref isWhole, true);
        int before = asked.Count;
        Until(() => asked.Count > before);
        DateTimeOffset[] times = [.. asked];
        Assert.InRange(times[before] - back, TimeSpan.Zero, TimeSpan.FromSeconds(31));

        // As it is told once a second.
        Assert.All(times.Zip(times.Skip(1)), static pair => Assert.InRange(pair.Second - pair.First, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(31)));
        Until(() => _second.Journal.SoundSeq(0) == 10);
        Assert.Equal(10, _second.Samples().Count);
    }

    // The second has applied everything, and some of its files are damaged.
    private void Damaged()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 300);
        Until(() => _second.Journal.AppliedSeq(0) == 300);
        _first.Save();
        _second.Save();
        Assert.True(_second.DamageChunks());
        _second.RestartCopy();
        Until(() => _second.Journal.AppliedSeq(0) == 300, follows: false);
        Assert.Equal(-1, _second.Journal.SoundSeq(0));
    }

    private static void Write(CopyNode node, int from, int through)
    {
        for (int i = from; i <= through; i++)
        {
            node.Send("a", i, i);
            Assert.Equal(1, node.Writer.ExpectMsg<IngestOutcome>().Accepted);
        }
    }

    private void Until(Func<bool> condition, bool follows = true) => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                if (follows)
                {
                    _second.Host.Follow(_journal.Row);
                }

                _second.Test.Drain();
                _second.Test.Advance(TimeSpan.FromSeconds(1));
                return condition();
            },
            TimeSpan.FromMinutes(1)),
        $"applied through {_second.Journal.AppliedSeq(0)}, and the journal ends at {_journal.NextSeq - 1}");
}
