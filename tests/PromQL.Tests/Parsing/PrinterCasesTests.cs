using System.Text.Json;
using Xunit;

namespace Pleiad.PromQL.Tests;

public class PrinterCasesTests
{
    private const string Flat = "printer_cases.json";
    private const string Pretty = "pretty_cases.json";

    // The table of the reference was made with lines of ten characters, so that short expressions split.
    private const int PrettyLineChars = 10;

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
        string printed = PrettyPrinter.Print(parsed, PrettyLineChars);
        Assert.Equal(given.GetProperty("output").GetString(), printed);
        Assert.Equal(Printer.Print(parsed), Printer.Print(Parser.Parse(printed, Settings)));
    }

    private static TheoryData<string> Ids(string file) => [.. PromQLCases.All(file).Select(PromQLCases.Id).DefaultIfEmpty(PromQLCases.Absent)];
}
