using System.IO.Compression;
using System.Text.Json;
using Pleiad.Model;
using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>What one node has found for all, as a document. Bytes: docs/formats/cluster-store.md.</summary>
/// <param name="Fingerprint">Of the job's configuration that it was found by.</param>
/// <param name="Update">Groups and problems; null where they are too many to be shared, so that every node has to look itself.</param>
internal sealed record SharedGroups(string Fingerprint, DiscoveryUpdate? Update)
{
    /// <summary>The kind of the documents.</summary>
    public const string Kind = "discovery";

    private const int Format = 1;

    /// <summary>The body of the document.</summary>
    public byte[] Write()
    {
        var body = new MemoryStream();
        using (var packed = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true))
        using (var json = new Utf8JsonWriter(packed))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("fingerprint", Fingerprint);
            if (Update is not null)
            {
                json.WriteStartArray("problems");
                foreach (string problem in Update.Problems)
                {
                    json.WriteStringValue(problem);
                }

                json.WriteEndArray();
                json.WriteStartArray("groups");
                foreach (TargetGroup group in Update.Groups)
                {
                    json.WriteStartObject();
                    json.WriteString("source", group.Source);
                    json.WritePropertyName("labels");
                    WriteLabels(json, group.Labels);
                    json.WriteStartArray("targets");
                    foreach (Labels target in group.Targets)
                    {
                        WriteLabels(json, target);
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return body.ToArray();
    }

    /// <summary>Reads a body.</summary>
    /// <param name="body">Of the document.</param>
    /// <param name="bytesMax">Bytes that it may unfold to.</param>
    /// <exception cref="InvalidDataException">It is none that this program knows, or unfolds to more.</exception>
    public static SharedGroups Read(ReadOnlyMemory<byte> body, int bytesMax)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(Unpack(body, bytesMax));
            JsonElement root = json.RootElement;
            if (root.GetProperty("format").GetInt32() != Format)
            {
                throw new InvalidDataException($"format {root.GetProperty("format").GetInt32()}");
            }

            string fingerprint = root.GetProperty("fingerprint").GetString()!;
            return !root.TryGetProperty("groups", out JsonElement groups)
                ? new SharedGroups(fingerprint, null)
                : new SharedGroups(fingerprint, new DiscoveryUpdate(
                    [.. groups.EnumerateArray().Select(static group => new TargetGroup(
                        group.GetProperty("source").GetString()!,
                        [.. group.GetProperty("targets").EnumerateArray().Select(LabelsOf)],
                        LabelsOf(group.GetProperty("labels"))))],
                    [.. root.GetProperty("problems").EnumerateArray().Select(static problem => problem.GetString()!)]));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> body, int bytesMax)
    {
        using var packed = new GZipStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress);
        var unpacked = new MemoryStream();
        byte[] part = new byte[64 * 1024];
        int read;
        while ((read = packed.Read(part)) > 0)
        {
            if (unpacked.Length + read > bytesMax)
            {
                throw new InvalidDataException($"more than {bytesMax} bytes");
            }

            unpacked.Write(part, 0, read);
        }

        return unpacked.GetBuffer().AsMemory(0, (int)unpacked.Length);
    }

    private static void WriteLabels(Utf8JsonWriter json, Labels labels)
    {
        json.WriteStartObject();
        foreach (Label label in labels)
        {
            json.WriteString(label.Name, label.Value);
        }

        json.WriteEndObject();
    }

    private static Labels LabelsOf(JsonElement labels)
    {
        var read = new LabelsBuilder();
        foreach (JsonProperty label in labels.EnumerateObject())
        {
            read.Set(label.Name, label.Value.GetString()!);
        }

        return read.ToLabels();
    }
}
