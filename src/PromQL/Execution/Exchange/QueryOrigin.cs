using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Everything that a plan follows from: whoever has it, and as many shards, makes the same plan.</summary>
/// <param name="Query">The text.</param>
/// <param name="Steps">The outermost steps.</param>
/// <param name="IsRange">Whether it is a range query.</param>
/// <param name="LookbackMs">Of instant selectors.</param>
/// <param name="SubqueryStepMs">Of subqueries that name none.</param>
/// <param name="InnerStepsMax">Steps a subquery may have.</param>
/// <param name="Features">Of the language.</param>
/// <param name="PushesOne">See <see cref="Distribute.Run"/>.</param>
internal sealed record QueryOrigin(
    string Query, Steps Steps, bool IsRange, long LookbackMs, long SubqueryStepMs, long InnerStepsMax, PromQLFeatures Features, bool PushesOne)
{
    /// <summary>See <see cref="QuerySpan.EndMs"/>.</summary>
    public long EndMs { get; init; } = Steps.End;

    /// <summary>Rollups that may answer; null for samples alone.</summary>
    public RollupUse? Rollups { get; init; }

    public void Write(MessageWriter into)
    {
        into.Text(1, Query);
        into.Signed(2, Steps.Start);
        into.Number(3, (ulong)Steps.StepMs);
        into.Number(4, (ulong)Steps.Count);
        into.Number(5, IsRange ? 1UL : 0);
        into.Number(6, (ulong)LookbackMs);
        into.Number(7, (ulong)SubqueryStepMs);
        into.Number(8, (ulong)InnerStepsMax);
        into.Number(9, (ulong)Features);
        into.Number(10, PushesOne ? 1UL : 0);
        if (Rollups is { } rollups)
        {
            into.Number(11, rollups.Prefers ? 2UL : 1);
            foreach (RollupChoice choice in rollups.Choices)
            {
                into.Number(12, (ulong)choice.ResolutionMs);
                into.Signed(13, choice.KeptFromMs);
            }
        }

        into.Signed(14, EndMs);
    }

    /// <exception cref="WireFormatException">It is none.</exception>
    public static QueryOrigin Read(ReadOnlySpan<byte> message)
    {
        string query = string.Empty;
        long start = 0;
        long? end = null;
        ulong[] numbers = new ulong[12];
        var resolutions = new List<long>();
        var keptFrom = new List<long>();
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    query = reader.Text();
                    break;
                case 2:
                    start = reader.Signed();
                    break;
                case <= 11:
                    numbers[field] = reader.Number();
                    break;
                case 12:
                    resolutions.Add((long)reader.Number());
                    break;
                case 13:
                    keptFrom.Add(reader.Signed());
                    break;
                case 14:
                    end = reader.Signed();
                    break;
            }
        }

        if (numbers[3] > long.MaxValue || numbers[4] is 0 or > int.MaxValue || numbers[6] is 0 or > long.MaxValue || numbers[7] is 0 or > long.MaxValue
            || numbers[8] > long.MaxValue || numbers[9] > int.MaxValue || (Int128)numbers[3] * numbers[4] > long.MaxValue)
        {
            throw new WireFormatException("steps, lookback or limits of a query that cannot be");
        }

        if (resolutions.Count != keptFrom.Count || resolutions.Exists(static resolution => resolution <= 0))
        {
            throw new WireFormatException("rollups of a query that cannot be");
        }

        var steps = new Steps(start, (long)numbers[3], (int)numbers[4]);
        if (end < steps.End)
        {
            throw new WireFormatException("a query that ends before its last step");
        }

        return new QueryOrigin(
            query, steps, numbers[5] != 0, (long)numbers[6], (long)numbers[7], (long)numbers[8],
            (PromQLFeatures)(int)numbers[9], numbers[10] != 0)
        {
            EndMs = end ?? steps.End,
            Rollups = numbers[11] == 0
                ? null
                : new RollupUse(numbers[11] == 2, [.. resolutions.Zip(keptFrom, static (resolution, from) => new RollupChoice(resolution, from))]),
        };
    }
}
