using System.Collections.Concurrent;
using System.Diagnostics;

namespace Pleiad.Cluster.Tests;

/// <summary>What clients know of the samples they have sent: acknowledged, refused, or unknown. Thread-safe.</summary>
internal sealed class WriteLedger
{
    private readonly ConcurrentDictionary<(int Series, long Time), (double Value, bool IsAcked)> _samples = new();
    private readonly ConcurrentDictionary<int, List<(long Ticks, double Value)>> _acks = new();

    /// <summary>Samples that were acknowledged.</summary>
    public int Acked => _samples.Values.Count(static sample => sample.IsAcked);

    /// <summary>Samples of which nobody knows.</summary>
    public int Unknown => _samples.Values.Count(static sample => !sample.IsAcked);

    /// <summary>A sample is being sent: until it is acknowledged nobody knows what became of it.</summary>
    public void Send(int series, long time, double value) => _samples.TryAdd((series, time), (value, false));

    /// <summary>It was answered 204.</summary>
    public void Ack(int series, long time, double value)
    {
        _samples[(series, time)] = (value, true);
        List<(long, double)> acks = _acks.GetOrAdd(series, static _ => []);
        lock (acks)
        {
            acks.Add((Stopwatch.GetTimestamp(), value));
        }
    }

    /// <summary>The last value of a series that was acknowledged before a moment; null for none.</summary>
    public double? LastAckedBefore(int series, long ticks)
    {
        List<(long Ticks, double Value)> acks = _acks.GetOrAdd(series, static _ => []);
        lock (acks)
        {
            int at = acks.FindLastIndex(ack => ack.Ticks <= ticks);
            return at < 0 ? null : acks[at].Value;
        }
    }

    /// <summary>The longest time between two acknowledgements of each series since a moment; the time until now counts, and so does that from it.</summary>
    public IReadOnlyList<TimeSpan> PausesSince(long ticks, int series)
    {
        var pauses = new List<TimeSpan>();
        for (int of = 0; of < series; of++)
        {
            List<(long Ticks, double Value)> acks = _acks.GetOrAdd(of, static _ => []);
            lock (acks)
            {
                long[] moments = [ticks, .. acks.Select(static ack => ack.Ticks).Where(at => at > ticks), Stopwatch.GetTimestamp()];
                pauses.Add(moments.Zip(moments.Skip(1)).Max(static pair => Stopwatch.GetElapsedTime(pair.First, pair.Second)));
            }
        }

        return pauses;
    }

    /// <summary>Whether a sample of every series was acknowledged after a moment.</summary>
    public bool AllAckedSince(long ticks, int series) => Enumerable.Range(0, series).All(of =>
    {
        List<(long Ticks, double Value)> acks = _acks.GetOrAdd(of, static _ => []);
        lock (acks)
        {
            return acks.Count > 0 && acks[^1].Ticks > ticks;
        }
    });

    /// <summary>What is wrong with what a node has; empty for nothing.</summary>
    /// <param name="there">Series, time, value: all that it has since <paramref name="fromMs"/>.</param>
    /// <param name="fromMs">Older samples are not compared.</param>
    public IReadOnlyList<string> Compare(IReadOnlyList<(int Series, long Time, double Value)> there, long fromMs)
    {
        var wrong = new List<string>();
        var found = new Dictionary<(int, long), double>();
        foreach ((int series, long time, double value) in there)
        {
            if (!found.TryAdd((series, time), value))
            {
                wrong.Add($"{series} at {time} is there twice");
            }

            if (time >= fromMs && !(_samples.TryGetValue((series, time), out (double Value, bool) sent) && sent.Value.Equals(value)))
            {
                wrong.Add($"{series} at {time} is {value}, which nobody has sent");
            }
        }

        wrong.AddRange(_samples
            .Where(sample => sample.Value.IsAcked && sample.Key.Time >= fromMs && !(found.TryGetValue(sample.Key, out double value) && value.Equals(sample.Value.Value)))
            .Select(static sample => $"{sample.Key.Series} at {sample.Key.Time} was acknowledged as {sample.Value.Value} and is not there"));
        return wrong;
    }
}
