using Pleiad.Actors;

namespace Pleiad.Gateway;

/// <summary><c>/api/v1/cluster</c>: an endpoint of our own, in Prometheus's envelope.</summary>
/// <param name="seat">Null on a node by itself.</param>
internal sealed class ClusterEndpoints(Func<IClusterSeat?> seat)
{
    /// <summary>Nodes and shards; <c>clustered</c> says whether there are any but this one. With <c>others=false</c> no other node is asked for its targets and copies.</summary>
    public async Task<ApiAnswer> ClusterAsync(GatewayCall call, Parameters parameters)
    {
        bool asksOthers = AsksOthers(parameters);
        ClusterReport? report = seat() is { } there ? await there.ReportAsync(asksOthers, call.Cancel).ConfigureAwait(false) : null;
        return ApiAnswer.Of(text => Write(text, report));
    }

    private static bool AsksOthers(Parameters parameters) => parameters.Get("others") switch
    {
        "" or "true" => true,
        "false" => false,
        _ => throw new ApiException(ApiErrorKind.BadData, "invalid parameter \"others\": must be true or false"),
    };

    private static void Write(JsonText text, ClusterReport? report)
    {
        text.ObjectStart().Name("clustered"u8).Bool(report is not null);
        if (report is not null)
        {
            text.Name("self"u8).String(report.Self).Name("version"u8).Number(report.Version).Name("storeReached"u8).Bool(report.IsStoreReached);
            if (report.Spool is { } spool)
            {
                WriteSpool(text, spool);
            }

            text.Name("unanswered"u8).ArrayStart();
            foreach (string node in report.Unanswered)
            {
                text.String(node);
            }

            text.ArrayEnd().Name("nodes"u8).ArrayStart();
            foreach (ClusterNodeReport node in report.Nodes)
            {
                WriteNode(text, node);
            }

            text.ArrayEnd().Name("shards"u8).ArrayStart();
            foreach (ClusterShardReport shard in report.Shards)
            {
                WriteShard(text, shard);
            }

            text.ArrayEnd();
        }

        text.ObjectEnd();
    }

    private static void WriteNode(JsonText text, ClusterNodeReport node)
    {
        text.ObjectStart()
            .Name("name"u8).String(node.Name)
            .Name("incarnation"u8).String(node.Incarnation)
            .Name("address"u8).String(node.Address)
            .Name("httpAddress"u8).String(node.HttpAddress)
            .Name("roles"u8).ArrayStart();
        foreach (string role in node.Roles)
        {
            text.String(role);
        }

        text.ArrayEnd()
            .Name("zone"u8).String(node.Zone)
            .Name("status"u8).String(node.Status)
            .Name("leads"u8).Number(node.Leads)
            .Name("follows"u8).Number(node.Follows)
            .Name("accusers"u8).Number(node.Accusers);
        if (node.Targets is { } targets)
        {
            text.Name("targets"u8).Number(targets);
        }

        if (node.Spool is { } spool)
        {
            WriteSpool(text, spool);
        }

        text.ObjectEnd();
    }

    private static void WriteSpool(JsonText text, SpoolReport spool) => text.Name("spool"u8).ObjectStart()
        .Name("records"u8).Number(spool.Records)
        .Name("bytes"u8).Number(spool.Bytes)
        .Name("ageSeconds"u8).Number((long)spool.Age.TotalSeconds)
        .Name("usedPercent"u8).Number((long)(100 * spool.Share))
        .ObjectEnd();

    private static void WriteShard(JsonText text, ClusterShardReport shard)
    {
        text.ObjectStart()
            .Name("shard"u8).Number(shard.Shard)
            .Name("leader"u8).String(shard.Leader)
            .Name("followers"u8).ArrayStart();
        foreach (string follower in shard.Followers)
        {
            text.String(follower);
        }

        text.ArrayEnd()
            .Name("epoch"u8).Number(shard.Epoch)
            .Name("journalSeq"u8).Number(shard.JournalSeq)
            .Name("snapshotSeq"u8).Number(shard.SnapshotSeq);
        if (shard.AppliedSeq is { } applied)
        {
            text.Name("appliedSeq"u8).Number(applied).Name("lag"u8).Number(shard.LagOf(applied));
        }

        if (shard.MovingTo is { } moving)
        {
            text.Name("movingTo"u8).String(moving);
            if (shard.MovingLag is { } left)
            {
                text.Name("movingLag"u8).Number(left);
            }
        }

        text.Name("copies"u8).ArrayStart();
        foreach (ClusterCopyReport copy in shard.Copies)
        {
            text.ObjectStart().Name("node"u8).String(copy.Node);
            if (copy.AppliedSeq is { } seq)
            {
                text.Name("appliedSeq"u8).Number(seq).Name("lag"u8).Number(shard.LagOf(seq));
            }

            text.ObjectEnd();
        }

        text.ArrayEnd().ObjectEnd();
    }
}
