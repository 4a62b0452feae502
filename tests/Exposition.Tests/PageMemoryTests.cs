using System.Text;
using Pleiad.Model;
using Xunit;

namespace Pleiad.Exposition.Tests;

public class PageMemoryTests
{
    [Fact]
    public void A_series_keeps_its_number_as_long_as_it_stays_on_the_page()
    {
        var memory = new PageMemory();
        int a = IdOf(Reading.Read("a 1\nb 1\nc 1\n", memory: memory), "a");
        Assert.Equal(a, IdOf(Reading.Read("x 1\nb 1\na 1\nc 1\n", memory: memory), "a"));
        Assert.Equal(a, IdOf(Reading.Read("a 1\n", memory: memory), "a"));
        Assert.Equal(1, memory.Count);
    }

    [Fact]
    public void What_left_the_page_is_told_once_and_its_number_is_free()
    {
        var memory = new PageMemory();
        int b = IdOf(Reading.Read("a 1\nb 1\n", memory: memory), "b");
        Reading.Read("a 1\n", memory: memory);
        Assert.Equal([b], memory.Gone.ToArray());
        Reading.Read("a 1\n", memory: memory);
        Assert.Empty(memory.Gone.ToArray());
        Assert.Equal(b, IdOf(Reading.Read("a 1\nc 1\n", memory: memory), "c"));
    }

    [Fact]
    public void A_page_that_ends_early_loses_its_tail()
    {
        var memory = new PageMemory();
        Reading.Read("a 1\nb 1\nc 1\n", memory: memory);
        Reading.Read("a 1\n", memory: memory);
        Assert.Equal(2, memory.Gone.Length);
    }

    [Fact]
    public void A_text_that_stands_twice_goes_once()
    {
        var memory = new PageMemory();
        Reading.Read("a 1\na 2\nb 1\n", memory: memory);
        Reading.Read("a 1\na 2\nb 1\n", memory: memory);
        Reading.Read("b 1\n", memory: memory);
        Assert.Single(memory.Gone.ToArray());
        Assert.Equal(1, memory.Count);
    }

    [Fact]
    public void A_refused_page_is_forgotten()
    {
        var memory = new PageMemory();
        Reading.Read("a 1\nb 1\n", memory: memory);
        Assert.Throws<PageSyntaxException>(() => Reading.Read("b 1\nnew 1\na 1\n!", memory: memory));
        Assert.Equal(2, memory.Count);
        Reading.Read("a 1\nb 1\n", memory: memory);
        Assert.Empty(memory.Gone.ToArray());
    }

    [Fact]
    public void A_name_that_goes_on_where_the_known_one_ended_is_another_series()
    {
        var memory = new PageMemory();
        Reading.Read("foo 1\n", memory: memory);
        Assert.Equal("foobar", Reading.Read("foobar 1\n", memory: memory)[0].Name);
        Reading.Read("foo 1\n", memory: memory);
        List<Entry> entries = Reading.Read("foo {a=\"b\"} 1\n", memory: memory);
        Assert.Equal("b", entries[0].Labels![1].Value);
    }

    [Theory]
    [InlineData("temp1 20\n", "temp10 30\n")]
    [InlineData("temp 20\n", "temp1 30\n")]
    [InlineData("temp 20\n", "tempNaN 30\n")]
    [InlineData("temp 20\n", "temp:1 30\n")]
    [InlineData("temp 20\n", "temp1{a=\"b\"} 30\n")]
    [InlineData("# some", "# some more\na 1\n")]
    [InlineData("# TYPE a gauge\n# HELP a b}", "# TYPE a gauge\n# HELP a b} 1\na 1\n")]
    public void A_known_text_that_a_longer_one_begins_with_is_not_taken_for_it(string before, string now)
    {
        foreach (PageFormat format in new[] { PageFormat.Text, PageFormat.OpenMetrics })
        {
            string end = format == PageFormat.OpenMetrics ? "# EOF\n" : string.Empty;
            if (end.Length > 0 && !before.EndsWith('\n'))
            {
                continue; // a comment cannot be the last line there
            }

            var memory = new PageMemory();
            Reading.Read(before + end, format, memory: memory);
            string unknown = Reading.Print(Reading.Read(now + end, format));
            Assert.Equal(unknown, Reading.Print(Reading.Read(now + end, format, memory: memory)));
        }
    }

