using Microsoft.Extensions.Logging.Abstractions;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>The one shard of a cluster on one of its nodes: its actor, its host, a data directory of its own.</summary>
internal sealed class CopyNode : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TempDirectory _place = new();
    private readonly DataDirectory _directory;
    private readonly ShardHome _home;
    private readonly Dictionary<string, SeriesKey> _keys = [];

    public CopyNode(SharedJournal journal, IFiles? files = null, long recentBytesMax = 1 << 20, SpoolSettings? spool = null, ShardSettings? shard = null, TimeProvider? spoolTime = null,
        RollupSettings? rollups = null, long againBytes = 16 << 20)
    {
        Test = TestActorSystem.OnPool();
        _directory = DataDirectory.Open(files ?? new DiskFiles(), _place.Path, shardCount: 1);
        Spool = SpoolLog.Open(_directory, spool ?? new SpoolSettings(), spoolTime ?? TimeProvider.System);
        var settings = new StorageSettings { Retention = TimeSpan.Zero, Shard = shard ?? new ShardSettings(), Rollups = rollups ?? RollupSettings.Off };
        Journal = new ClusterJournal(journal, journal, journal, journal, recentBytesMax, new Resubmissions(new KeptMessages(_directory), new ShardMap(1), Test.Time))
        {
            TermLost = (_, epoch) => TermsLost.Add(epoch),
            Spool = Spool,
            AgainBytes = againBytes,
        };
        ShardHome home = _home = new ShardHome(_directory, Journal, settings);
        Shard = Test.ActorOf(() => new SeriesShardActor(new ShardId(0), home, new SampleTap(), NullLogger.Instance), "shard");
        Led = new LedShards(new ShardMap(1), Test.System.EventStream);
        Host = new ClusterShards([Shard], Journal, Led, new FirstReads(16, TimeProvider.System));
        Writer = Test.CreateProbe("writer");
    }

    public TestActorSystem Test { get; }

    public SpoolLog Spool { get; }

    public KeptMessages Kept => new(_directory);

    public ActorRef Shard { get; }

    public ClusterJournal Journal { get; }

    public LedShards Led { get; }

    public ClusterShards Host { get; }

    public TestProbe Writer { get; }

    /// <summary>Epochs that could not go on.</summary>
    public List<long> TermsLost { get; } = [];

    /// <summary>As the cluster actor does when it has taken the shard.</summary>
    public void Lead(ShardOwnership row)
    {
        Host.BeginLead(Test.Await(Host.CatchUpAsync(row)));
    }

    /// <summary>Writes a sample: as a client does, or as a scrape.</summary>
    public void Send(string name, long time, double value, bool isScrape = false)
    {
        if (!_keys.TryGetValue(name, out SeriesKey? key))
        {
            _keys.Add(name, key = new SeriesKey(Labels.From((LabelName.MetricName, name), ("instance", "a"))));
        }

        var batch = new SampleBatch(new ShardId(0));
        batch.Add(key, time, value);
        Writer.Send(Shard, new AppendBatch(batch) { ComesBack = !isScrape });
    }

    /// <summary>The actor fails, and begins anew with what is saved.</summary>
    public void Restart()
    {
        Writer.Send(Shard, new AppendBatch(new SampleBatch(new ShardId(7))));
        Assert.NotNull(Writer.ExpectMsg<IngestOutcome>().Failure);
        Test.Advance(TimeSpan.FromMinutes(1));
    }

    /// <summary>As <see cref="Restart"/>, where it does not lead.</summary>
    public void RestartCopy()
    {
        TestProbe news = Test.CreateProbe();
        news.Subscribe<ActorFailed>();
        Shard.Tell(new Pushed([]));
        news.ExpectMsg<ActorFailed>();
        Test.Drain();
        Test.Advance(TimeSpan.FromMinutes(1));
    }

    /// <summary>Records that were put aside.</summary>
    public IEnumerable<string> PutAside => Directory.Exists(_directory.QuarantinePath) ? Directory.EnumerateFiles(_directory.QuarantinePath).Select(static path => Path.GetFileName(path)) : [];

    /// <summary>Flips a bit of a record in the spool.</summary>
    public void DamageSpool(long seq)
    {
        byte[] payload = Spool.Read(0, seq);
        string path = Directory.EnumerateFiles(Path.Combine(_place.Path, "spool")).Single();
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf(payload) + (payload.Length / 2)] ^= 0x10;
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Through which record the newest snapshot on the disk is; 0 where there is none.</summary>
    public long SavedThrough() => _directory.SnapshotsOf(new ShardId(0)).Load(new ShardSettings()).AppliedSeq;

    /// <summary>Opens the shard as another start would, beside the one that is open.</summary>
    /// <returns>Whether it lacks samples.</returns>
    public async Task<bool> OpenAnewAsync()
    {
        using var home = new ShardHome(_directory, Journal, _home.Settings);
        await home.OpenAsync(new ShardId(0), 0);
        return home.HasLosses(new ShardId(0));
    }

    /// <summary>The files of the shard.</summary>
    public ShardFiles Files => _home.FilesOf(new ShardId(0));

    /// <summary>Flips a byte in the middle of the files of chunks; false where there are none.</summary>
    public bool DamageChunks() => Damage("chunks");

    /// <summary>As <see cref="DamageChunks"/>, but the files of blocks.</summary>
    public bool DamageBlocks() => Damage("block-");

    /// <summary>As <see cref="DamageBlocks"/>, but of their chunks: a block that is large enough opens all the same.</summary>
    public bool DamageFirstFrames() => Damage("block-", static _ => 2048);

    /// <summary>As <see cref="DamageChunks"/>, but what a file of rollups says of itself at its end.</summary>
    public bool DamageRollups() => Damage("rollup-", static length => length - 10);

    private bool Damage(string part, Func<int, int>? place = null)
    {
        string[] damaged = [.. Directory.EnumerateFiles(_directory.ShardPath(new ShardId(0))).Where(path => Path.GetFileName(path).Contains(part, StringComparison.Ordinal))];
        foreach (string path in damaged)
        {
            byte[] bytes = File.ReadAllBytes(path);
            bytes[place?.Invoke(bytes.Length) ?? bytes.Length / 2] ^= 1;
            File.WriteAllBytes(path, bytes);
        }

        return damaged.Length > 0;
    }

    /// <summary>Saves the shard, so often that its records may go.</summary>
    public void Save()
    {
        for (int i = 0; i < 2; i++)
        {
            Assert.Null(Test.Await(Shard.Ask<SnapshotSaved>(new SaveSnapshot(), Patience, CancellationToken.None)).Failure);
        }
    }

    /// <summary>Moves the head into blocks.</summary>
    public void Seal() => Assert.Null(Test.Await(Shard.Ask<HeadSealed>(new SealHead(), Patience, CancellationToken.None)).Failure);

    public IReadOnlyList<string> Samples()
    {
        using ShardView view = Test.Await(Shard.Ask<ShardView>(TakeView.Instance, Patience, CancellationToken.None));
        return ShardNode.Read(view);
    }

    public void Dispose()
    {
        Test.Dispose();

        // What the actors save as they end is written behind them; the directory must not go before. A save that fails is not the test's matter here.
        Task.WaitAny(_home.WhenSavedAsync());
        _home.Dispose();
        Spool.Dispose();
        _directory.Dispose();
        _place.Dispose();
    }
}
