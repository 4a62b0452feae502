using System.Text;
using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Exposition.Tests;

/// <summary>Whatever bytes come, a parser returns or says why not; it never ends in another way.</summary>
public class FuzzTests
{
    private const int WholeFileMax = 8 * 1024;

    private static readonly PageOptions Everything = new()
    {
        ConvertClassicHistograms = true,
        KeepClassicHistograms = true,
        StartTimestamps = true,
        TypeAndUnitLabels = true,
        Limits = new PageLimits { SamplesMax = 2000, BucketsMax = 200 },
    };

    private static readonly byte[][] Own =
    [
        .. new[]
        {
            "# HELP a b\\n\\\\\n# TYPE a histogram\na_bucket{le=\"1\",x=\"\\\"q\\\\\"} 1 12\na_bucket{le=\"+Inf\"} 2\na_sum 1\na_count 2\n",
            "{\"a.b\",\"c d\"=\"e\"} 1e5 # {t=\"x\"} 1 2\n# EOF\n",
            "# TYPE foo counter\n# UNIT foo_s s\nfoo_total{a=\"b\"} 1 2 # {id=\"x\"} 5\nfoo_created{a=\"b\"} 3\n# EOF\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    [Fact]
    public void Every_prefix_of_a_page_is_read_or_refused()
    {
        foreach ((byte[] page, PageFormat format) in Pages())
        {
            var memory = new PageMemory();
            for (int length = 0; length <= page.Length; length++)
            {
                TryRead(page.AsSpan(0, length), format, memory);
            }
        }
    }

    [Fact]
    public void Every_prefix_of_a_known_page_is_read_as_if_it_were_unknown()
    {
        foreach (byte[] page in Own)
        {
            foreach (PageFormat format in new[] { PageFormat.Text, PageFormat.OpenMetrics })
            {
                var memory = new PageMemory();
                string? whole = TryRead(page, format, memory);
                for (int length = 0; length <= page.Length; length++)
                {
                    string? known = TryRead(page.AsSpan(0, length), format, memory, commit: false);
                    string? unknown = TryRead(page.AsSpan(0, length), format, new PageMemory());
                    Assert.Equal(unknown, known);
                }

                Assert.Equal(whole, TryRead(page, format, memory));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutations_of_a_page_are_read_or_refused_and_the_memory_never_matters(int seed)
    {
        var random = new Random(seed);
        (byte[] Page, PageFormat Format)[] pages = [.. Pages()];
        var memories = new Dictionary<PageFormat, PageMemory>();
        for (int round = 0; round < 2500; round++)
        {
            (byte[] original, PageFormat format) = pages[random.Next(pages.Length)];
            byte[] page = Mutate(original, random);
            if (!memories.TryGetValue(format, out PageMemory? memory))
            {
                memories[format] = memory = new PageMemory();
            }

            string? known = TryRead(page, format, memory);
            string? unknown = TryRead(page, format, new PageMemory());
            Assert.True(known == unknown, $"seed {seed}, round {round}: {Convert.ToBase64String(page)}");
        }
    }

    [Theory]
    [InlineData(PageFormat.Text)]
    [InlineData(PageFormat.OpenMetrics)]
    public void Names_that_begin_with_one_another_are_told_apart_in_any_order(PageFormat format)
    {
        string[] texts =
        [
            "t", "t1", "t10", "t1_", "t:", "tN", "tNaN", "te", "t{a=\"1\"}", "t1{a=\"1\"}", "t10{a=\"1\"}", "{\"t\"}", "{\"t1\"}", "{\"t\",a=\"1\"}",
            "# HELP t t", "# HELP t t}", "# HELP t t1", "# HELP t1 t", "# TYPE t gauge", "# TYPE t1 gauge",
        ];
        var random = new Random(17);
        var memory = new PageMemory();
        for (int round = 0; round < 5000; round++)
        {
            var page = new StringBuilder();
            for (int lines = random.Next(1, 6); lines > 0; lines--)
            {
                string text = texts[random.Next(texts.Length)];
                page.Append(text);
                if (text[0] != '#')
                {
                    page.Append(' ').Append(random.Next(3));
                }

                page.Append('\n');
            }

            if (format == PageFormat.OpenMetrics)
            {
                page.Append("# EOF\n");
            }
            else if (random.Next(2) == 0)
            {
                page.Length--; // the last line break may be missing
            }

            byte[] bytes = Encoding.UTF8.GetBytes(page.ToString());
            Assert.Equal(TryRead(bytes, format, new PageMemory()), TryRead(bytes, format, memory));
        }
    }

    private static byte[] Mutate(byte[] page, Random random)
    {
        byte[] mutated = (byte[])page.Clone();
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            int at = random.Next(mutated.Length);
            int length = random.Next(Math.Min(40, mutated.Length - at));
            switch (random.Next(5))
            {
                case 0:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 1:
                    mutated[at] = (byte)"{}\",=\\\n# \t0e.\0\xff"[random.Next(15)];
                    break;
                case 2:
                    mutated = [.. mutated[..at], .. mutated[(at + length)..]];
                    break;
                case 3:
                    mutated = [.. mutated[..(at + length)], .. mutated[at..]];
                    break;
                default:
                    mutated = [.. mutated[..at], .. "\n"u8, .. mutated[at..]];
                    break;
            }

            if (mutated.Length == 0)
            {
                return [0];
            }
        }

        return mutated;
    }

    private static string? TryRead(ReadOnlySpan<byte> page, PageFormat format, PageMemory memory, bool commit = true)
    {
        var entries = new List<Entry>();
        var recorder = new Recorder(entries);
        try
        {
            PageParser.Parse(page, format, Everything, memory, ref recorder);
            if (commit)
            {
                memory.Commit();
            }
            else
            {
                memory.Abort();
            }

            return Reading.Print(entries);
        }
        catch (Exception exception) when (exception is PageSyntaxException or PageLimitException)
        {
            memory.Abort();
            return null;
        }
    }

    private static IEnumerable<(byte[] Page, PageFormat Format)> Pages()
    {
        foreach (byte[] page in Own)
        {
            yield return (page, PageFormat.Text);
            yield return (page, PageFormat.OpenMetrics);
            yield return (page, PageFormat.Protobuf);
        }

        if (ConformanceData.Directory is null)
        {
            yield break;
        }

        foreach ((string folder, PageFormat format) in new[]
                 {
                     ("prom-text", PageFormat.Text), ("openmetrics", PageFormat.OpenMetrics), ("protobuf", PageFormat.Protobuf),
                 })
        {
            foreach (string file in Directory.GetFiles(ConformanceData.PathOf("expfmt/" + folder)).Where(f => !f.EndsWith(".json", StringComparison.Ordinal)).Order())
            {
                byte[] page = File.ReadAllBytes(file);
                yield return (page.Length > WholeFileMax ? page[..WholeFileMax] : page, format);
            }
        }
    }
}
