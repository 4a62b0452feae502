using System.Collections.Concurrent;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>Samples that were acknowledged and are to be written again: what becomes of them when whoever leads does not take them all.</summary>
public sealed class ResubmissionsTests : IDisposable
{
    private readonly TempDirectory _place = new();
    private readonly FailingFiles _files = new();
    private readonly VirtualTime _time = new();
    private readonly DataDirectory _directory;
    private readonly KeptMessages _kept;
    private readonly ConcurrentQueue<string> _taken = new();

    public ResubmissionsTests()
    {
        _directory = DataDirectory.Open(_files, _place.Path, shardCount: 1);
        _kept = new KeptMessages(_directory);
    }

    public void Dispose()
    {
        _directory.Dispose();
        _place.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_limit_keeps_out_waits_for_room_and_nothing_waits_for_it(bool isOfSeries)
    {
        bool isFull = true;
        var resubmissions = new Resubmissions(_kept, new ShardMap(1), _time)
        {
            Forward = batch =>
            {
                string name = NameOf(batch);
                batch.Dispose();
                if (name == "b" && Volatile.Read(ref isFull))
                {
                    return Task.FromResult(isOfSeries ? IngestOutcome.Nothing with { SeriesOverLimit = 1 } : IngestOutcome.Nothing with { OutOfOrder = 1, LateOverLimit = 1 });
                }

                _taken.Enqueue(name);
                return Task.FromResult(IngestOutcome.Nothing with { Accepted = 1 });
            },
        };
        await resubmissions.AddAsync(new ShardId(0), 7, [Batch("a"), Batch("b"), Batch("c")]);
        Until(() => !resubmissions.HasAny);
        Assert.Equal(["a", "c"], _taken);
        Assert.Single(_kept.List());
        Volatile.Write(ref isFull, false);
        Until(() => _kept.List().Count == 0);
        Assert.Equal(["a", "c", "b"], _taken);
        Assert.False(resubmissions.HasAny);
    }

    [Fact]
    public async Task Whatever_a_file_is_read_with_it_is_tried_again()
    {
        int failures = 3;
        _files.CannotRead = path => path.EndsWith(".messages", StringComparison.Ordinal) && Interlocked.Decrement(ref failures) >= 0
            ? throw new UnauthorizedAccessException("not now") : false;
        Resubmissions resubmissions = Taking();
        await resubmissions.AddAsync(new ShardId(0), 7, [Batch("a")]);
        Until(() => _kept.List().Count == 0);
        Assert.Equal(["a"], _taken);
        Assert.True(Volatile.Read(ref failures) < 0);
    }

    [Fact]
    public async Task What_is_too_much_for_a_file_is_several_and_none_is_left_out()
    {
        Resubmissions resubmissions = Taking(fileBytes: 1);
        var nobody = new TaskCompletionSource<IngestOutcome>();
        resubmissions.Forward = batch =>
        {
            batch.Dispose();
            return nobody.Task;
        };
        await resubmissions.AddAsync(new ShardId(0), 7, [Batch("a"), Batch("b"), Batch("c")]);
        Assert.Equal(3, _kept.List().Count);
        Assert.True(resubmissions.HasAny);
        resubmissions.Forward = Taking().Forward;
        nobody.SetException(new InvalidOperationException("nobody took it"));
        Until(() => _kept.List().Count == 0);
        Assert.Equal(["a", "b", "c"], _taken.Order());
    }

    private static SampleBatch Batch(string name)
    {
        var batch = new SampleBatch(new ShardId(0));
        batch.Add(new SeriesKey(Labels.From((LabelName.MetricName, name))), 1, 1);
        return batch;
    }

    private static string NameOf(SampleBatch batch) => batch.Series[0].Labels.Get(LabelName.MetricName);

    private Resubmissions Taking(long fileBytes = 1 << 20) => new(_kept, new ShardMap(1), _time, fileBytes)
    {
        Forward = batch =>
        {
            _taken.Enqueue(NameOf(batch));
            batch.Dispose();
            return Task.FromResult(IngestOutcome.Nothing with { Accepted = 1 });
        },
    };

    private void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        TimeSpan.FromMinutes(1)));
}
