using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pleiad.Storage;

namespace Pleiad.Persistence;

/// <summary>What stands before the body of a document.</summary>
internal readonly record struct DocumentHeader(long Version, long Revision, bool IsDeleted);

/// <summary>The file of one document: a line of text that says what it is and proves that it is whole, then the body.</summary>
internal static class DocumentFile
{
    private const string Magic = "pleiad-document 1";
    private const int HeaderBytesMax = 200;

    // Where a kind ends; ids are escaped, so that none can hold it.
    private const char Separator = '~';

    /// <summary>The name of a document's file.</summary>
    /// <exception cref="ArgumentException">Kind or id are too long for one.</exception>
    public static string NameOf(string kind, string id)
    {
        string name = kind + Separator + Uri.EscapeDataString(id).Replace("~", "%7E", StringComparison.Ordinal).Replace(".", "%2E", StringComparison.Ordinal);
        return name.Length <= 240 ? name : throw new ArgumentException($"the id of the document is too long: {id.Length} characters", nameof(id));
    }

    /// <summary>Kind and id of a file; null where the name is none of ours.</summary>
    public static (string Kind, string Id)? KeyOf(string name)
    {
        int at = name.IndexOf(Separator);
        return at <= 0 ? null : (name[..at], Uri.UnescapeDataString(name[(at + 1)..])) is var key && NameOf(key.Item1, key.Item2) == name ? key : null;
    }

    /// <summary>Appends header and body to an empty file.</summary>
    public static void Write(IFile file, DocumentHeader header, ReadOnlySpan<byte> body)
    {
        string text = $"{Magic} {header.Version} {header.Revision} {(header.IsDeleted ? "deleted" : "alive")} {body.Length}";
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (hash)
        {
            hash.AppendData(Encoding.ASCII.GetBytes(text));
            hash.AppendData(body);
            file.Append(Encoding.ASCII.GetBytes($"{text} {Convert.ToHexStringLower(hash.GetHashAndReset())}\n"));
        }

        file.Append(body);
    }

    /// <summary>Reads a file; null where it is damaged, cut off or of another format.</summary>
    public static (DocumentHeader Header, byte[] Body)? TryRead(IFiles files, string path)
    {
        byte[] content;
        using (IFile file = files.OpenRead(path))
        {
            if (file.Length > int.MaxValue / 2)
            {
                return null;
            }

            content = new byte[file.Length];
            if (file.Read(0, content) != content.Length)
            {
                return null;
            }
        }

        int end = content.AsSpan(0, Math.Min(content.Length, HeaderBytesMax)).IndexOf((byte)'\n');
        string[] parts = end < 0 ? [] : Encoding.ASCII.GetString(content, 0, end).Split(' ');
        if (parts.Length != 7
            || !$"{parts[0]} {parts[1]}".Equals(Magic, StringComparison.Ordinal)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out long version)
            || !long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out long revision)
            || parts[4] is not ("alive" or "deleted")
            || parts[5] != (content.Length - end - 1).ToString(CultureInfo.InvariantCulture))
        {
            return null;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(content.AsSpan(0, end - parts[6].Length - 1));
        hash.AppendData(content.AsSpan(end + 1));
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == parts[6]
            ? (new DocumentHeader(version, revision, parts[4] == "deleted"), content[(end + 1)..])
            : null;
    }
}
