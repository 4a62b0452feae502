using Microsoft.Extensions.Logging;
using Pleiad.Kernel;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>Looks at the memory of the process, decides which step the node stands on, and says so: to the others, in the log, as metrics.</summary>
/// <param name="gauge">The memory.</param>
/// <param name="settings">Where the steps are.</param>
/// <param name="state">For the others.</param>
/// <param name="engine">Is told what its queries may hold.</param>
/// <param name="pieces">Are kept few where memory is short.</param>
/// <param name="log">Where it is told.</param>
internal sealed class MemoryWatchActor(IMemoryGauge gauge, MemorySettings settings, MemoryState state, Engine engine, PieceCache pieces, ILogger log) : Actor
{
    // Of the memory there is, one byte in so many may be unpacked pieces.
    private const int PiecesShare = 32;

    private GarbageCollection? _garbage;
    private RoomForQueries? _room;

    protected override void PreStart()
    {
        _garbage = new GarbageCollection(gauge, Context.Time);
        state.Status = new MemoryStatus(MemoryStep.Calm, gauge.UsedBytes(), gauge.LimitBytes, Context.Time.GetUtcNow(), settings);

        // Of what they may take at all, not of what is left of it while memory is short: this actor may begin anew then.
        pieces.KeepSmall(false);
        pieces.LimitTo(Math.Min(pieces.BytesMax, gauge.LimitBytes / PiecesShare));
        _room = new RoomForQueries(gauge, settings, state, _garbage, engine);
        engine.BeforeRefusing(_room.Look);
        Timers.StartPeriodic(Look.Instance, Look.Instance, settings.CheckInterval, TimeSpan.Zero);
    }

    protected override void Receive(object message)
    {
        if (message is Look)
        {
            TakeLook();
        }
        else
        {
            Unhandled(message);
        }
    }

    private void TakeLook()
    {
        MemoryStatus before = state.Status;
        long seen = _garbage!.Collections;
        long used = gauge.UsedBytes();
        MemoryStep step = Judge(before.Step, used);
        bool refusesMore = step > before.Step && step > MemoryStep.CachesShrink;
        if (step > MemoryStep.Calm && _garbage.TryCollect(seen, refusesMore ? settings.CollectIntervalMin : settings.CollectInterval))
        {
            // Nobody is refused for what is garbage.
            used = gauge.UsedBytes();
            step = Judge(before.Step, used);
        }

        pieces.KeepSmall(step >= MemoryStep.CachesShrink);
        _room!.Give(used);
        state.Status = before with { Step = step, UsedBytes = used, Since = step == before.Step ? before.Since : Context.Time.GetUtcNow() };
        ActorsMetrics.MemoryStep.Record((int)step);
        ActorsMetrics.MemoryUsed.Record(used);
        ActorsMetrics.MemoryOfPieces.Record(pieces.Bytes);
        ActorsMetrics.MemoryLimit.Record(before.LimitBytes);
        if (step > before.Step)
        {
            ActorsMetrics.MemorySteps.Add(1, new KeyValuePair<string, object?>("step", NameOf(step)));
            log.MemoryIsShort(state.Status.InWords, WordsOf(step));
        }
        else if (step < before.Step)
        {
            log.MemoryIsLessShort(state.Status.InWords, WordsOf(step));
        }
    }

    private MemoryStep Judge(MemoryStep now, long used) => MemoryLadder.Next(now, (double)used / Math.Max(1, gauge.LimitBytes), settings);

    /// <summary>The name of a step in metrics and answers.</summary>
    public static string NameOf(MemoryStep step) => step switch
    {
        MemoryStep.CachesShrink => "caches-shrink",
        MemoryStep.QueriesRefused => "queries-refused",
        MemoryStep.SeriesRefused => "series-refused",
        MemoryStep.WritesRefused => "writes-refused",
        _ => "calm",
    };

    private static string WordsOf(MemoryStep step) => step switch
    {
        MemoryStep.CachesShrink => "caches are kept small",
        MemoryStep.QueriesRefused => "expensive queries are refused",
        MemoryStep.SeriesRefused => "new series and expensive queries are refused; series that are there go on",
        MemoryStep.WritesRefused => "remote write is answered 429, new series and expensive queries are refused; scraping goes on",
        _ => "nothing is refused",
    };

    private sealed class Look
    {
        public static readonly Look Instance = new();
    }
}
