using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Pleiad.PromQL.Tests;

public class RoundTripTests
{
    private const int Depth = 4;

    private static readonly EngineSettings Settings = new() { Features = PromQLFeatures.AllForScripts };

    [Fact]
    public void What_is_printed_parses_to_the_same_tree() => Check(Printer.Print);

    [Fact]
    public void What_is_laid_out_over_lines_parses_to_the_same_tree() => Check(node => PrettyPrinter.Print(node, 20));

    [Fact]
    public void Every_prefix_of_a_query_parses_or_is_refused() =>
        Prop.ForAll(Arb.From(Expressions.Any(3)), node =>
        {
            string text = Printer.Print(node);
            for (int length = 0; length < text.Length; length++)
            {
                ParseOrRefuse(text[..length]);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_parses_or_is_refused() =>
        Prop.ForAll<string>(text => ParseOrRefuse(text ?? string.Empty)).QuickCheckThrowOnFailure();

    private static void ParseOrRefuse(string text)
    {
        try
        {
            Parser.Parse(text, Settings);
        }
        catch (QueryException e)
        {
            Assert.Contains("parse error: ", e.Message, StringComparison.Ordinal);
        }
    }

    private static void Check(Func<Expr, string> print) =>
        Prop.ForAll(Arb.From(Expressions.Any(Depth)), node =>
        {
            string text = print(node);
            Assert.Equal(Shape.Of(node), Shape.Of(Parser.Parse(text, Settings)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
}