    [Theory]
    [InlineData("{\"\"=\"x\"} 1\n")]
    [InlineData("a{\"\"=\"1\"} 1\n")]
    [InlineData("{\"a\",\"\"=\"1\"} 1\n")]
    [InlineData("{\"\"} 1\n")]
    public void An_empty_name_is_a_fault_of_the_page(string page)
    {
        Assert.Throws<PageSyntaxException>(() => Reading.Read(page));
        Assert.Throws<PageSyntaxException>(() => Reading.Read(page + "# EOF\n", PageFormat.OpenMetrics));
    }

    [Fact]
    public void A_page_of_nothing_but_new_series_every_time_does_not_grow_the_memory()
    {
        var memory = new PageMemory();
        long held = 0;
        for (int round = 0; round < 50; round++)
        {
            var page = new StringBuilder();
            for (int i = 0; i < 2000; i++)
            {
                page.Append("m{round=\"").Append(round).Append("\",i=\"").Append(i).Append("\"} 1\n");
            }

            Reading.Read(page.ToString(), memory: memory);
            Assert.Equal(2000, memory.Count);
            held = round == 5 ? memory.BytesHeld : held;
        }

        Assert.True(memory.BytesHeld <= held * 2, $"{memory.BytesHeld} bytes, {held} after five pages");
    }

    [Fact]
    public void Targets_that_serve_the_same_texts_hold_them_together_until_one_of_them_changes()
    {
        var settled = new SettledPages();
        PageMemory[] memories = [new(settled), new(settled)];
        for (int round = 0; round < 10; round++)
        {
            foreach (PageMemory memory in memories)
            {
                Reading.Read($"# TYPE a gauge\na{{b=\"c\"}} {round}\nd {round}\n", memory: memory);
            }
        }

        Assert.True(memories[0].TextOf(1) == memories[1].TextOf(1), "the same bytes in the same place");
        Reading.Read("# TYPE a gauge\nd 1\ne 2\n", memory: memories[0]);
        Assert.False(memories[0].TextOf(0) == memories[1].TextOf(0), "one has bytes of its own");
        Assert.Equal(2, IdOf(Reading.Read("d 1\ne 2\n", memory: memories[0]), "d"));
        Assert.Equal(2, IdOf(Reading.Read("# TYPE a gauge\na{b=\"c\"} 1\nd 1\n", memory: memories[1]), "d"));
        Assert.Empty(memories[1].Gone.ToArray());
    }

    [Fact]
    public void What_others_hold_too_changes_nothing_of_what_a_target_reads()
    {
        var random = new Random(7);
        var settled = new SettledPages();
        (PageMemory Shared, PageMemory Alone)[] targets = [];
        int together = 0;
        for (int round = 0; round < 200; round++)
        {
            if (round % 10 == 0)
            {
                targets = [.. Enumerable.Range(0, 4).Select(_ => (new PageMemory(settled), new PageMemory(new SettledPages())))];
            }

            // Few pages, which most targets have; now and then one that is refused in its midst.
            string page = string.Concat(Enumerable.Range(random.Next(3), 3 + random.Next(2)).Select(static i => $"# HELP m{i} Of {i}.\nm{i}{{i=\"{i}\"}} {i}\n"));
            bool isRefused = random.Next(5) == 0;
            int times = random.Next(1, 14);
            foreach ((PageMemory shared, PageMemory alone) in targets.Where(_ => random.Next(5) > 0))
            {
                for (int time = 0; time < times; time++)
                {
                    ReadBoth(isRefused ? page + "new 1\n!" : page, isRefused, shared, alone);
                }
            }

            together += targets.Count(target => target != targets[0] && target.Shared.Count > 0 && targets[0].Shared.Count > 0
                && target.Shared.TextOf(1) == targets[0].Shared.TextOf(1)) > 0 ? 1 : 0;
        }

        Assert.InRange(together, 20, 199);
    }

