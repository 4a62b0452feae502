using Microsoft.Extensions.Logging.Abstractions;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>One shard and its actor on a data directory of its own; the test flushes the journal by hand.</summary>
internal sealed class ShardNode : IDisposable
{
    private readonly Dictionary<Labels, SeriesKey> _keys = [];
    private readonly DataDirectory _directory;
    private readonly ShardHome _home;

    public ShardNode(string path, IFiles? files = null, ShardSettings? shard = null, Func<StorageSettings, StorageSettings>? with = null)
    {
        // Without retention and without snapshots of its own accord: what is there is what the test put there.
        var settings = new StorageSettings { Retention = TimeSpan.Zero, Shard = shard ?? new ShardSettings() };
        settings = with is null ? settings : with(settings);
        _directory = DataDirectory.Open(files ?? new DiskFiles(), path, shardCount: 1);
        RecoveredData recovered = HeadRecovery.Run(_directory, settings.Shard, new SegmentLogSettings(), static _ => { }, CancellationToken.None);
        Journal = recovered.Log;
        Test = TestActorSystem.OnPool();
        var home = _home = new ShardHome(_directory, recovered, settings);
        Shard = Test.ActorOf(() => new SeriesShardActor(new ShardId(0), home, Tap, NullLogger.Instance), "shard");
        Writer = Test.CreateProbe("writer");
    }

    public TestActorSystem Test { get; }

    public DataDirectory Directory => _directory;

    /// <summary>Where durable samples are offered.</summary>
    public SampleTap Tap { get; } = new();

    public SegmentLog Journal { get; }

    public ActorRef Shard { get; }

    /// <summary>Sends batches and gets the answers.</summary>
    public TestProbe Writer { get; }

    public SampleBatch Batch(ShardId shard, params ReadOnlySpan<(string Name, long Time, double Value)> rows)
    {
        var batch = new SampleBatch(shard);
        foreach ((string name, long time, double value) in rows)
        {
            var labels = Labels.From((LabelName.MetricName, name), ("instance", "a"));
            if (!_keys.TryGetValue(labels, out SeriesKey? key))
            {
                _keys.Add(labels, key = new SeriesKey(labels));
            }

            batch.Add(key, time, value);
        }

        return batch;
    }

    /// <summary>Sends a batch without flushing.</summary>
    public void Send(params ReadOnlySpan<(string Name, long Time, double Value)> rows) =>
        Writer.Send(Shard, new AppendBatch(Batch(new ShardId(0), rows)));

    /// <summary>Sends a batch, flushes until it is in the journal, for the shard may be busy on another thread meanwhile, and takes the answer.</summary>
    public IngestOutcome Append(params ReadOnlySpan<(string Name, long Time, double Value)> rows) => Append(Batch(new ShardId(0), rows));

    /// <summary>The same with a batch.</summary>
    public IngestOutcome Append(SampleBatch batch)
    {
        Writer.Send(Shard, new AppendBatch(batch));
        long began = TimeProvider.System.GetTimestamp();
        do
        {
            Test.Drain();
            Journal.FlushOnce();
            Thread.Yield();
        }
        while (!Writer.HasMessage && TimeProvider.System.GetElapsedTime(began) < TestActorSystem.HangGuard);

        return Writer.ExpectMsg<IngestOutcome>();
    }

    /// <summary>The view after everything that was sent.</summary>
    public ShardView View() => Test.Await(AskForView());

    /// <summary>How the node stands with its memory; nobody watches it.</summary>
    public MemoryState Memory => _home.Memory;

    /// <summary>Completes when nothing is being saved any more.</summary>
    public Task WhenSavedAsync() => _home.WhenSavedAsync();

    /// <summary>The view laid out for queries, or null.</summary>
    public ShardView? TryView() => _home.TryView(new ShardId(0));

    /// <summary>The exemplars after everything that was sent.</summary>
    public IReadOnlyList<StoredExemplar> Exemplars() =>
        Test.Await(Shard.Ask<ExemplarsTaken>(TakeExemplars.Instance, TimeSpan.FromMinutes(1), CancellationToken.None)).Exemplars;

    public Task<ShardView> AskForView() => Shard.Ask<ShardView>(TakeView.Instance, TimeSpan.FromMinutes(1), CancellationToken.None);

    /// <summary>Everything the shard shows now, as lines of name, time and value.</summary>
    public IReadOnlyList<string> Samples()
    {
        using ShardView view = View();
        return Read(view);
    }

    public static IReadOnlyList<string> Read(ISeriesSource source)
    {
        var lines = new List<string>();
        var all = new SelectRequest([new Matcher(LabelName.MetricName, MatchKind.Regex, ".*")], TimeRange.All);
        using SeriesCursor cursor = source.Select(all, CancellationToken.None);
        using var columns = new SampleColumns();
        while (cursor.MoveNext())
        {
            columns.Clear();
            cursor.Read(columns);
            for (int i = 0; i < columns.Count; i++)
            {
                lines.Add($"{cursor.Labels.MetricName} {columns.Times[i]} {columns.Values[i]}");
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    /// <summary>Makes the actor's turn fail: a batch of another shard breaks what its sender has to see to.</summary>
    public void BreakATurn() => Writer.Send(Shard, new AppendBatch(Batch(new ShardId(1), ("poison", 1, 1))));

    public void Dispose()
    {
        Test.Dispose();

        // What the actors save as they end is written behind them; the directory must not go before. A save that fails is not the test's matter here.
        Task.WaitAny(_home.WhenSavedAsync());
        Journal.Dispose();
        _home.Dispose();
        _directory.Dispose();
    }
}
