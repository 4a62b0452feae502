using System.Text.Json;
using Xunit;

namespace Pleiad.PromQL.Tests;

/// <summary>The reference's table of expressions: which must fail, and the shape of the others.</summary>
public class ParserCasesTests
{
    private static readonly EngineSettings Settings = new()
    {
        Features = PromQLFeatures.ExperimentalFunctions | PromQLFeatures.ExtendedRangeSelectors,
    };

    public static TheoryData<string> Accepted => Cases(mustFail: false);

    public static TheoryData<string> Refused => Cases(mustFail: true);

    [SkippableTheory]
    [MemberData(nameof(Accepted))]
    public void An_expression_parses_to_the_tree_of_the_reference(string id)
    {
        JsonElement given = PromQLCases.Find("parser_cases.json", id);
        Expr parsed = Parser.Parse(given.GetProperty("input").GetString()!, Settings);
        Assert.Empty(ReferenceTree.Differences(given.GetProperty("tree"), parsed));
    }

    [SkippableTheory]
    [MemberData(nameof(Refused))]
    public void A_wrong_expression_is_refused_in_the_words_of_the_reference(string id)
    {
        JsonElement given = PromQLCases.Find("parser_cases.json", id);
        string text = given.GetProperty("input").GetString()!;
        var refusal = Assert.Throws<QueryException>(() => Parser.Parse(text, Settings));
        Assert.Equal(QueryErrorKind.BadData, refusal.Kind);
        if (refusal.Message.EndsWith("levels", StringComparison.Ordinal) || refusal.Message.EndsWith("nodes", StringComparison.Ordinal))
        {
            // The reference has no limits on a tree, so it goes on to complain about something else.
            return;
        }

        Assert.Contains(
            given.GetProperty("reference_errors").EnumerateArray(),
            e => refusal.Message.Contains(e.GetString()!, StringComparison.Ordinal));
    }

    private static TheoryData<string> Cases(bool mustFail) =>
        [.. PromQLCases.All("parser_cases.json").Where(c => c.GetProperty("must_fail").GetBoolean() == mustFail).Select(PromQLCases.Id).DefaultIfEmpty(PromQLCases.Absent)];
}