    [Fact]
    public void Room_to_grow_is_given_back_once_a_page_comes_again()
    {
        var memory = new PageMemory();
        string page = string.Concat(Enumerable.Range(0, 1500).Select(static i => $"m{{i=\"{i}\"}} 1\n"));
        int[] ids = [.. Reading.Read(page, memory: memory).Select(static entry => entry.Id)];
        long grown = memory.BytesHeld;
        Reading.Read(page, memory: memory);
        Assert.True(memory.BytesHeld < grown, $"{memory.BytesHeld} bytes of {grown}");

        // Every text is still known, and others can come.
        Assert.Equal(ids, Reading.Read(page, memory: memory).Select(static entry => entry.Id));
        Assert.Equal([.. ids, ids.Length], Reading.Read(page + "n 1\n", memory: memory).Select(static entry => entry.Id));
    }

    [Theory]
    [InlineData("foo {a=\"b\"} 1\n", "expected value after metric")]
    [InlineData("# free text\na 1\n", "expected a valid start token")]
    [InlineData("a{b=\"1\" ,} 1\n", "expected comma or brace close")]
    public void What_one_format_forgives_is_refused_in_another_though_it_is_known(string page, string reason)
    {
        var memory = new PageMemory();
        Reading.Read(page, PageFormat.Text, memory: memory);
        int known = memory.Count;
        for (int i = 0; i < 2; i++)
        {
            var refused = Assert.Throws<PageSyntaxException>(() => Reading.Read(page + "# EOF\n", PageFormat.OpenMetrics, memory: memory));
            Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
            memory.Abort();
        }

        // The page before is still the last one, and known.
        Assert.Equal(known, memory.Count);
        Reading.Read(page, PageFormat.Text, memory: memory);
        Assert.Equal(known, memory.Count);
        Assert.True(memory.Gone.IsEmpty);
    }

