using System.Text.Json;
using Xunit;

namespace Pleiad.PromQL.Tests;

public class PrinterCasesTests
{
    private const string Flat = "printer_cases.json";
    private const string Pretty = "pretty_cases.json";

    // The table of the reference was made with lines of ten bytes, so that short expressions split.
    private const int PrettyLineBytes = 10;

    private static readonly EngineSettings Settings = new() { Features = PromQLFeatures.AllForScripts };

    public static TheoryData<string> FlatIds => Ids(Flat);

    public static TheoryData<string> PrettyIds => Ids(Pretty);

    [SkippableTheory]
    [MemberData(nameof(FlatIds))]
    public void An_expression_prints_as_the_reference_prints_it_and_stays_so(string id)
    {
        JsonElement given = PromQLCases.Find(Flat, id);
        string printed = Printer.Print(Parser.Parse(given.GetProperty("input").GetString()!, Settings));
        Assert.Equal(given.GetProperty("output").GetString(), printed);
        Assert.Equal(printed, Printer.Print(Parser.Parse(printed, Settings)));
    }

    [SkippableTheory]
    [MemberData(nameof(PrettyIds))]
    public void A_long_expression_is_laid_out_as_the_reference_does_it(string id)
    {
        JsonElement given = PromQLCases.Find(Pretty, id);
        Expr parsed = Parser.Parse(given.GetProperty("input").GetString()!, Settings);
        string printed = PrettyPrinter.Print(parsed, PrettyLineBytes);
        Assert.Equal(given.GetProperty("output").GetString(), printed);
        Assert.Equal(Printer.Print(parsed), Printer.Print(Parser.Parse(printed, Settings)));
    }

    [Fact]
    public void A_subquery_that_fits_a_line_is_not_indented()
    {
        Expr parsed = Parser.Parse("quantile_over_time(scalar(a), bb[5m:1m])", Settings);
        Assert.Equal("quantile_over_time(\n  scalar(a),\nbb[5m:1m]\n)", PrettyPrinter.Print(parsed, "bb[5m:1m]".Length));
    }

    [Fact]
    public void A_line_is_measured_in_bytes()
    {
        Expr parsed = Parser.Parse("abs(abs({\"가나\"}))", Settings);
        int bytes = System.Text.Encoding.UTF8.GetByteCount(Printer.Print(parsed));
        Assert.DoesNotContain('\n', PrettyPrinter.Print(parsed, bytes));
        Assert.StartsWith("abs(\n  abs({", PrettyPrinter.Print(parsed, bytes - 1), StringComparison.Ordinal);
    }

    private static TheoryData<string> Ids(string file) => [.. PromQLCases.All(file).Select(PromQLCases.Id).DefaultIfEmpty(PromQLCases.Absent)];
}
