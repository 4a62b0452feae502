using Microsoft.Extensions.Logging;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>All destinations of remote write: their lanes are its children; it keeps their positions and sends metadata.</summary>
internal sealed class RemoteWriteActor : Actor
{
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(30);

    private readonly SampleTap _tap;
    private readonly ShardDirectory _shards;
    private readonly LedShards? _led;
    private readonly ActorRef _catalog;
    private readonly SendPositions _positions;
    private readonly string _userAgent;
    private readonly ILogger _log;
    private readonly Dictionary<string, Running> _running = [];
    private readonly CancellationTokenSource _stopping = new();
    private IReadOnlyDictionary<string, long> _lastRun = new Dictionary<string, long>();

    /// <param name="tap">Where samples come from.</param>
    /// <param name="shards">To read back from.</param>
    /// <param name="led">The shards whose samples this node forwards; null where it has all of them.</param>
    /// <param name="catalog">Knows what targets say of metric families.</param>
    /// <param name="positions">Of the last run.</param>
    /// <param name="userAgent">Who we say we are.</param>
    /// <param name="log">For people.</param>
    public RemoteWriteActor(
        SampleTap tap, ShardDirectory shards, LedShards? led, ActorRef catalog, SendPositions positions, string userAgent, ILogger log)
    {
        _tap = tap;
        _shards = shards;
        _led = led;
        _catalog = catalog;
        _positions = positions;
        _userAgent = userAgent;
        _log = log;
    }

    protected override void PreStart()
    {
        try
        {
            _lastRun = _positions.Load();
        }
        catch (IOException e)
        {
            _log.PositionsUnreadable(e.Message);
        }

        Timers.StartPeriodic(SaveDue.Instance, SaveDue.Instance, SaveInterval);
        if (_tap.InForce is { } before)
        {
            // After a failed turn: where the destinations were is in the file.
            Apply(before.Config.RemoteWrite);
        }
    }

