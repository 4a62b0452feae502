using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Pleiad.Dashboards;

/// <summary>
/// JSON of strangers to a tree, and back. Checked once, in one pass and before anything is built: size, nesting, number of values,
/// bytes that are not UTF-8, halves of surrogate pairs, members that stand twice. Numbers keep their text.
/// </summary>
public static class DashboardJson
{
    // As readable as the file of a person: the answer's content type and nosniff keep a browser from taking it for HTML.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 };
    private static readonly JsonWriterOptions Indented = Compact with { Indented = true };

    /// <summary>Reads an object.</summary>
    /// <param name="utf8">The whole text; a byte order mark is passed over.</param>
    /// <param name="limits">What it may be at most.</param>
    /// <exception cref="DashboardException">Not JSON, not an object, or beyond a limit; names the line.</exception>
    public static JsonObject Read(ReadOnlySpan<byte> utf8, DashboardLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (utf8.Length > limits.BytesMax)
        {
            throw new DashboardException(DashboardFault.TooLarge, $"the JSON has {utf8.Length} bytes, more than {limits.BytesMax}");
        }

        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        if (!Utf8.IsValid(utf8))
        {
            throw new DashboardException(DashboardFault.Invalid, "the JSON is not valid UTF-8");
        }

        Check(utf8, limits);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = limits.DepthMax });
        return JsonNode.Parse(ref reader) as JsonObject
            ?? throw new DashboardException(DashboardFault.Invalid, "the JSON is not an object");
    }

    /// <summary>Reads an object out of a text.</summary>
    /// <exception cref="DashboardException">As for bytes.</exception>
    public static JsonObject Read(string text, DashboardLimits limits)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(Encoding.UTF8.GetBytes(text), limits);
    }

    /// <summary>Writes a tree as UTF-8.</summary>
    /// <param name="node">The tree.</param>
    /// <param name="indented">For people and version control: one member a line.</param>
    public static byte[] Write(JsonNode node, bool indented = false)
    {
        ArgumentNullException.ThrowIfNull(node);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, indented ? Indented : Compact))
        {
            node.WriteTo(writer);
        }

        return buffer.ToArray();
    }

    /// <summary>Likewise, as text.</summary>
    public static string Text(JsonNode node, bool indented = false) => Encoding.UTF8.GetString(Write(node, indented));

    private static void Check(ReadOnlySpan<byte> utf8, DashboardLimits limits)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = limits.DepthMax });
        var members = new Stack<HashSet<string>>();
        int values = 0;
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject:
                        members.Push(new HashSet<string>(StringComparer.Ordinal));
                        break;
                    case JsonTokenType.EndObject:
                        members.Pop();
                        continue;
                    case JsonTokenType.EndArray:
                        continue;
                    case JsonTokenType.PropertyName:
                        string name = reader.GetString()!;
                        if (!members.Peek().Add(name))
                        {
                            throw Wrong(utf8, reader.TokenStartIndex, $"member {Quoted(name)} stands twice");
                        }

                        continue;
                    case JsonTokenType.String:
                        // Only decoding finds half of a surrogate pair.
                        _ = reader.GetString();
                        break;
                    case JsonTokenType.Number when reader.ValueSpan.Length > DashboardLimits.NumberCharsMax:
                        throw Wrong(utf8, reader.TokenStartIndex, $"a number of {reader.ValueSpan.Length} characters");
                }

                if (++values > limits.ValuesMax)
                {
                    throw new DashboardException(DashboardFault.TooLarge, $"the JSON has more than {limits.ValuesMax} values");
                }
            }
        }
        catch (JsonException e)
        {
            bool deep = e.Message.Contains("depth", StringComparison.OrdinalIgnoreCase) && reader.CurrentDepth >= limits.DepthMax - 1;
            throw deep
                ? new DashboardException(DashboardFault.TooLarge, $"line {e.LineNumber + 1}: nested deeper than {limits.DepthMax} levels", e)
                : new DashboardException(DashboardFault.Invalid, $"line {e.LineNumber + 1}: not JSON: {Plain(e.Message)}", e);
        }
        catch (InvalidOperationException e)
        {
            throw Wrong(utf8, reader.TokenStartIndex, "a text with half of a surrogate pair", e);
        }
    }

    private static DashboardException Wrong(ReadOnlySpan<byte> utf8, long at, string what, Exception? inner = null) =>
        new(DashboardFault.Invalid, $"line {utf8[..(int)at].Count((byte)'\n') + 1}: {what}", inner);

    // The reader appends "LineNumber: 0 | BytePositionInLine: 7.", which counts from zero and is said already.
    private static string Plain(string message) =>
        message.IndexOf(" LineNumber:", StringComparison.Ordinal) is >= 0 and int at ? message[..at] : message;

    private static string Quoted(string name) => $"\"{(name.Length > 60 ? name[..60] + "…" : name)}\"";
}
