namespace Pleiad.PromQL;

/// <summary>What a shard says to a fragment.</summary>
public sealed class FragmentAnswer
{
    internal FragmentAnswer(SeriesRows rows, QueryContext context, TimeSpan time)
    {
        Rows = rows;
        Context = context;
        Time = time;
    }

    internal SeriesRows Rows { get; }

    internal QueryContext Context { get; }

    internal TimeSpan Time { get; }
}
