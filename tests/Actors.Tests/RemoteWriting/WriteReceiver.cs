using System.Collections.Concurrent;
using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Actors.Tests;

/// <summary>
/// A receiver of remote write 1.0 that keeps what it takes, and takes nothing while it is told so. As Prometheus 2 it refuses a whole request
/// for one sample that is older than the newest of its series.
/// </summary>
internal sealed class WriteReceiver : IDisposable
{
    private readonly ConcurrentQueue<string> _samples = new();
    private readonly ConcurrentQueue<string> _families = new();
    private readonly AutoResetEvent _answered = new(initialState: false);
    private readonly ByteTarget _target;
    private volatile string _status = "204 No Content";
    private Dictionary<string, long> _newest = [];
    private int _refused;

    public WriteReceiver() => _target = new ByteTarget(async (request, wire, cancel) =>
    {
        string status = _status;
        if (status.StartsWith('2') && !TryTake(request.Bytes))
        {
            status = "400 Bad Request";
        }

        if (!status.StartsWith('2'))
        {
            Interlocked.Increment(ref _refused);
        }

        await wire.WriteAsync(ByteTarget.Status(status, []), cancel);
        _answered.Set();
        return true;
    });

    public string Url => $"http://{_target.Address}/api/v1/write";

    /// <summary>What every request is answered from now on.</summary>
    public string Status
    {
        set => _status = value;
    }

    /// <summary>Requests that were not taken.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>What was taken, in order: name, time, value.</summary>
    public IReadOnlyList<string> Samples => [.. _samples];

    /// <summary>Families whose metadata was taken.</summary>
    public IReadOnlyList<string> Families => [.. _families];

    /// <summary>Waits for an answer to have been given, for a moment.</summary>
    public void WaitForAnswer() => _answered.WaitOne(TimeSpan.FromMilliseconds(20));

    public void Dispose()
    {
        _target.Dispose();
        _answered.Dispose();
    }

    private bool TryTake(byte[] body)
    {
        SnappyBlock.TryReadLength(body, out uint length, out int head);
        byte[] message = new byte[length];
        SnappyBlock.TryDecode(body.AsSpan(head), message);
        using RemoteWriteContent content = new RemoteWriteReader(new ShardMap(1), new SeriesKeyCache(100), 10_000, long.MaxValue).ReadFirst(message);
        foreach (KeyValuePair<string, MetricMetadata> said in content.Metadata)
        {
            _families.Enqueue(said.Key);
        }

        var newest = new Dictionary<string, long>(_newest);
        var taken = new List<string>();
        foreach (SampleBatch batch in content.TakeBatches())
        {
            using (batch)
            {
                for (int i = 0; i < batch.Count; i++)
                {
                    string name = batch.Series[i].Labels.MetricName;
                    long time = batch.Times[i];
                    long last = newest.GetValueOrDefault(name, long.MinValue);
                    if (time < last)
                    {
                        return false;
                    }

                    if (time > last)
                    {
                        newest[name] = time;
                        taken.Add(FormattableString.Invariant($"{name} {time} {batch.Values[i]}"));
                    }
                }
            }
        }

        _newest = newest;
        taken.ForEach(_samples.Enqueue);
        return true;
    }
}
