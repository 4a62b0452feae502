using System.Reflection;
using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Node.Tests;

public sealed class SettingsFileTests
{
    [Fact]
    public void Without_a_file_the_defaults_of_reference_conf_hold()
    {
        NodeSettings settings = SettingsFile.Load(null, _ => null);
        Assert.Equal(TimeSpan.FromDays(15), settings.Storage.Retention);
        Assert.Equal(64 << 20, settings.Storage.SegmentBytesMax);
        Assert.Equal(["localhost:9090"], settings.Web.ListenAddresses);
        Assert.Equal(50_000_000, settings.Query.SamplesMax);
        Assert.Equal("info", settings.Log.Level);
    }

    [Fact]
    public void Keys_of_reference_conf_and_properties_of_the_records_are_the_same_both_ways()
    {
        HoconObject root = Root();
        var binder = new HoconBinder(root);
        SettingsFile.Bind(binder);
        Assert.Equal(Leaves(root, string.Empty).Order(StringComparer.Ordinal), binder.Asked.Order(StringComparer.Ordinal));
        Assert.Equal(PropertiesOf(typeof(NodeSettings)).Count(), binder.Asked.Count);
    }

    [Fact]
    public void Every_key_changes_one_property_and_only_that()
    {
        NodeSettings defaults = SettingsFile.Load(null, _ => null);
        string[] values = ["true", "false", "4", "81", "90", "4h", "4MiB", "16KiB", "4s", "words", "[x]", "[store]", "debug", "json"];
        var touched = new List<string>();
        foreach (string key in Leaves(Root(), string.Empty))
        {
            string[] changed = [.. values.SelectMany(v => TryLoad($"{key} = {v}") is { } other ? Differences(defaults, other) : []).Distinct()];
            Assert.True(changed.Length == 1, $"{key} changes {string.Join(", ", changed)}");
            touched.Add(changed[0]);
        }

        Assert.Equal(touched.Count, touched.Distinct().Count());
    }

    [Fact]
    public void Every_key_is_explained_above_it()
    {
        string[] lines = SettingsFile.Reference().Split('\n');
        for (int i = 1; i < lines.Length; i++)
        {
            if (lines[i].Contains(" = ", StringComparison.Ordinal) && !lines[i].TrimStart().StartsWith('#'))
            {
                Assert.True(lines[i - 1].TrimStart().StartsWith('#'), lines[i]);
            }
        }
    }

