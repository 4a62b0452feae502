using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary>The member <c>stats</c> of an answer to a query.</summary>
internal static class QueryStatsText
{
    /// <summary>Writes the member: timings and samples as Prometheus names them; what was counted for <c>stats=all</c> as well, and our own <c>shards</c>.</summary>
    public static void Write(JsonText text, QueryStats stats)
    {
        // What Prometheus spends on sorting and selecting is part of our evaluation.
        double parsed = stats.ParseTime.TotalSeconds;
        double evaluated = stats.EvalTime.TotalSeconds;
        double waited = stats.QueueTime.TotalSeconds;
        text.Name("stats"u8).ObjectStart();
        text.Name("timings"u8).ObjectStart()
            .Name("evalTotalTime"u8).Number(parsed + evaluated)
            .Name("resultSortTime"u8).Number(0L)
            .Name("queryPreparationTime"u8).Number(parsed)
            .Name("innerEvalTime"u8).Number(evaluated)
            .Name("execQueueTime"u8).Number(waited)
            .Name("execTotalTime"u8).Number(waited + parsed + evaluated)
            .ObjectEnd();
        text.Name("samples"u8).ObjectStart();
        if (stats.SamplesByStep.Count > 0)
        {
            text.Name("totalQueryableSamplesPerStep"u8).ArrayStart();
            foreach (StepSamples step in stats.SamplesByStep)
            {
                text.ArrayStart().Seconds(step.At.Milliseconds).Number(step.Samples).ArrayEnd();
            }

            text.ArrayEnd();
        }

        text.Name("totalQueryableSamples"u8).Number(stats.SamplesTotal)
            .Name("peakSamples"u8).Number(stats.SamplesPeak)
            .ObjectEnd();
        if (stats.SamplesByStep.Count > 0)
        {
            text.Name("seriesRead"u8).Number(stats.SeriesRead);
            WriteShards(text, stats.Shards);
        }

        text.ObjectEnd();
    }

    /// <summary>Writes the member <c>shards</c>: what each has cost.</summary>
    public static void WriteShards(JsonText text, IReadOnlyList<ShardCost> shards)
    {
        text.Name("shards"u8).ArrayStart();
        foreach (ShardCost shard in shards)
        {
            text.ObjectStart()
                .Name("shard"u8).Number(shard.Shard)
                .Name("seconds"u8).Number(shard.Time.TotalSeconds)
                .Name("seriesRead"u8).Number(shard.SeriesRead)
                .Name("samplesRead"u8).Number(shard.SamplesRead)
                .Name("series"u8).Number(shard.Series)
                .Name("bytes"u8).Number(shard.Bytes)
                .ObjectEnd();
        }

        text.ArrayEnd();
    }
}
