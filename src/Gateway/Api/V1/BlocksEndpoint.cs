using Pleiad.Actors;

namespace Pleiad.Gateway;

/// <summary><c>/api/v1/status/tsdb/blocks</c>: the blocks on the disk of this node, of all shards, in the shape that Prometheus has.</summary>
internal sealed class BlocksEndpoint(INodeStatus status)
{
    // Of the alphabet that ULIDs are written in.
    private const string Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int MetaVersion = 1;

    /// <summary>The answer, the oldest blocks first.</summary>
    public async Task<ApiAnswer> AnswerAsync(GatewayCall call, Parameters parameters)
    {
        IReadOnlyList<StoredBlock> blocks = await CardinalityEndpoint.AskAsync(() => Task.FromResult(status.Blocks())).ConfigureAwait(false);
        return new ApiAnswer(
            async (text, cancel) =>
            {
                text.ObjectStart().Name("blocks"u8).ArrayStart();
                foreach (StoredBlock block in blocks.OrderBy(static block => block.MinTimeMs).ThenBy(static block => block.Shard))
                {
                    Write(text, block);
                    await text.DrainIfLargeAsync(cancel).ConfigureAwait(false);
                }

                text.ArrayEnd().ObjectEnd();
            },
            [],
            []);
    }

    /// <summary>A name for a block of the form that clients expect: 48 bits of its newest sample's time, 16 of the shard, 64 of the block's number.</summary>
    internal static string NameOf(in StoredBlock block)
    {
        UInt128 rest = new(((ulong)Math.Max(0, block.MaxTimeMs) << 16) | (ushort)block.Shard, (ulong)block.Number);
        Span<char> name = stackalloc char[26];
        for (int i = name.Length - 1; i >= 0; i--)
        {
            name[i] = Digits[(int)(rest & 31)];
            rest >>= 5;
        }

        return name.ToString();
    }

    private static void Write(JsonText text, in StoredBlock block)
    {
        string name = NameOf(block);
        text.ObjectStart()
            .Name("ulid"u8).String(name)
            .Name("minTime"u8).Number(block.MinTimeMs)
            .Name("maxTime"u8).Number(block.MaxTimeMs + 1)
            .Name("stats"u8).ObjectStart()
            .Name("numSamples"u8).Number(block.Samples)
            .Name("numSeries"u8).Number(block.Series)
            .Name("numChunks"u8).Number(block.Chunks)
            .ObjectEnd()
            .Name("compaction"u8).ObjectStart().Name("level"u8).Number(block.IsMerged ? 2 : 1).Name("sources"u8).ArrayStart();
        if (!block.IsMerged)
        {
            text.String(name);
        }

        text.ArrayEnd().ObjectEnd().Name("version"u8).Number(MetaVersion).ObjectEnd();
    }
}
