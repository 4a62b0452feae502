using System.Text;
using System.Text.Json;
using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Exposition.Tests;

public class OpenMetricsValidatorTests
{
    public static TheoryData<string, bool> Suite
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            if (ConformanceData.Directory is null)
            {
                cases.Add("absent", false);
                return cases;
            }

            using JsonDocument index = JsonDocument.Parse(File.ReadAllText(ConformanceData.PathOf("expfmt/openmetrics-suite/index.json")));
            foreach (JsonElement test in index.RootElement.GetProperty("cases").EnumerateArray())
            {
                cases.Add($"{test.GetProperty("dir")}/{test.GetProperty("file")}", test.GetProperty("should_parse").GetBoolean());
            }

            return cases;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Suite))]
    public void The_suite_is_judged_as_it_judges_itself(string file, bool shouldParse)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        byte[] page = File.ReadAllBytes(ConformanceData.PathOf("expfmt/openmetrics-suite/" + file));
        if (shouldParse)
        {
            OpenMetricsValidator.Validate(page);
        }
        else
        {
            Assert.Throws<PageSyntaxException>(() => OpenMetricsValidator.Validate(page));
        }
    }

    [Theory]
    [InlineData("# TYPE a counter\na_total 1\n# TYPE a_total gauge\na_total 1\n# EOF\n", "clashing")]
    [InlineData("# TYPE a counter\na_total 1\nb 1\n# TYPE a counter\n# EOF\n", "clashing")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"2\"} 1\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\n# EOF\n", "out of order")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\n# EOF\n", "values out of order")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"+Inf\"} 1.5\n# EOF\n", "integer")]
    [InlineData("# TYPE a counter\na_total 1 1\na_total 1 0\n# EOF\n", "backwards")]
    public void What_makes_no_sense_is_refused(string page, string reason)
    {
        var exception = Assert.Throws<PageSyntaxException>(() => OpenMetricsValidator.Validate(Encoding.UTF8.GetBytes(page)));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }
}
