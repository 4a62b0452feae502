using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// The newest exemplars of a shard, in memory; <see cref="ExemplarStore"/> keeps them over a start. A full buffer forgets the oldest. Those of one series are in order of time.
/// One writer; <see cref="Copy"/> is what readers get.
/// </summary>
/// <param name="capacity">Exemplars at most; 0 keeps none.</param>
public sealed class ExemplarBuffer(int capacity)
{
    /// <summary>Characters that names and values of one exemplar's labels may have together.</summary>
    /// <remarks>OpenMetrics 1.0, "Exemplars".</remarks>
    public const int LabelRunesMax = 128;

    private readonly List<StoredExemplar> _ring = [];
    private readonly Dictionary<Labels, Held> _series = [];
    private int _oldest;

    /// <summary>Exemplars held.</summary>
    public int Count => _ring.Count;

    /// <summary>Adds one.</summary>
    /// <param name="series">Whose it is.</param>
    /// <param name="exemplar">With a time.</param>
    public ExemplarOutcome Add(Labels series, Exemplar exemplar)
    {
        ExemplarOutcome outcome = Decide(series, exemplar);
        StorageMetrics.Exemplars.Add(1, new KeyValuePair<string, object?>("outcome", NameOf(outcome)));
        if (outcome == ExemplarOutcome.Stored)
        {
            Changes++;
            Put(series, exemplar);
        }

        return outcome;
    }

    /// <summary>How often one was stored: what is saved need not be saved again while this stands still.</summary>
    public long Changes { get; private set; }

    /// <summary>Takes back what was there before a start; the newest of them, where there is not room for all.</summary>
    /// <param name="saved">The oldest first.</param>
    public void Restore(IEnumerable<StoredExemplar> saved)
    {
        foreach (StoredExemplar stored in saved)
        {
            if (capacity > 0)
            {
                Put(stored.Series, stored.Exemplar);
            }
        }
    }

    private void Put(Labels series, Exemplar exemplar)
    {
        var stored = new StoredExemplar(series, exemplar);
        if (_ring.Count < capacity)
        {
            _ring.Add(stored);
        }
        else
        {
            Forget(_ring[_oldest].Series);
            _ring[_oldest] = stored;
            _oldest = (_oldest + 1) % capacity;
        }

        ref Held held = ref CollectionsMarshal.GetValueRefOrAddDefault(_series, series, out _);
        held = new Held(exemplar, held.Count + 1);
    }

    /// <summary>All of them, the oldest first.</summary>
    public IReadOnlyList<StoredExemplar> Copy()
    {
        var copy = new List<StoredExemplar>(_ring.Count);
        copy.AddRange(CollectionsMarshal.AsSpan(_ring)[_oldest..]);
        copy.AddRange(CollectionsMarshal.AsSpan(_ring)[.._oldest]);
        return copy;
    }

    private ExemplarOutcome Decide(Labels series, Exemplar exemplar)
    {
        if (capacity == 0)
        {
            return ExemplarOutcome.Off;
        }

        if (Runes(exemplar.Labels) > LabelRunesMax)
        {
            return ExemplarOutcome.TooLong;
        }

        if (!_series.TryGetValue(series, out Held held))
        {
            return ExemplarOutcome.Stored;
        }

        Exemplar newest = held.Newest;
        if (newest.At == exemplar.At && newest.Value.Equals(exemplar.Value) && newest.Labels.Equals(exemplar.Labels))
        {
            return ExemplarOutcome.Duplicate;
        }

        // Of the same time only a larger value is newer: a target repeats its exemplars at every scrape, each bucket its own.
        return Time(exemplar) < Time(newest) || (Time(exemplar) == Time(newest) && exemplar.Value < newest.Value)
            ? ExemplarOutcome.OutOfOrder
            : ExemplarOutcome.Stored;
    }

    private void Forget(Labels series)
    {
        ref Held held = ref CollectionsMarshal.GetValueRefOrNullRef(_series, series);
        Debug.Assert(!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref held), "a series of the ring is known");
        if (held.Count == 1)
        {
            _series.Remove(series);
        }
        else
        {
            held = held with { Count = held.Count - 1 };
        }
    }

    private static long Time(Exemplar exemplar) => (exemplar.At ?? throw new ArgumentException("an exemplar needs a time", nameof(exemplar))).Milliseconds;

    private static int Runes(Labels labels)
    {
        int runes = 0;
        foreach (Label label in labels)
        {
            runes += Runes(label.Name) + Runes(label.Value);
        }

        return runes;
    }

    private static int Runes(string text)
    {
        int runes = 0;
        foreach (Rune _ in text.EnumerateRunes())
        {
            runes++;
        }

        return runes;
    }

    private static string NameOf(ExemplarOutcome outcome) => outcome switch
    {
        ExemplarOutcome.Stored => "stored",
        ExemplarOutcome.Duplicate => "duplicate",
        ExemplarOutcome.OutOfOrder => "out-of-order",
        ExemplarOutcome.TooLong => "too-long",
        _ => "off",
    };

    private readonly record struct Held(Exemplar Newest, int Count);
}

/// <summary>What became of an exemplar.</summary>
public enum ExemplarOutcome
{
    /// <summary>It is there now.</summary>
    Stored,

    /// <summary>It is the newest of its series already.</summary>
    Duplicate,

    /// <summary>Older than the newest of its series.</summary>
    OutOfOrder,

    /// <summary>Its labels are longer than <see cref="ExemplarBuffer.LabelRunesMax"/>.</summary>
    TooLong,

    /// <summary>None are kept.</summary>
    Off,
}

/// <summary>An exemplar with its series.</summary>
public readonly record struct StoredExemplar(Labels Series, Exemplar Exemplar);
