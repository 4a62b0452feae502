using Microsoft.AspNetCore.Http;
using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary><c>admin/tsdb/…</c>: what changes the stored data, only where it is switched on.</summary>
internal sealed class AdminEndpoints(IStorageAdmin storage, GatewaySettings settings)
{
    /// <summary><c>/api/v1/admin/tsdb/seal</c>: of our own. Answers when the head is in blocks, they are merged and the journal is cut.</summary>
    public async Task SealAsync(GatewayCall call)
    {
        ThrowIfDisabled();
        if (await storage.SealAsync(call.Cancel).ConfigureAwait(false) is { } failure)
        {
            throw new ApiException(ApiErrorKind.Internal, $"seal: {failure}");
        }

        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary><c>/api/v1/admin/tsdb/snapshot</c></summary>
    public async Task<ApiAnswer> SnapshotAsync(GatewayCall call, Parameters parameters)
    {
        ThrowIfDisabled();
        StorageCopy copy = await storage.CopyAsync(SkipsHead(parameters.Get("skip_head")), call.Cancel).ConfigureAwait(false);
        if (copy.Name is not { } name)
        {
            throw new ApiException(ApiErrorKind.Internal, $"create snapshot: {copy.Failure}");
        }

        return ApiAnswer.Of(text =>
        {
            text.ObjectStart();
            text.Name("name"u8);
            text.String(name);
            text.ObjectEnd();
        });
    }

    /// <summary><c>/api/v1/admin/tsdb/delete_series</c>: answers when what is deleted is durably so.</summary>
    public async Task DeleteSeriesAsync(GatewayCall call)
    {
        ThrowIfDisabled();
        Parameters parameters = await call.ReadParametersAsync(settings.FormBytesMax).ConfigureAwait(false);
        if (parameters.Problem is { } problem)
        {
            throw new ApiException(ApiErrorKind.BadData, $"error parsing form values: {problem}");
        }

        IReadOnlyList<string> selectors = parameters.All("match[]");
        if (selectors.Count == 0)
        {
            throw new ApiException(ApiErrorKind.BadData, "no match[] parameter provided");
        }

        Timestamp start = parameters.Time("start", TimeText.Min);
        Timestamp end = parameters.Time("end", TimeText.Max);
        var sets = new List<IReadOnlyList<Matcher>>(selectors.Count);
        try
        {
            // All of them are read before anything is deleted.
            sets.AddRange(selectors.Select(Parser.ParseMatchers));
        }
        catch (QueryException wrong)
        {
            throw ApiException.Parameter("match[]", wrong.Message);
        }

        foreach (IReadOnlyList<Matcher> matchers in sets)
        {
            if (await storage.DeleteAsync(matchers, start, end, call.Cancel).ConfigureAwait(false) is { } failure)
            {
                throw new ApiException(ApiErrorKind.Internal, $"delete series: {failure}");
            }
        }

        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary><c>/api/v1/admin/tsdb/clean_tombstones</c></summary>
    public async Task CleanTombstonesAsync(GatewayCall call)
    {
        ThrowIfDisabled();
        if (await storage.CleanAsync(call.Cancel).ConfigureAwait(false) is { } failure)
        {
            throw new ApiException(ApiErrorKind.Internal, $"clean tombstones: {failure}");
        }

        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private void ThrowIfDisabled()
    {
        if (!settings.EnableAdminApi)
        {
            throw new ApiException(ApiErrorKind.Unavailable, "admin APIs disabled");
        }
    }

    // What Go's strconv.ParseBool takes.
    private static bool SkipsHead(string value) => value switch
    {
        "" or "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        _ => throw ApiException.Parameter("skip_head", $"unable to parse boolean \"{value}\""),
    };
}
