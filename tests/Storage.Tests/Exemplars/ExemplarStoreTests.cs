using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

public sealed class ExemplarStoreTests
{
    private const string ShardPath = "/data/shards/0000";

    private static readonly StoredExemplar[] s_some =
    [
        new(Named("a", ("instance", "x")), new Exemplar(Labels.From(("trace_id", "1")), 1.5, new Timestamp(10))),
        new(Named("a", ("instance", "x")), new Exemplar(Labels.Empty, double.NaN, new Timestamp(-5))),
        new(Named("b"), new Exemplar(Labels.From(("trace_id", "ü"), ("span_id", "1")), double.NegativeInfinity, new Timestamp(long.MaxValue / 2))),
    ];

    [Fact]
    public void What_was_written_is_read_and_the_last_counts()
    {
        var files = new FaultyFiles();
        Assert.Empty(Store(files).Load());
        Store(files).Write(s_some);
        Assert.Equal(s_some, Store(files).Load());
        Store(files).Write([]);
        Assert.Empty(Store(files).Load());
    }

    [Fact]
    public void A_file_has_the_bytes_of_the_golden_one()
    {
        string golden = Path.Combine(Golden.Formats, "exemplars-v1.exm");
        var files = new FaultyFiles();
        Store(files).Write(s_some);
        byte[] written = files.Bytes(files.Paths.Single(static path => path.EndsWith(".exm", StringComparison.Ordinal)));
        if (Environment.GetEnvironmentVariable("PLEIAD_WRITE_GOLDEN") is { Length: > 0 })
        {
            File.WriteAllBytes(golden, written);
        }

        Assert.Equal(File.ReadAllBytes(golden), written);
    }

    [Fact]
    public void Every_byte_that_is_changed_and_every_place_it_is_cut_at_is_noticed()
    {
        var files = new FaultyFiles();
        Store(files).Write(s_some);
        string path = files.Paths.Single(static path => path.EndsWith(".exm", StringComparison.Ordinal));
        byte[] sound = files.Bytes(path);
        for (int at = 0; at < sound.Length; at++)
        {
            byte[] changed = [.. sound];
            changed[at] ^= 4;
            Check(changed);
            Check(sound[..at]);
        }

        void Check(byte[] bytes)
        {
            files.SetBytes(path, bytes);
            Assert.Empty(Store(files).Load());
            Assert.False(files.Exists(path));
            Store(files).Write([]);
        }
    }

    [Fact]
    public void Whatever_call_fails_those_or_those_before_are_there()
    {
        for (int failAt = 1; ; failAt++)
        {
            var files = new FaultyFiles(failAt);
            Store(files).Write(s_some[..1]);
            files.FailAt = files.Calls + failAt;
            bool failed = false;
            try
            {
                Store(files).Write(s_some);
            }
            catch (IOException)
            {
                failed = true;
            }

            bool wasReached = files.HasFailed;
            files.Restart(keepsUnflushed: false);
            IReadOnlyList<StoredExemplar> found = Store(files).Load();
            Assert.True(found.SequenceEqual(s_some) || (failed && found.SequenceEqual(s_some[..1])), $"call {failAt}: {found.Count} are there");
            if (!wasReached)
            {
                Assert.InRange(failAt, 4, 100);
                return;
            }
        }
    }

    private static ExemplarStore Store(FaultyFiles files) => new(files, ShardPath, "/q", new ShardId(0));
}