    [Theory]
    [InlineData("pleiad.storage.retension = 1d", "unknown key pleiad.storage.retension; did you mean pleiad.storage.retention?")]
    [InlineData("pleiad.storag { path = x }", "unknown key pleiad.storag; did you mean pleiad.storage?")]
    [InlineData("pleiad.frobnicate-the-widget = 1", "unknown key pleiad.frobnicate-the-widget")]
    [InlineData("plejad.storage.path = x", "unknown key plejad; did you mean pleiad?")]
    [InlineData("pleiad.storage.path.deeper = x", "pleiad.storage.path must be a text, found an object")]
    [InlineData("pleiad.storage = 5", "pleiad.storage is a group of keys, not a value")]
    [InlineData("pleiad.storage.retention = soon", "pleiad.storage.retention must be a duration from 2h to 100y, or 0, found \"soon\"")]
    [InlineData("pleiad.storage.retention = 1h", "must be a duration from 2h")]
    [InlineData("pleiad.storage.segment-size = 5s", "must be a size from 1MiB to 1GiB, found \"5s\"")]
    [InlineData("pleiad.storage.segment-size = 2GiB", "must be a size")]
    [InlineData("pleiad.storage.shards = 12", "power of two")]
    [InlineData("pleiad.storage.shards = 8192", "whole number from 1 to 4096")]
    [InlineData("pleiad.storage.shards = many", "whole number")]
    [InlineData("pleiad.query.concurrency-max = 0", "whole number from 1")]
    [InlineData("pleiad.query.concurrency-max = 1.5", "whole number")]
    [InlineData("pleiad.web.enable-lifecycle = maybe", "true or false")]
    [InlineData("pleiad.web.listen-addresses = \":9090\"", "an array of texts")]
    [InlineData("pleiad.log.level = loud", "one of debug, info, warn, error")]
    [InlineData("pleiad.log.level = null", "found null")]
    public void A_wrong_key_or_value_is_refused_with_file_line_and_key(string line, string part)
    {
        using var directory = new TempDirectory();
        string file = Path.Combine(directory.Path, "node.conf");
        File.WriteAllText(file, "# a comment\n" + line + "\n");
        var error = Assert.Throws<HoconException>(() => SettingsFile.Load(file, _ => null));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{file}:2: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_may_build_on_defaults_and_on_the_environment()
    {
        NodeSettings settings = Load(
            "pleiad.query.features += promql-experimental-functions\npleiad.storage.path = ${DATA}/pleiad\npleiad.storage.retention = 0",
            ("DATA", "/srv"));
        Assert.Equal(["promql-experimental-functions"], settings.Query.Features);
        Assert.Equal("/srv/pleiad", settings.Storage.Path);
        Assert.Equal(TimeSpan.Zero, settings.Storage.Retention);
    }

    [Theory]
    [InlineData("shrink-caches-at = 81", "refuse-queries-at")]
    [InlineData("refuse-queries-at = 86", "refuse-series-at")]
    [InlineData("refuse-series-at = 93", "refuse-writes-at")]
    public void The_steps_of_memory_ascend(string line, string wrong)
    {
        using var place = new TempDirectory();
        string path = Path.Combine(place.Path, "memory.conf");
        File.WriteAllText(path, "pleiad.memory." + line + "\n");
        Assert.Contains(wrong, Assert.Throws<HoconException>(() => SettingsFile.Load(path, _ => null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() => Assert.Contains(
        "not-there.conf:1: cannot read the file",
        Assert.Throws<HoconException>(() => SettingsFile.Load("not-there.conf", _ => null)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_example_for_a_single_node_loads()
    {
        string file = Path.Combine(Repository(), "hocon", "single.conf");
        StorageSection expected = SettingsFile.Load(null, _ => null).Storage;
        StorageSection found = SettingsFile.Load(file, _ => null).Storage;
        Assert.Empty(found.RetentionRules);
        Assert.Equal(expected, found with { RetentionRules = expected.RetentionRules });
        Assert.Equal("/x/prometheus.yml", SettingsFile.Load(file, HoconJson.Environment(("PLEIAD_CONFIG", "/x/prometheus.yml"))).ConfigFile);
    }

    [Fact]
    public void The_example_for_a_node_of_a_cluster_loads()
    {
        string file = Path.Combine(Repository(), "hocon", "cluster.conf");
        ClusterSection defaults = SettingsFile.Load(null, _ => null).Cluster;
        ClusterSection example = SettingsFile.Load(file, _ => null).Cluster;
        Assert.Equal("", defaults.Postgres);
        Assert.Equal("Host=localhost;Username=pleiad;Database=pleiad", example.Postgres);
        Assert.Equal((defaults.ListenAddress, defaults.Replicas, defaults.Shards), (example.ListenAddress, example.Replicas, example.Shards));
        example = SettingsFile.Load(file, HoconJson.Environment(("PLEIAD_POSTGRES", "Host=db"), ("PLEIAD_LISTEN", "10.0.0.1:9096"), ("PLEIAD_ZONE", "b"))).Cluster;
        Assert.Equal(("Host=db", "10.0.0.1:9096", "b"), (example.Postgres, example.ListenAddress, example.Zone));
    }

    [Theory]
    [InlineData("shards = 100")]
    [InlineData("roles = []")]
    [InlineData("roles = [\"store\", \"cook\"]")]
    [InlineData("replicas = 0")]
    [InlineData("replicas = 17")]
    public void A_cluster_that_cannot_be_is_refused(string key)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "pleiad.cluster { " + key + " }");
            Assert.Contains("pleiad.cluster.", Assert.Throws<HoconException>(() => SettingsFile.Load(file, _ => null)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Repository()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "cluster.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new DirectoryNotFoundException("cluster.sln");
    }

    private static HoconObject Root() =>
        (HoconObject)HoconResolver.Resolve(new HoconFiles().Parse(SettingsFile.Reference(), "reference.conf"), _ => null);

    private static NodeSettings? TryLoad(string text)
    {
        try
        {
            return Load(text);
        }
        catch (HoconException)
        {
            return null;
        }
    }

    private static NodeSettings Load(string text, params (string Name, string Value)[] environment)
    {
        using var directory = new TempDirectory();
        string file = Path.Combine(directory.Path, "node.conf");
        File.WriteAllText(file, text);
        return SettingsFile.Load(file, HoconJson.Environment(environment));
    }

    private static IEnumerable<string> Leaves(HoconObject at, string path) => at.Keys.SelectMany(key =>
        at.Get(key) is HoconObject inner ? Leaves(inner, $"{path}{key}.") : [path + key]);

    private static bool IsSection(PropertyInfo property) => property.PropertyType.Name.EndsWith("Section", StringComparison.Ordinal);

    private static IEnumerable<PropertyInfo> PropertiesOf(Type record) =>
        record.GetProperties().SelectMany(p => IsSection(p) ? PropertiesOf(p.PropertyType) : [p]);

    private static IEnumerable<string> Differences(object left, object right)
    {
        foreach (PropertyInfo property in left.GetType().GetProperties())
        {
            (object a, object b) = (property.GetValue(left)!, property.GetValue(right)!);
            bool same = a is IEnumerable<string> one ? one.SequenceEqual((IEnumerable<string>)b) : Equals(a, b);
            foreach (string difference in same ? [] : IsSection(property) ? Differences(a, b) : [$"{left.GetType().Name}.{property.Name}"])
            {
                yield return difference;
            }
        }
    }
}
