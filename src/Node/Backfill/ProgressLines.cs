namespace Pleiad.Node;

/// <summary>Says how far long work is: a line now and then, however often it is asked to. From any thread.</summary>
internal sealed class ProgressLines(TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private long _last = time.GetTimestamp();

    /// <summary>A line, where the last one is long enough ago.</summary>
    public void Note(Func<string> line)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_last) >= s_interval)
            {
                _last = time.GetTimestamp();
                output.WriteLine(line());
            }
        }
    }
}