    protected override void PostStop()
    {
        _stopping.Cancel();
        _tap.LeadTo([]);
        foreach (Running running in _running.Values)
        {
            running.Destination.Dispose();
        }

        _stopping.Dispose();
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case ApplyConfiguration apply:
                Apply(apply.Config.RemoteWrite);
                _tap.InForce = apply;
                Sender.Tell(new ConfigurationApplied(), Self);
                break;
            case SaveDue:
                Save(clean: false);
                break;
            case MetadataDue due when _running.ContainsKey(due.Name):
                Context.PipeToSelf(
                    _catalog.Ask<MetadataTold>(new TellMetadata(), MetadataTimeout, _stopping.Token),
                    told => new MetadataFound(due.Name, FamiliesOf(told)),
                    failure => new MetadataFailed(due.Name, failure.Message));
                break;
            case MetadataDue:
                break;
            case MetadataFound found when _running.TryGetValue(found.Name, out Running? running):
                Send(running.Destination, found.Families);
                break;
            case MetadataFound:
                break;
            case MetadataFailed failed:
                _log.MetadataNotSent(failed.Name, failed.Reason);
                break;
            case MetadataSent:
                break;
            case FlushAll:
                Flush(Sender);
                break;
            case Flushed flushed:
                Save(clean: true);
                flushed.Asker.Tell(new AllFlushed(), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Apply(IReadOnlyList<RemoteWriteConfig> configs)
    {
        Dictionary<string, RemoteWriteConfig> wanted = [];
        foreach (RemoteWriteConfig config in configs)
        {
            if (config.Hindrance is { } hindrance)
            {
                _log.DestinationLeftOut(config.ToString(), hindrance);
            }
            else if (!wanted.TryAdd(config.Name, config))
            {
                _log.DestinationLeftOut(config.ToString(), "another destination says exactly the same");
            }
        }

        Running[] gone = [.. _running.Values.Where(one => !wanted.TryGetValue(one.Destination.Config.Name, out RemoteWriteConfig? same)
            || same.Fingerprint != one.Destination.Config.Fingerprint)];
        Dictionary<string, long> positions = PositionsOf(gone);
        foreach (Running running in gone)
        {
            _running.Remove(running.Destination.Config.Name);
        }

        foreach ((string name, RemoteWriteConfig config) in wanted)
        {
            if (!_running.ContainsKey(name))
            {
                _running.Add(name, Start(config, positions.TryGetValue(name, out long here) ? here : _lastRun.TryGetValue(name, out long before) ? before : null));
                _log.DestinationStarted(config.ToString());
            }
        }

        _tap.LeadTo([.. _running.Values.Select(static running => running.Lanes)]);
        foreach (Running running in gone)
        {
            Stop(running);
        }

        _lastRun = _lastRun.Where(entry => !wanted.ContainsKey(entry.Key)).ToDictionary();

        // At once: after a crash in the first seconds a new destination is to get what came since now.
        Save(clean: false);
    }

    private Running Start(RemoteWriteConfig config, long? position)
    {
        var destination = new SendDestination(config, new RemoteWriteClient(config, _userAgent, Context.Time), _log);
        int shards = _shards.Map.Count;
        var lanes = new SendLane[Math.Min(config.Queue.LanesMax, shards)];
        var actors = new ActorRef[lanes.Length];
        for (int i = 0; i < lanes.Length; i++)
        {
            SendLane lane = lanes[i] = new SendLane(new SendQueue(config, position));
            ShardId[] own = [.. Enumerable.Range(0, shards).Where(shard => shard % lanes.Length == i).Select(static shard => new ShardId(shard))];
            actors[i] = Context.ActorOf(Props.Create(() => new SendLaneActor(lane, destination, own, _shards, _led, _log)));
        }

        if (config.MetadataInterval is { } interval && interval > TimeSpan.Zero)
        {
            Timers.StartPeriodic(config.Name, new MetadataDue(config.Name), interval);
        }

        return new Running(destination, lanes, actors, Timestamp.From(Context.Time.GetUtcNow()).Milliseconds);
    }

    private void Stop(Running running)
    {
        if (!_running.ContainsKey(running.Destination.Config.Name))
        {
            Timers.Cancel(running.Destination.Config.Name);
        }

        foreach (ActorRef actor in running.Actors)
        {
            Context.Stop(actor);
        }

        running.Destination.Dispose();
    }

    private void Send(SendDestination destination, IReadOnlyDictionary<string, MetricMetadata> families)
    {
        destination.Note(families);
        if (destination.Config.SendsMetadataApart && families.Count > 0)
        {
            string name = destination.Config.Name;
            Context.PipeToSelf(
                SendMetadataAsync(destination, families, _stopping.Token),
                outcome => outcome is null ? new MetadataSent() : new MetadataFailed(name, outcome),
                failure => new MetadataFailed(name, failure.Message));
        }
    }

    // What fails is sent again with everything else at the next interval.
    private static async Task<string?> SendMetadataAsync(
        SendDestination destination, IReadOnlyDictionary<string, MetricMetadata> families, CancellationToken cancel)
    {
        foreach (byte[] body in MetadataRequests.Of(families, destination.Config.MetadataPerSend))
        {
            SendOutcome outcome = await destination.Client.SendAsync(body, cancel);
            if (outcome.Verdict != SendVerdict.Delivered)
            {
                return outcome.Reason;
            }
        }

        return null;
    }

    private void Flush(ActorRef asker)
    {
        Task[] flushes = [.. _running.Values.SelectMany(static running => running.Actors)
            .Select(lane => lane.Ask<LaneFlushed>(new FlushLane(), FlushTimeout, _stopping.Token))];

        // What does not get through in time is read from storage after the next start: the positions say so.
        Context.PipeToSelf(Task.WhenAll(flushes), () => new Flushed(asker), _ => new Flushed(asker));
    }

    private void Save(bool clean)
    {
        Dictionary<string, long> positions = PositionsOf(_running.Values);
        long now = Timestamp.From(Context.Time.GetUtcNow()).Milliseconds;
        foreach (Running running in _running.Values)
        {
            if (positions.TryGetValue(running.Destination.Config.Name, out long position))
            {
                running.Destination.TellLag(TimeSpan.FromMilliseconds(Math.Max(0, now - position)));
            }
        }

        if (_running.Count == 0)
        {
            return;
        }

        try
        {
            _positions.Save(positions, clean);
        }
        catch (IOException e)
        {
            _log.PositionsNotSaved(e.Message);
        }
    }

    private static Dictionary<string, long> PositionsOf(IEnumerable<Running> running)
    {
        var positions = new Dictionary<string, long>();
        foreach (Running one in running)
        {
            positions[one.Destination.Config.Name] = SendQueue.PositionOf(one.Lanes.Select(static lane => lane.Queue)) ?? one.BeganMs;
        }

        return positions;
    }

    private static Dictionary<string, MetricMetadata> FamiliesOf(MetadataTold told)
    {
        var families = new Dictionary<string, MetricMetadata>(StringComparer.Ordinal);
        foreach ((string family, MetricMetadata said) in told.Targets.SelectMany(static target => target.Families))
        {
            families.TryAdd(family, said);
        }

        return families;
    }

    /// <param name="Destination">Where to.</param>
    /// <param name="Lanes">All of them.</param>
    /// <param name="Actors">Who empties the lanes.</param>
    /// <param name="BeganMs">Its position before it has seen a sample.</param>
    private sealed record Running(SendDestination Destination, SendLane[] Lanes, ActorRef[] Actors, long BeganMs);

    private sealed record MetadataDue(string Name);

    private sealed record MetadataFound(string Name, IReadOnlyDictionary<string, MetricMetadata> Families);

    private sealed record MetadataFailed(string Name, string Reason);

    private sealed record MetadataSent;

    private sealed record Flushed(ActorRef Asker);

    private sealed class SaveDue
    {
        public static readonly SaveDue Instance = new();
    }
}

/// <summary>Send what waits in memory and save the positions: the node ends. The answer is an <see cref="AllFlushed"/>.</summary>
internal sealed record FlushAll;

/// <summary>The answer to <see cref="FlushAll"/>.</summary>
internal sealed record AllFlushed;
