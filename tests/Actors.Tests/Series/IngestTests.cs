using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors.Tests;

public sealed class IngestTests : IDisposable
{
    private readonly TestActorSystem _test = TestActorSystem.OnTurns();
    private readonly TestProbe _first;
    private readonly TestProbe _second;
    private readonly Ingest _ingest;

    public IngestTests()
    {
        _first = _test.CreateProbe("first");
        _second = _test.CreateProbe("second");
        _ingest = new Ingest(new ShardDirectory(new ShardMap(2), [_first.Ref, _second.Ref]));
    }

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Each_batch_goes_to_the_owner_of_its_shard_and_the_outcomes_are_added_up()
    {
        _first.AnswerWith(static _ => new IngestOutcome(1, 2, 3, 4, 5, 6, 7, null));
        _second.AnswerWith(static _ => new IngestOutcome(10, 20, 30, 40, 50, 60, 70, "disk full"));
        IngestOutcome outcome = _test.Await(_ingest.WriteAsync([new SampleBatch(new ShardId(0)), new SampleBatch(new ShardId(1))], CancellationToken.None));
        Assert.Equal(new IngestOutcome(11, 22, 33, 44, 55, 66, 77, "disk full"), outcome);
        _first.ExpectMsg<AppendBatch>(static append => append.Batch.Shard.Value == 0);
        _second.ExpectMsg<AppendBatch>(static append => append.Batch.Shard.Value == 1);
    }

    [Fact]
    public void Nothing_is_answered_before_the_last_shard_has_answered()
    {
        Task<IngestOutcome> writing = _ingest.WriteAsync([new SampleBatch(new ShardId(0)), new SampleBatch(new ShardId(1))], CancellationToken.None);
        _first.ExpectMsg<AppendBatch>();
        _first.Reply(IngestOutcome.Nothing with { Accepted = 1 });
        _test.Drain();
        Assert.False(writing.IsCompleted);
        _second.ExpectMsg<AppendBatch>();
        _second.Reply(IngestOutcome.Nothing with { Accepted = 1 });
        Assert.Equal(2, _test.Await(writing).Accepted);
    }

    [Fact]
    public void A_shard_that_takes_no_message_fails_its_batch_and_not_the_others()
    {
        _first.AnswerWith(static _ => IngestOutcome.Nothing with { Accepted = 1 });
        _test.Stop(_second.Ref);
        var lost = new SampleBatch(new ShardId(1));
        IngestOutcome outcome = _test.Await(_ingest.WriteAsync([new SampleBatch(new ShardId(0)), lost], CancellationToken.None));
        Assert.Equal(1, outcome.Accepted);
        Assert.Contains("shard 1", outcome.Failure, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => lost.Times.Length);
    }

    [Fact]
    public void A_shard_that_does_not_answer_leaves_the_batch_unknown_after_a_minute()
    {
        Task<IngestOutcome> writing = _ingest.WriteAsync([new SampleBatch(new ShardId(0))], CancellationToken.None);
        _test.Advance(TimeSpan.FromSeconds(59));
        Assert.False(writing.IsCompleted);
        _test.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("unknown", _test.Await(writing).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_goes_away_ends_the_wait()
    {
        using var client = new CancellationTokenSource();
        Task<IngestOutcome> writing = _ingest.WriteAsync([new SampleBatch(new ShardId(0))], client.Token);
        _first.ExpectMsg<AppendBatch>();
        client.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => _test.Await(writing));
    }
}
