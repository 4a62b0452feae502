using Microsoft.Extensions.Logging.Abstractions;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Scraping;

namespace Pleiad.Actors.Tests;

/// <summary>One shard and the actors of remote write, with a receiver on a real socket. Time is the test's.</summary>
public sealed class RemoteWriteTests : IDisposable
{
    // Requests and questions under way have a deadline on the same clock: it must not run away from them.
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(50);

    private readonly TempDirectory _temp = new();
    private readonly WriteReceiver _receiver = new();

    public void Dispose()
    {
        _receiver.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void What_the_shard_has_made_durable_is_sent_in_order()
    {
        using var node = new Sending(_temp.Path, _receiver);
        node.Apply(Destination());
        node.Append(("a", 1, 1), ("b", 1, 2));
        node.Append(("a", 2, 3), ("a", 2, 4), ("a", 1, 9));
        node.FlushAll();
        Assert.Equal(["a 1 1", "b 1 2", "a 2 3"], _receiver.Samples);
    }

    [Fact]
    public void A_full_request_does_not_wait_for_the_deadline()
    {
        using var node = new Sending(_temp.Path, _receiver);
        node.Apply(Destination("max_samples_per_send: 2"));
        node.Append(("a", 1, 1), ("b", 1, 2));
        node.WaitFor(() => _receiver.Samples.Count == 2);
        node.Append(("a", 2, 3));
        node.Test.Advance(TimeSpan.FromSeconds(5));
        node.WaitFor(() => _receiver.Samples.Count == 3);
    }

    [Fact]
    public void While_the_receiver_is_away_memory_stays_bounded_and_afterwards_everything_is_there_once_and_in_order()
    {
        using var node = new Sending(_temp.Path, _receiver);
        node.Apply(Destination("capacity: 4, max_samples_per_send: 2"));
        node.Append(("a", 1, 1), ("b", 1, 1));
        node.WaitFor(() => _receiver.Samples.Count == 2);
        _receiver.Status = "503 Service Unavailable";
        for (int time = 2; time <= 40; time++)
        {
            node.Append(("a", time, time), ("b", time, time));
        }

        node.WaitFor(() => _receiver.Refused > 0);
        _receiver.Status = "204 No Content";
        node.WaitFor(() => _receiver.Samples.Count >= 80, Backoff);
        node.Append(("a", 41, 41));

        // The lane may not know yet that the receiver has all of them: then it reads this one back too, which a flush does not wait for.
        node.WaitFor(() => _receiver.Samples.Count >= 81, Backoff);
        node.FlushAll();
        Assert.Equal([.. Enumerable.Range(1, 41).Select(time => $"a {time} {time}")], _receiver.Samples.Where(line => line.StartsWith('a')));
        Assert.Equal([.. Enumerable.Range(1, 40).Select(time => $"b {time} {time}")], _receiver.Samples.Where(line => line.StartsWith('b')));
    }

    [Fact]
    public void What_a_receiver_refuses_for_good_does_not_hold_up_the_rest()
    {
        using var node = new Sending(_temp.Path, _receiver);
        node.Apply(Destination("max_samples_per_send: 1"));
        _receiver.Status = "400 Bad Request";
        node.Append(("a", 1, 1));
        node.WaitFor(() => _receiver.Refused == 1);
        _receiver.Status = "204 No Content";
        node.Append(("a", 2, 2));
        node.FlushAll();
        Assert.Equal(["a 2 2"], _receiver.Samples);
    }

    [Fact]
    public void After_a_restart_it_goes_on_where_it_stopped()
    {
        using (var node = new Sending(_temp.Path, _receiver))
        {
            node.Apply(Destination());
            node.Append(("a", 1, 1));
            node.FlushAll();
            _receiver.Status = "503 Service Unavailable";
            node.Append(("a", 2, 2), ("b", 2, 2));
            node.FlushAll(Backoff);
        }

        _receiver.Status = "204 No Content";
        using (var node = new Sending(_temp.Path, _receiver))
        {
            node.Apply(Destination());
            node.WaitFor(() => _receiver.Samples.Count >= 3, Backoff);
            node.Append(("a", 3, 3));
            node.WaitFor(() => _receiver.Samples.Count >= 4, Backoff);
            node.FlushAll();
        }

        Assert.Equal(["a 1 1", "a 2 2", "b 2 2", "a 3 3"], _receiver.Samples);
    }

    [Fact]
    public void After_a_crash_what_the_receiver_has_already_does_not_cost_what_it_has_not()
    {
        using (var node = new Sending(_temp.Path, _receiver))
        {
            node.Apply(Destination());
            for (int time = 1000; time <= 20_000; time += 1000)
            {
                node.Append(("a", time, time), ("b", time + 1, time));
            }

            node.FlushAll();
        }

        // As if the last positions had been written long before the end.
        File.WriteAllText(Path.Combine(_temp.Path, "remote-write.json"), """{"version":1,"clean":false,"positions":{"there":15000}}""");
        using (var node = new Sending(_temp.Path, _receiver))
        {
            node.Append(("a", 21_000, 21_000), ("b", 21_001, 21_000));
            node.Apply(Destination());
            node.WaitFor(() => _receiver.Samples.Count >= 42, Backoff);
        }

        Assert.True(_receiver.Refused > 0);
        Assert.Equal([.. Enumerable.Range(1, 21).Select(time => $"a {time}000 {time}000")], _receiver.Samples.Where(line => line.StartsWith('a')));
        Assert.Equal([.. Enumerable.Range(1, 21).Select(time => $"b {time}001 {time}000")], _receiver.Samples.Where(line => line.StartsWith('b')));
    }

    [Fact]
    public void A_changed_destination_goes_on_where_it_was_and_one_that_is_gone_gets_nothing_more()
    {
        using var node = new Sending(_temp.Path, _receiver);
        node.Apply(Destination());
        node.Append(("a", 1, 1));
        node.FlushAll();
        node.Apply(Destination("max_samples_per_send: 7"));
        node.Append(("a", 2, 2));
        node.FlushAll();
        node.WaitFor(() => _receiver.Samples.Count == 2, Backoff);
        node.Apply(string.Empty);
        Assert.False(node.Tap.IsOpen);
        node.Append(("a", 3, 3));
        node.FlushAll();
        Assert.Equal(["a 1 1", "a 2 2"], _receiver.Samples);
    }

    [Fact]
    public void A_damaged_file_of_positions_is_told_and_what_comes_is_sent()
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(_temp.Path).FullName, "remote-write.json"), "{\"version\":1,");
        using var node = new Sending(_temp.Path, _receiver);
        node.Apply(Destination());
        node.Append(("a", 1, 1));
        node.FlushAll();
        Assert.Equal(["a 1 1"], _receiver.Samples);
    }

    [Fact]
    public void Metadata_is_sent_at_its_interval()
    {
        using var node = new Sending(_temp.Path, _receiver);
        node.Apply(Destination());
        node.Test.Advance(TimeSpan.FromMinutes(1));
        node.WaitFor(() => _receiver.Families.Count > 0);
        Assert.Equal(["up"], _receiver.Families);
    }

    private string Destination(string queue = "") => $"{{name: there, url: '{_receiver.Url}', queue_config: {{max_backoff: 50ms{(queue.Length > 0 ? ", " + queue : string.Empty)}}}}}";

    private sealed class Sending : IDisposable
    {
        private readonly WriteReceiver _receiver;
        private readonly ShardNode _node;
        private readonly ActorRef _remoteWrite;
        private readonly TestProbe _asker;

        public Sending(string path, WriteReceiver receiver)
        {
            _receiver = receiver;
            _node = new ShardNode(path);
            _asker = Test.CreateProbe("asker");
            TestProbe catalog = Test.CreateProbe("catalog");
            var said = new Dictionary<string, MetricMetadata> { ["up"] = new(MetricType.Gauge, "Up.", string.Empty) };
            catalog.AnswerWith(message => message is TellMetadata ? new MetadataTold([new TargetMetadata(Labels.Empty, "job", said)]) : null);
            var shards = new ShardDirectory(new ShardMap(1), [_node.Shard]);
            _remoteWrite = Test.ActorOf(
                () => new RemoteWriteActor(_node.Tap, shards, null, catalog.Ref, new SendPositions(_node.Directory), "Pleiad/test", NullLogger.Instance), "remote-write");
        }

        public TestActorSystem Test => _node.Test;

        public SampleTap Tap => _node.Tap;

        public void Apply(string destinations)
        {
            _asker.Send(_remoteWrite, new ApplyConfiguration(ScrapeConfigFile.Parse($"remote_write: [{destinations}]", "t.yml")));
            _asker.ExpectMsg<ConfigurationApplied>();
            Test.Drain();
        }

        public void Append(params ReadOnlySpan<(string Name, long Time, double Value)> rows) => _node.Append(rows);

        /// <summary>Waits until nothing waits in memory any more, and the positions are saved.</summary>
        public void FlushAll(TimeSpan? step = null)
        {
            Task<AllFlushed> flushed = _remoteWrite.Ask<AllFlushed>(new FlushAll(), TimeSpan.FromHours(1), CancellationToken.None);
            WaitFor(() => flushed.IsCompleted, step);
            Test.Await(flushed);
        }

        /// <summary>Waits for something that real sockets bring about, time going on in steps meanwhile where the test says so.</summary>
        public void WaitFor(Func<bool> isThere, TimeSpan? step = null)
        {
            long began = TimeProvider.System.GetTimestamp();
            while (!isThere())
            {
                Assert.True(TimeProvider.System.GetElapsedTime(began) < TestActorSystem.HangGuard, "it did not come about");
                Test.Drain();
                if (step is { } by)
                {
                    Test.Advance(by);
                }

                _receiver.WaitForAnswer();
            }
        }

        public void Dispose() => _node.Dispose();
    }
}
