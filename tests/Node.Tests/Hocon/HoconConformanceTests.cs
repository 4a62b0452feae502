using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Node.Tests;

public sealed class HoconConformanceTests
{
    [SkippableFact]
    public void Every_case_of_the_parser_comes_out_as_expected()
    {
        JsonNode cases = JsonNode.Parse(System.IO.File.ReadAllText(File("parse_cases.json")))!;
        var wrong = new List<string>();
        foreach (JsonNode? valid in cases["valid_json"]!.AsArray())
        {
            string text = (string)valid!["text"]!;
            if (!HoconJson.Same(JsonNode.Parse(text), HoconJson.Of(HoconJson.Resolve(text))))
            {
                wrong.Add($"{valid["id"]}: another value");
            }
        }

        foreach (JsonNode? valid in cases["valid_hocon_invalid_json"]!.AsArray())
        {
            string text = (string)valid!["text"]!;
            if (Refusal(() => new HoconFiles().Parse(text, "case.conf")) is { } refusal)
            {
                wrong.Add($"{valid["id"]}: {refusal}");
            }
        }

        foreach (JsonNode? invalid in cases["invalid"]!.AsArray())
        {
            if (Refusal(() => HoconJson.Resolve((string)invalid!["text"]!)) is null)
            {
                wrong.Add($"{invalid!["id"]}: accepted");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [SkippableFact]
    public void Every_prefix_of_every_file_is_read_or_refused()
    {
        foreach (string file in Directory.GetFiles(File("resources"), "test*.conf"))
        {
            string text = System.IO.File.ReadAllText(file);
            for (int length = 0; length < Math.Min(text.Length, 3000); length += 3)
            {
                Refusal(() => HoconResolver.Resolve(new HoconFiles().Parse(text[..length], file), _ => null));
            }
        }
    }

    [SkippableTheory]
    [InlineData("equiv01", 10)]
    [InlineData("equiv03", 1)]
    [InlineData("equiv04", 1)]
    public void Files_that_mean_the_same_load_as_the_same(string folder, int filesAtLeast)
    {
        string directory = File(Path.Combine("resources", folder));
        JsonNode? original = JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(directory, "original.json")));
        string[] files = [.. Directory.GetFiles(directory).Where(f => !f.EndsWith("original.json", StringComparison.Ordinal))];
        Assert.True(files.Length >= filesAtLeast);
        foreach (string file in files)
        {
            JsonNode? got = HoconJson.Of(HoconJson.ResolveFile(file));
            Assert.True(HoconJson.Same(original, got), $"{file}\n{got}");
        }
    }

    [SkippableFact]
    public void Test01_types_durations_sizes_and_the_environment()
    {
        HoconValue root = HoconJson.ResolveFile(Resource("test01.conf"), ("HOME", "/home/pleiad"));
        Assert.Equal("42", Text(root, "ints", "fortyTwoAgain"));
        Assert.Equal(HoconKind.Number, root.Find("ints", "fortyTwoAgain")!.Kind);
        Assert.Equal(".33", Text(root, "floats", "pointThirtyThreeAgain"));
        Assert.Equal("abcd", Text(root, "strings", "abcdAgain"));
        Assert.Equal("null bar 42 baz true 3.14 hi", Text(root, "strings", "concatenated"));
        Assert.Equal(HoconKind.Null, root.Find("nulls", "nullAgain")!.Kind);
        Assert.Equal(3, root.Find("arrays", "ofArray")!.AsArray()!.Count);
        Assert.Equal(3, root.Find("arrays", "ofObject")!.AsArray()!.Count);
        Assert.Equal(["a", "b"], Texts(root, "arrays", "firstElementNotASubst"));

        Assert.Equal([1.0, 2, 3, 4], Texts(root, "durations", "secondsList").Select(s => HoconUnits.Duration(s)!.Value.TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(1), HoconUnits.Duration(Text(root, "durations", "secondAsNumber")));
        Assert.Equal(TimeSpan.FromMilliseconds(500), HoconUnits.Duration(Text(root, "durations", "halfSecond")));
        Assert.Equal(TimeSpan.FromMilliseconds(2), HoconUnits.Duration(Text(root, "durations", "micros")));
        var nanos = new TimeSpan(48789553554352722);
        Assert.Equal(nanos, HoconUnits.Duration(Text(root, "durations", "largeNanos")));
        Assert.Equal(nanos, HoconUnits.Duration(Text(root, "durations", "plusLargeNanos")));
        Assert.Equal(-nanos, HoconUnits.Duration(Text(root, "durations", "minusLargeNanos")));

        Assert.Equal(new HoconPeriod(0, 0, 1), HoconUnits.Period(Text(root, "periods", "day")));
        Assert.Equal(new HoconPeriod(0, 0, 2), HoconUnits.Period(Text(root, "periods", "dayAsNumber")));
        Assert.Equal(new HoconPeriod(0, 0, 21), HoconUnits.Period(Text(root, "periods", "week")));
        Assert.Equal(new HoconPeriod(0, 5, 0), HoconUnits.Period(Text(root, "periods", "month")));
        Assert.Equal(new HoconPeriod(8, 0, 0), HoconUnits.Period(Text(root, "periods", "year")));

        Assert.All(Texts(root, "memsizes", "megsList"), s => Assert.Equal(1 << 20, HoconUnits.Size(s)));
        Assert.Equal(1 << 19, HoconUnits.Size(Text(root, "memsizes", "halfMeg")));
        BigInteger yotta = BigInteger.Pow(10, 24);
        Assert.Equal([yotta, yotta / 2], Texts(root, "memsizes", "yottabyteList").Select(s => HoconUnits.Size(s)!.Value));

        Assert.Equal("/home/pleiad", Text(root, "system", "home"));
        Assert.Null(root.Find("system", "not_here"));
        Assert.Equal("Your Java version is  and your user.home is ", Text(root, "system", "concatenated"));
    }

    [SkippableFact]
    public void Test02_empty_and_quoted_path_elements()
    {
        HoconValue root = HoconJson.ResolveFile(Resource("test02.conf"));
        Assert.Equal(["42", "42", "57", "57", "103", "259", "261"], new[] { "42_a", "42_b", "57_a", "57_b", "103_a", "a-c", "-" }.Select(k => Text(root, k)));
    }

    [SkippableFact]
    public void Test03_includes_merge_at_their_place_and_their_substitutions_look_there_first()
    {
        HoconValue root = HoconJson.ResolveFile(Resource("test03.conf"));
        Assert.Equal("42", Text(root, "test01", "ints", "fortyTwo"));
        Assert.Equal("42", Text(root, "test01", "booleans"));
        Assert.Equal("abc", Text(root, "test01", "fromProps", "abc"));
        Assert.Equal("A", Text(root, "test01", "fromJsonA"));
        Assert.Equal("57", Text(root, "test02", "57_a"));
        Assert.Equal("abcd", Text(root, "equiv01", "strings", "abcd"));
        Assert.Empty(((HoconObject)root.Find("nonexistent")!).Keys);
        Assert.Equal("This is in the included file", Text(root, "a"));
        Assert.Equal("This is in the including file", Text(root, "b"));
        Assert.Equal("This is in the included file", Text(root, "subtree", "a"));
        Assert.Equal("This is in the including file", Text(root, "subtree", "b"));
    }

    [SkippableFact]
    public void Test04_and_test05_are_real_configurations()
    {
        Assert.NotNull(HoconJson.ResolveFile(Resource("test04.conf")).Find("akka"));
        HoconValue play = HoconJson.ResolveFile(Resource("test05.conf"));
        Assert.Equal("Yet another blog", Text(play, "blog", "title"));
        Assert.Equal("prod", Text(play, "%prod", "application", "mode"));
        Assert.Equal("/modules/crud", Text(play, "module", "crud"));
    }

    [SkippableFact]
    public void Test06_to_test10_values_given_twice_merge_or_hide()
    {
        HoconValue six = HoconJson.ResolveFile(Resource("test06.conf"));
        Assert.Equal("2", Text(six, "x"));
        Assert.Equal("10", Text(six, "y", "foo"));
        Assert.Equal("world", Text(six, "y", "hello"));
        HoconJson.ResolveFile(Resource("test07.conf"));
        HoconJson.ResolveFile(Resource("test08.conf"));
        CheckNine(HoconJson.ResolveFile(Resource("test09.conf")));
        HoconValue ten = HoconJson.ResolveFile(Resource("test10.conf"));
        CheckNine(ten.Find("foo")!);
        CheckNine(ten.Find("bar", "nested")!);

        static void CheckNine(HoconValue at)
        {
            Assert.Equal("3", Text(at, "a", "c"));
            Assert.Equal("10", Text(at, "a", "q"));
            Assert.Equal("5", Text(at, "b"));
            Assert.Equal("600", Text(at, "c", "d"));
            Assert.Equal("3", Text(at, "c", "e", "c"));
            Assert.Equal("5", Text(at, "c", "f"));
            Assert.Equal("10", Text(at, "c", "q"));
        }
    }

    [SkippableFact]
    public void Test11_and_test12_keys_that_look_like_numbers_are_keys()
    {
        Assert.Equal("42", Text(HoconJson.ResolveFile(Resource("test11.conf")), "10"));
        Assert.Equal("------", Text(HoconJson.ResolveFile(Resource("test11.conf")), "---"));
        HoconValue twelve = HoconJson.ResolveFile(Resource("test12.conf"));
        Assert.Equal("42", Text(twelve, "12345678901234567891234567890123456789"));
    }

    [SkippableFact]
    public void Test13_a_later_document_defines_what_an_earlier_one_refers_to()
    {
        string bad = Resource("test13-reference-bad-substitutions.conf");
        Assert.Throws<HoconException>(() => HoconJson.ResolveFile(bad));
        var root = (HoconObjectNode)new HoconFiles().Load(bad);
        root.Merge((HoconObjectNode)new HoconFiles().Load(Resource("test13-application-override-substitutions.conf")));
        Assert.Equal("overridden", Text(HoconResolver.Resolve(root, _ => null), "a"));
        Assert.Equal("b", Text(HoconJson.ResolveFile(Resource("test13-reference-with-substitutions.conf")), "a"));
    }

    [SkippableFact]
    public void A_file_that_includes_itself_fails_and_a_byte_order_mark_does_not()
    {
        Assert.Contains("include", Assert.Throws<HoconException>(() => HoconJson.ResolveFile(Resource("cycle.conf"))).Message, StringComparison.Ordinal);
        Assert.Equal("bar", Text(HoconJson.ResolveFile(Resource("bom.conf")), "foo"));
        Assert.Equal("1", Text(HoconJson.Resolve("\ufeffa=1"), "a"));
    }

    [SkippableFact]
    public void Files_include_files_beside_them()
    {
        HoconValue root = HoconJson.ResolveFile(Resource("file-include.conf"));
        Assert.Equal(["41", "42", "43", "44", "45"], new[] { "base", "foo", "bar", "bar-file", "baz" }.Select(k => Text(root, k)));
        HoconValue list = HoconJson.ResolveFile(Resource("include-from-list.conf"));
        Assert.Equal("42", Text(list.Find("a")!.AsArray()![0], "ints", "fortyTwo"));
    }

    [SkippableFact]
    public void Secrets_come_from_the_environment_and_leave_defaults_alone_where_there_are_none()
    {
        HoconValue with = HoconJson.ResolveFile(Resource("env-variables.conf"), ("SECRET_A", "x"), ("SECRET_C", "z"));
        Assert.Equal("x", Text(with, "secret"));
        Assert.Equal(["z"], Texts(with, "secrets"));
        HoconValue without = HoconJson.ResolveFile(Resource("env-variables.conf"));
        Assert.Equal("a", Text(without, "secret"));
        Assert.Empty(Texts(without, "secrets"));
    }

    [SkippableFact]
    public void The_remaining_files_load()
    {
        Assert.All(
            ["validate-reference.conf", "validate-invalid.conf", "onclasspath.conf", "a_1.conf", "b_2.conf"],
            name => Assert.NotEmpty(((HoconObject)HoconJson.ResolveFile(Resource(name))).Keys));
    }

    private static string? Refusal(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (HoconException e)
        {
            return e.Message;
        }
    }

    private static string Text(HoconValue root, params string[] path) =>
        (root.Find(path) as HoconScalar)?.Text ?? throw new KeyNotFoundException(string.Join('.', path));

    private static IEnumerable<string> Texts(HoconValue root, params string[] path) => root.Find(path)!.AsArray()!.Select(e => e.ToString()!);

    private static string Resource(string name) => File(Path.Combine("resources", name));

    private static string File(string name)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        return ConformanceData.PathOf(Path.Combine("hocon", name));
    }
}
