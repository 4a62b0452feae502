using System.Text.RegularExpressions;

namespace Pleiad.Architecture.Tests;

/// <summary>What no file may hold, each with what to use instead.</summary>
public sealed partial class TidyTests
{
    private static readonly (string Banned, string Instead, string[] Except)[] InSource =
    [
        ("DateTime.UtcNow", "an injected TimeProvider", ["src/Node/"]),
        ("DateTime.Now", "an injected TimeProvider", []),
        ("DateTimeOffset.UtcNow", "an injected TimeProvider", ["src/Node/"]),
        ("DateTimeOffset.Now", "an injected TimeProvider", []),
        ("Task.Delay(", "a timer on the injected TimeProvider", ["src/Node/"]),
        ("Thread.Sleep(", "a timer on the injected TimeProvider", ["src/Node/"]),
        ("Random.Shared", "an injected, seeded Random", ["src/Node/"]),
        ("Guid.NewGuid(", "an identity given by Node", ["src/Node/"]),
        ("new Regex(", "Model.AnchoredRegex, which is linear in time", ["src/Model/Matching/"]),
        ("async void", "async Task: an exception in async void ends the process", []),
        // The kernel reads the result of a task that has completed already, with the exception as it was thrown.
        // A connection's own thread has nothing else to do.
        (".GetAwaiter().GetResult()", "await", ["src/Node/", "src/Kernel/Actor/ActorCell.cs", "src/Gateway/Transport/ThreadedConnection.cs"]),
        ("Environment.Exit(", "an exit code returned from Main", ["src/Node/"]),
        ("Console.Write", "an injected TextWriter or ILogger", ["src/Node/"]),
        ("BinaryFormatter", "closed protobuf schemas", []),
        ("NotImplementedException", "the implementation, or an error that says what is missing", []),
        ("#region", "a smaller file", []),
    ];

    private static readonly string[] Vague = ["Utils", "Util", "Helper", "Helpers", "Manager", "Common", "Misc"];

    [Fact]
    public void Banned_calls_are_not_made()
    {
        var found = new List<string>();
        foreach (string file in SourceTree.Sources("src"))
        {
            string path = SourceTree.Relative(file);
            string[] lines = File.ReadAllLines(file);
            for (int i = 0; i < lines.Length; i++)
            {
                string code = lines[i].TrimStart();
                if (code.StartsWith("//", StringComparison.Ordinal))
                {
                    continue;
                }

                found.AddRange(InSource
                    .Where(rule => code.Contains(rule.Banned, StringComparison.Ordinal)
                        && !rule.Except.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)))
                    .Select(rule => $"{path}:{i + 1}: {rule.Banned} — use {rule.Instead}"));
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void Tests_do_not_sleep()
    {
        string[] sleeps = ["Thread" + ".Sleep(", "Task" + ".Delay("];
        var found = new List<string>();
        foreach (string file in SourceTree.Sources("tests").Where(file => Path.GetFileName(file) != "TidyTests.cs"))
        {
            string[] lines = File.ReadAllLines(file);
            for (int i = 0; i < lines.Length; i++)
            {
                // On the driver of time nobody sleeps.
                if (sleeps.Any(sleep => lines[i].Contains(sleep, StringComparison.Ordinal)) && !lines[i].Contains(", time)", StringComparison.Ordinal))
                {
                    found.Add($"{SourceTree.Relative(file)}:{i + 1}: wait for the event instead");
                }
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    // xUnit 2 calls IDisposable and IAsyncLifetime, and passes IAsyncDisposable over without a word: nodes ran on, directories stayed.
    [Fact]
    public void What_tests_open_is_closed()
    {
        IEnumerable<string> left = SourceTree.Sources("tests").Where(file => ClosedByNobody().IsMatch(File.ReadAllText(file))).Select(SourceTree.Relative);
        Assert.True(!left.Any(), "IAsyncLifetime instead of IAsyncDisposable: " + string.Join(", ", left));
    }

    [Fact]
    public void Names_say_what_a_thing_is()
    {
        IEnumerable<string> vague = SourceTree.Sources("src")
            .Where(file => Vague.Any(word => Path.GetFileNameWithoutExtension(file).EndsWith(word, StringComparison.Ordinal)));
        Assert.Empty(vague.Select(SourceTree.Relative));
    }

    [Fact]
    public void No_two_log_lines_of_a_project_have_the_same_number()
    {
        (string Project, string Number)[] numbers =
        [
            .. SourceTree.Sources("src").SelectMany(static file => LogNumber().Matches(File.ReadAllText(file))
                .Select(match => (SourceTree.Relative(file).Split('/')[1], match.Groups[1].Value))),
        ];
        Assert.NotEmpty(numbers);
        Assert.Empty(numbers.GroupBy(static one => one).Where(static same => same.Count() > 1).Select(static same => same.Key));
    }

    [GeneratedRegex(@"class \w+Tests\b[^{]*\bIAsyncDisposable\b")]
    private static partial Regex ClosedByNobody();

    [GeneratedRegex(@"\[LoggerMessage\((?:EventId\s*=\s*)?([0-9]+)")]
    private static partial Regex LogNumber();

    [Fact]
    public void Nothing_is_left_for_later()
    {
        string[] words = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "XX" + "X:"];
        IEnumerable<string> found = SourceTree.Sources("src").Concat(SourceTree.Sources("tests"))
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (file, line, index)))
            .Where(at => words.Any(word => at.line.Contains(word, StringComparison.Ordinal)))
            .Select(at => $"{SourceTree.Relative(at.file)}:{at.index + 1}");
        Assert.Empty(found);
    }
}
