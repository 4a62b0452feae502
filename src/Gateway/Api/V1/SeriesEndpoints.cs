using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary><c>series</c>, <c>labels</c> and <c>label/…/values</c>.</summary>
internal sealed class SeriesEndpoints(IQueryFrontend frontend)
{
    /// <summary><c>/api/v1/series</c></summary>
    public async Task<ApiAnswer> SeriesAsync(GatewayCall call, Parameters parameters)
    {
        if (parameters.Problem is { } problem)
        {
            throw new ApiException(ApiErrorKind.BadData, $"error parsing form values: {problem}");
        }

        IReadOnlyList<string> selectors = parameters.All("match[]");
        if (selectors.Count == 0)
        {
            throw new ApiException(ApiErrorKind.BadData, "no match[] parameter provided");
        }

        int limit = parameters.Limit();
        TimeRange? range = Range(parameters);
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf;
        try
        {
            anyOf = SelectorTexts.Read(selectors, call.Cancel);
        }
        catch (Exception wrong) when (wrong is QueryException or ApiException)
        {
            throw ApiException.Parameter("match[]", wrong.Message);
        }

        LabelAnswer<Labels> answer = await AskAsync(
            range, asked => frontend.SeriesAsync(anyOf, asked, limit, call.Cancel)).ConfigureAwait(false);
        return ApiAnswer.List(answer.Items, PromJson.WriteLabels, answer.Warnings) with { IsPartial = answer.IsPartial };
    }

    /// <summary><c>/api/v1/labels</c></summary>
    public async Task<ApiAnswer> NamesAsync(GatewayCall call, Parameters parameters)
    {
        int limit = parameters.Limit();
        TimeRange? range = Range(parameters);
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf = Selectors(parameters, call.Cancel);
        LabelAnswer<string> answer = await AskAsync(
            range, asked => frontend.LabelNamesAsync(anyOf, asked, limit, call.Cancel)).ConfigureAwait(false);
        return ApiAnswer.List(answer.Items, (text, name) => text.String(name), answer.Warnings) with { IsPartial = answer.IsPartial };
    }

    /// <summary><c>/api/v1/label/…/values</c></summary>
    public async Task<ApiAnswer> ValuesAsync(GatewayCall call, Parameters parameters)
    {
        string? sent = PathSegment.ReadLastButOne(call.Http, call.Segment, out string shown);
        string name = sent is null ? string.Empty : EscapedLabelName.Decode(sent);
        if (!LabelName.IsValid(name))
        {
            throw new ApiException(ApiErrorKind.BadData, $"invalid label name: {(sent is null ? shown : QuotedText.Of(name))}");
        }

        int limit = parameters.Limit();
        TimeRange? range = Range(parameters);
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf = Selectors(parameters, call.Cancel);
        LabelAnswer<string> answer = await AskAsync(
            range, asked => frontend.LabelValuesAsync(name, anyOf, asked, limit, call.Cancel)).ConfigureAwait(false);
        return ApiAnswer.List(answer.Items, (text, value) => text.String(value), answer.Warnings) with { IsPartial = answer.IsPartial };
    }

    // Null for a range that ends before it starts: nothing lies in it, and nobody needs to be asked.
    private static TimeRange? Range(Parameters parameters)
    {
        Timestamp start = parameters.Time("start", TimeText.Min);
        Timestamp end = parameters.Time("end", TimeText.Max);
        return end < start ? null : TimeRange.Closed(start.Milliseconds, end.Milliseconds);
    }

    private static IReadOnlyList<IReadOnlyList<Matcher>> Selectors(Parameters parameters, CancellationToken cancel)
    {
        try
        {
            return SelectorTexts.Read(parameters.All("match[]"), cancel);
        }
        catch (QueryException wrong)
        {
            throw QueryErrors.Unnamed(wrong);
        }
    }

    private static async Task<LabelAnswer<T>> AskAsync<T>(TimeRange? range, Func<TimeRange, Task<LabelAnswer<T>>> ask)
    {
        if (range is not { } asked)
        {
            return new LabelAnswer<T>([], []);
        }

        try
        {
            return await ask(asked).ConfigureAwait(false);
        }
        catch (QueryException failure)
        {
            throw QueryErrors.Unnamed(failure);
        }
    }
}
