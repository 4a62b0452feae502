using System.Text.Json;
using System.Text.Json.Serialization;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>
/// How far each destination has everything, kept over restarts in <c>remote-write.json</c> of the data directory: what came later is read from
/// storage and sent after the start.
/// </summary>
internal sealed class SendPositions(DataDirectory directory)
{
    private const string FileName = "remote-write.json";
    private const int FormatVersion = 1;

    // Without an orderly end a scrape that took its time may have brought samples older than the last position written.
    private static readonly long MarginMs = (long)TimeSpan.FromSeconds(10).TotalMilliseconds;

    private string _written = string.Empty;

    /// <summary>The positions of the last run by destination: milliseconds since the epoch up to which it has everything.</summary>
    /// <exception cref="IOException">The file cannot be read or is damaged.</exception>
    public IReadOnlyDictionary<string, long> Load()
    {
        if (directory.ReadNote(FileName) is not { } bytes)
        {
            return new Dictionary<string, long>();
        }

        try
        {
            Stored? stored = JsonSerializer.Deserialize(bytes, SendPositionsJson.Default.Stored);
            if (stored is not { Version: FormatVersion, Positions: { } positions })
            {
                throw new IOException($"{FileName} has another format than {FormatVersion}");
            }

            return stored.Clean ? positions : positions.ToDictionary(static entry => entry.Key, static entry => entry.Value - MarginMs);
        }
        catch (JsonException e)
        {
            throw new IOException($"{FileName} is damaged: {e.Message}", e);
        }
    }

    /// <summary>Writes positions where they differ from the last ones written.</summary>
    /// <param name="positions">By destination.</param>
    /// <param name="clean">Whether nothing will be sent any more.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Save(Dictionary<string, long> positions, bool clean)
    {
        string text = JsonSerializer.Serialize(new Stored(FormatVersion, clean, positions), SendPositionsJson.Default.Stored);
        if (text != _written)
        {
            directory.WriteNote(FileName, System.Text.Encoding.UTF8.GetBytes(text));
            _written = text;
        }
    }

    internal sealed record Stored(int Version, bool Clean, Dictionary<string, long> Positions);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SendPositions.Stored))]
internal sealed partial class SendPositionsJson : JsonSerializerContext;
