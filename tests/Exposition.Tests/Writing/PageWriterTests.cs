using System.Buffers;
using System.Text;
using Pleiad.Model;
using Xunit;

namespace Pleiad.Exposition.Tests;

public class PageWriterTests
{
    [Theory]
    [InlineData(PageFormat.Text)]
    [InlineData(PageFormat.OpenMetrics)]
    public void What_is_written_reads_back(PageFormat format)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new PageWriter(output, format);
        string[] hostile = ["", "plain", "quote \" and \\ and \n", "ünïcode 😀", "{},=# "];
        writer.Help("a", "help \\ with \n break");
        writer.Type("a", MetricType.Gauge);
        double[] values = [0, 1, -1.5, 1e21, 1e-7, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 123456789.25];
        var expected = new List<(string Name, string Value, double Number)>();
        foreach (string text in hostile)
        {
            foreach (double value in values)
            {
                string name = text.Length > 0 ? "a " + text : "a";
                Label[] labels = text.Length > 0 ? [new Label("l", text), new Label("odd " + text, "x")] : [];
                writer.Sample(name, labels, value, value == 1 ? new Timestamp(1_234_567) : null);
                expected.Add((name, text, value));
            }
        }

        writer.End();

        List<Entry> entries = Reading.Read(output.WrittenSpan, format);
        Assert.Equal("help \\ with \n break", entries[0].Text);
        Entry[] samples = [.. entries.Where(entry => entry.Kind == "series")];
        Assert.Equal(expected.Count, samples.Length);
        for (int i = 0; i < samples.Length; i++)
        {
            Assert.Equal(expected[i].Name, samples[i].Name);
            Assert.Equal(expected[i].Number, samples[i].Value);
            Assert.Equal(expected[i].Number == 1 ? 1_234_567 : null, samples[i].TimeMs);
            if (expected[i].Value.Length > 0)
            {
                Assert.Equal(expected[i].Value, samples[i].Labels![1].Value);
                Assert.Equal("odd " + expected[i].Value, samples[i].Labels![2].Name);
            }
        }
    }

    [Fact]
    public void A_series_is_written_with_its_name_in_front()
    {
        var output = new ArrayBufferWriter<byte>();
        new PageWriter(output, PageFormat.Text).Sample(Labels.From(("__name__", "up"), ("job", "j"), ("a", "b")), 1, new Timestamp(-5));
        Assert.Equal("up{a=\"b\",job=\"j\"} 1 -5\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
