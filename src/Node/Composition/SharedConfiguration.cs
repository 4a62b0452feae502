using System.Security.Cryptography;
using System.Text.Json;
using Pleiad.Kernel;
using Pleiad.Scraping;

namespace Pleiad.Node;

/// <summary>
/// The prometheus.yml that all nodes of a cluster have in force, among the cluster's documents: a small one that says which text it is, looked at
/// again and again, and the texts, which never change. docs/formats/cluster-store.md.
/// </summary>
/// <param name="documents">Of the cluster.</param>
/// <param name="self">The name of this node, for people.</param>
/// <param name="time">Says when, for people.</param>
internal sealed class SharedConfiguration(IDocumentStore documents, string self, TimeProvider time)
{
    /// <summary>Of all these documents.</summary>
    public const string Kind = "configuration";

    /// <summary>Says which text is in force.</summary>
    public const string CurrentId = "current";

    /// <summary>How many of the texts that were in force last are kept.</summary>
    public const int KeptMax = 16;

    private const int Format = 1;

    /// <summary>What is in force, and was before; null where nothing ever was.</summary>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    /// <exception cref="UnusableConfigurationException">The store has what this program does not know.</exception>
    public Task<SharedVersion?> LookAsync(CancellationToken cancel) => LookAsync(0, cancel);

    /// <summary>Likewise, unless it is what was seen: null then.</summary>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    /// <exception cref="UnusableConfigurationException">The store has what this program does not know.</exception>
    public async Task<SharedVersion?> LookAsync(long seenVersion, CancellationToken cancel) =>
        await documents.GetUnlessAsync(Kind, CurrentId, seenVersion, cancel) is { } current ? new SharedVersion(current.Version, HistoryOf(current.Body)) : null;

    /// <summary>The texts behind a hash.</summary>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    /// <exception cref="UnusableConfigurationException">The store does not have them (any more, or yet), or has what this program does not know.</exception>
    public async Task<ConfigurationText> ReadAsync(string hash, CancellationToken cancel) =>
        await documents.GetAsync(Kind, hash, cancel) is { } found
            ? TextsOf(found.Body)
            : throw new UnusableConfigurationException($"the configuration {hash} is not among the cluster's documents");

    /// <summary>Makes texts what all nodes have in force.</summary>
    /// <param name="texts">Read and found good.</param>
    /// <param name="onlyIfNone">Leaves what another node has put in force meanwhile.</param>
    /// <param name="cancel">Leaves open whether they are.</param>
    /// <returns>What is in force then.</returns>
    /// <exception cref="ClusterStoreException">What became of it is unknown.</exception>
    /// <exception cref="UnusableConfigurationException">What is in force is of a later program.</exception>
    /// <exception cref="ArgumentException">They are longer than a document may be.</exception>
    public async Task<SharedVersion> PublishAsync(ConfigurationText texts, bool onlyIfNone, CancellationToken cancel)
    {
        byte[] body = BytesOf(texts);
        string hash = HashOf(body);
        await documents.PutAsync(Kind, hash, 0, body, cancel);
        while (true)
        {
            SharedVersion? before = await LookAsync(cancel);
            if (before is not null && (onlyIfNone || before.Now.Hash == hash))
            {
                return before;
            }

            PublishedText[] history = [.. (before?.History ?? []).Where(one => one.Hash != hash).TakeLast(KeptMax - 1), new PublishedText(hash, self, time.GetUtcNow())];
            DocumentWrite write = await documents.PutAsync(Kind, CurrentId, before?.Version ?? 0, BytesOf(history), cancel);
            if (write.Result != DocumentResult.Written)
            {
                continue;
            }

            // Whoever put another one in force a moment ago may have deleted this as one too many.
            await documents.PutAsync(Kind, hash, 0, body, cancel);
            foreach (PublishedText gone in before?.History.Where(one => !history.Any(kept => kept.Hash == one.Hash)) ?? [])
            {
                if (await documents.GetAsync(Kind, gone.Hash, cancel) is { } old)
                {
                    await documents.DeleteAsync(Kind, gone.Hash, old.Version, cancel);
                }
            }

            return new SharedVersion(write.Version, history);
        }
    }

    /// <summary>The hash of texts, under which they lie.</summary>
    public static string HashOf(ConfigurationText texts) => HashOf(BytesOf(texts));

    private static string HashOf(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));

    private static byte[] BytesOf(ConfigurationText texts) => Write(writer =>
    {
        writer.WriteString("main", texts.Main);
        writer.WriteStartArray("files");
        foreach ((string name, string text) in texts.ScrapeFiles)
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteString("text", text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static byte[] BytesOf(IReadOnlyList<PublishedText> history) => Write(writer =>
    {
        writer.WriteStartArray("history");
        foreach ((string hash, string from, DateTimeOffset at) in history)
        {
            writer.WriteStartObject();
            writer.WriteString("hash", hash);
            writer.WriteString("from", from);
            writer.WriteString("at", at);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            content(writer);
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static PublishedText[] HistoryOf(ReadOnlyMemory<byte> body) => Read(body, static root =>
    {
        PublishedText[] history = [.. root.GetProperty("history").EnumerateArray().Select(static one =>
            new PublishedText(one.GetProperty("hash").GetString()!, one.GetProperty("from").GetString()!, one.GetProperty("at").GetDateTimeOffset()))];
        return history.Length > 0 ? history : throw new FormatException("no configuration is named");
    });

    private static ConfigurationText TextsOf(ReadOnlyMemory<byte> body) => Read(body, static root => new ConfigurationText(
        root.GetProperty("main").GetString()!,
        [.. root.GetProperty("files").EnumerateArray().Select(static file => new NamedText(file.GetProperty("name").GetString()!, file.GetProperty("text").GetString()!))]));

    private static T Read<T>(ReadOnlyMemory<byte> body, Func<JsonElement, T> of)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            int format = json.RootElement.GetProperty("format").GetInt32();
            return format == Format ? of(json.RootElement) : throw new FormatException($"it has format {format}; this program knows {Format}");
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UnusableConfigurationException($"the cluster's configuration cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>What is in force in a cluster.</summary>
/// <param name="Version">Goes up by one with each change.</param>
/// <param name="History">What was in force, the oldest first, and what is; not empty.</param>
internal sealed record SharedVersion(long Version, IReadOnlyList<PublishedText> History)
{
    /// <summary>What is in force.</summary>
    public PublishedText Now => History[^1];
}

/// <summary>A configuration that was put in force.</summary>
/// <param name="Hash">Of its texts.</param>
/// <param name="From">The node whose file it was.</param>
/// <param name="At">When.</param>
internal sealed record PublishedText(string Hash, string From, DateTimeOffset At);