    [Fact]
    public void A_series_with_thousands_of_labels_is_read_and_a_name_that_occurs_twice_is_found()
    {
        string labels = string.Join(',', Enumerable.Range(0, 3000).Select(static i => $"l{i}=\"{i}\""));
        Assert.Single(Reading.Read($"a{{{labels}}} 1\n"));
        foreach (int twice in new[] { 0, 62, 63, 64, 2999 })
        {
            var refused = Assert.Throws<PageSyntaxException>(() => Reading.Read($"a{{{labels},l{twice}=\"x\"}} 1\n"));
            Assert.Contains($"label name \"l{twice}\" is not unique", refused.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Texts_longer_together_than_the_limit_refuse_the_page()
    {
        string page = $"{new string('a', 100)} 1\n{new string('b', 100)} 1\n";
        var options = new PageOptions { Limits = new PageLimits { MemoryBytesMax = 200 } };
        Assert.Equal(2, Reading.Read(page, options: options).Count);
        options = new PageOptions { Limits = new PageLimits { MemoryBytesMax = 199 } };
        Assert.Throws<PageLimitException>(() => Reading.Read(page, options: options));
    }

    [Theory]
    [InlineData("a 1\na 1\na 1\n", "SamplesMax")]
    [InlineData("a{b=\"1\",c=\"1\",d=\"1\"} 1\n", "LabelsMax")]
    [InlineData("abcdefghi 1\n", "NameBytesMax")]
    [InlineData("a{b=\"123456789\"} 1\n", "ValueBytesMax")]
    [InlineData("a{b=\"1\"}                                    1\n", "LineBytesMax")]
    public void Each_limit_bites_one_beyond_it(string page, string limit)
    {
        var limits = new PageLimits { SamplesMax = 2, LabelsMax = 3, NameBytesMax = 8, ValueBytesMax = 8, LineBytesMax = 40 };
        foreach (PageFormat format in new[] { PageFormat.Text, PageFormat.OpenMetrics })
        {
            if (limit == "LineBytesMax" && format == PageFormat.OpenMetrics)
            {
                continue;
            }

            string whole = format == PageFormat.OpenMetrics ? page + "# EOF\n" : page;
            var exception = Assert.Throws<PageLimitException>(() => Reading.Read(whole, format, new PageOptions { Limits = limits }));
            Assert.Equal(limit, exception.Limit);
            limits = limits with { SamplesMax = 3, LabelsMax = 4, NameBytesMax = 9, ValueBytesMax = 9, LineBytesMax = 60 };
            Assert.NotEmpty(Reading.Read(whole, format, new PageOptions { Limits = limits }));
            limits = limits with { SamplesMax = 2, LabelsMax = 3, NameBytesMax = 8, ValueBytesMax = 8, LineBytesMax = 40 };
        }
    }

    [Theory]
    [InlineData(PageFormat.Text)]
    [InlineData(PageFormat.OpenMetrics)]
    public void Parsing_a_known_page_allocates_nothing(PageFormat format)
    {
        var page = new StringBuilder();
        for (int i = 0; i < 1000; i++)
        {
            page.Append("# HELP m").Append(i).Append(" text\n# TYPE m").Append(i).Append(" gauge\n");
            page.Append('m').Append(i).Append("{a=\"b\"} ").Append(i / 7.0).Append(format == PageFormat.Text ? " 123\n" : " 123.5 # {id=\"x\"} 1\n");
        }

        page.Append("# EOF\n");
        byte[] bytes = Encoding.UTF8.GetBytes(page.ToString());
        var memory = new PageMemory();
        var sink = new Counter();
        for (int i = 0; i < 3; i++)
        {
            PageParser.Parse(bytes, format, PageOptions.Default, memory, ref sink);
            memory.Commit();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        PageParser.Parse(bytes, format, PageOptions.Default, memory, ref sink);
        memory.Commit();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(4000, sink.Samples);
    }

    [Fact]
    public void Texts_chosen_to_share_their_place_in_the_table_refuse_the_page()
    {
        var page = new StringBuilder();
        int found = 0;
        for (int i = 0; found < 4200; i++)
        {
            string name = $"m{i}";
            if ((XxHash64.Of(Encoding.UTF8.GetBytes(name)) & 0x3FFF) < 8)
            {
                page.Append(name).Append(" 1\n");
                found++;
            }
        }

        var exception = Assert.Throws<PageLimitException>(() => Reading.Read(page.ToString()));
        Assert.Equal("ProbesMax", exception.Limit);
    }

    private static int IdOf(List<Entry> entries, string name) => entries.Find(entry => entry.Name == name)!.Id;

    private struct Counter : IPageSink
    {
        public int Samples;

        public static bool WantsMetadata => false;

        public readonly void Type(ReadOnlySpan<byte> family, MetricType type)
        {
        }

        public readonly void Help(ReadOnlySpan<byte> family, string help)
        {
        }

        public readonly void Unit(ReadOnlySpan<byte> family, string unit)
        {
        }

        public readonly void Comment(ReadOnlySpan<byte> text)
        {
        }

        public void Sample(scoped in PageSample sample) => Samples++;
    }

    private static void ReadBoth(string page, bool isRefused, PageMemory shared, PageMemory alone)
    {
        if (isRefused)
        {
            Assert.Throws<PageSyntaxException>(() => Reading.Read(page, memory: shared));
            Assert.Throws<PageSyntaxException>(() => Reading.Read(page, memory: alone));
        }
        else
        {
            List<Entry> read = Reading.Read(page, memory: shared);
            List<Entry> expected = Reading.Read(page, memory: alone);
            Assert.Equal(Reading.Print(expected), Reading.Print(read));
            Assert.Equal(expected.Select(static entry => entry.Id), read.Select(static entry => entry.Id));
        }

        Assert.Equal(alone.Gone.ToArray(), shared.Gone.ToArray());
        Assert.Equal(alone.Count, shared.Count);
    }
}
