using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary><c>/api/v1/status/cardinality</c>, our own: what labels, metrics and targets cost in the heads.</summary>
internal sealed class CardinalityEndpoint(INodeStatus status)
{
    private const int TopDefault = 10;
    private const int TopMax = 10_000;

    /// <summary>The answer; docs/compatibility.md has its members.</summary>
    public async Task<ApiAnswer> AnswerAsync(GatewayCall call, Parameters parameters)
    {
        string focus = parameters.Get("focusLabel");
        if (focus.Length > 0 && !LabelName.IsValid(focus))
        {
            throw ApiException.Parameter("focusLabel", $"invalid label name: {QuotedText.Of(focus)}");
        }

        var request = new CardinalityRequest(Matchers(parameters, call.Cancel), focus, Top(parameters));
        CardinalityReport report = await AskAsync(() => status.CardinalityAsync(request, call.Cancel)).ConfigureAwait(false);
        return ApiAnswer.Of(
            text =>
            {
                text.ObjectStart()
                    .Name("series"u8).Number(report.Series)
                    .Name("endedSeries"u8).Number(report.Ended)
                    .Name("labelPairs"u8).Number(report.LabelPairs)
                    .Name("bytes"u8).Number(report.Bytes);
                WriteCosts(text, "labels"u8, report.Labels, hasValues: true);
                WriteCosts(text, "metrics"u8, report.Metrics, hasValues: false);
                WriteCosts(text, "instances"u8, report.Instances, hasValues: false);
                WriteCosts(text, "jobs"u8, report.Jobs, hasValues: false);
                WriteCounts(text, "pairs"u8, report.Pairs);
                if (report.Focus is { } focused)
                {
                    text.Name("focus"u8).ObjectStart().Name("label"u8).String(focus);
                    WriteCosts(text, "values"u8, focused, hasValues: false);
                    text.ObjectEnd();
                }

                text.ObjectEnd();
            },
            report.Warnings);
    }

    /// <summary>The <c>limit</c> of the entries of each list.</summary>
    /// <exception cref="ApiException">It is none.</exception>
    internal static int Top(Parameters parameters)
    {
        long top = TopDefault;
        string limit = parameters.Get("limit");
        if (limit.Length > 0 && (Parameters.ReadInteger(limit, out top) is not null || top < 1))
        {
            throw new ApiException(ApiErrorKind.BadData, "limit must be a positive number");
        }

        return top <= TopMax ? (int)top : throw new ApiException(ApiErrorKind.BadData, $"limit must not exceed {TopMax}");
    }

    /// <summary>Asks for figures of the storage.</summary>
    /// <exception cref="ApiException">There are none.</exception>
    internal static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (QueryException refused)
        {
            throw QueryErrors.Unnamed(refused);
        }
    }

    /// <summary>A list of names and how many, as <c>status/tsdb</c> has it.</summary>
    internal static void WriteCounts(JsonText text, ReadOnlySpan<byte> name, IReadOnlyList<NamedCount> counts)
    {
        text.Name(name).ArrayStart();
        foreach (NamedCount count in counts)
        {
            text.ObjectStart().Name("name"u8).String(count.Name).Name("value"u8).Number(count.Value).ObjectEnd();
        }

        text.ArrayEnd();
    }

    private static IReadOnlyList<Matcher> Matchers(Parameters parameters, CancellationToken cancel)
    {
        IReadOnlyList<string> selectors = parameters.All("match[]");
        try
        {
            return selectors.Count switch
            {
                0 => [],
                1 => SelectorTexts.Read(selectors, cancel)[0],
                _ => throw new ApiException(ApiErrorKind.BadData, "one match[] at most"),
            };
        }
        catch (QueryException wrong)
        {
            throw ApiException.Parameter("match[]", wrong.Message);
        }
    }

    private static void WriteCosts(JsonText text, ReadOnlySpan<byte> name, IReadOnlyList<NamedCost> costs, bool hasValues)
    {
        text.Name(name).ArrayStart();
        foreach (NamedCost cost in costs)
        {
            text.ObjectStart().Name("name"u8).String(cost.Name);
            if (hasValues)
            {
                text.Name("values"u8).Number(cost.Values);
            }

            text.Name("series"u8).Number(cost.Series).Name("endedSeries"u8).Number(cost.Ended).Name("bytes"u8).Number(cost.Bytes).ObjectEnd();
        }

        text.ArrayEnd();
    }
}
