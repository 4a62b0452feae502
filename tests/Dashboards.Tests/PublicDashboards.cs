using Pleiad.TestKit;

namespace Pleiad.Dashboards.Tests;

/// <summary>The dashboards of the conformance data.</summary>
internal static class PublicDashboards
{
    /// <summary>Their file names; one that says that there are none where the data is not there.</summary>
    public static TheoryData<string> Files
    {
        get
        {
            var files = new TheoryData<string>();
            if (ConformanceData.Directory is not null)
            {
                foreach (string path in Directory.GetFiles(ConformanceData.PathOf("grafana-dashboards"), "*.json").Order(StringComparer.Ordinal))
                {
                    if (Path.GetFileName(path) != "index.json")
                    {
                        files.Add(Path.GetFileName(path));
                    }
                }
            }
            else
            {
                files.Add("absent");
            }

            return files;
        }
    }

    public static byte[] Read(string file)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        return File.ReadAllBytes(ConformanceData.PathOf("grafana-dashboards/" + file));
    }
}
