using System.Buffers.Binary;
using System.Globalization;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// Samples that were acknowledged, that the journal of their shard does not have, and that are to be written again: kept as messages that say all
/// of themselves, in a file or several for each time that a copy begins anew, until whoever leads the shard has taken them.
/// </summary>
/// <remarks>A file: "PLIADMSG", version (2 bytes), 2 zero bytes, CRC-32C of what follows, then each message: bytes (4), content. docs/formats/spool.md.</remarks>
public sealed class KeptMessages
{
    private const ulong Magic = 0x4753_4D44_4149_4C50; // "PLIADMSG"
    private const ushort Version = 1;
    private const int HeadBytes = 16;
    private const string Suffix = ".messages";

    private readonly IFiles _files;
    private readonly string _path;
    private readonly string _quarantine;

    /// <param name="directory">Where they are kept.</param>
    public KeptMessages(DataDirectory directory)
        : this(directory.Files, Path.Combine(directory.Root, "resubmit"), directory.QuarantinePath)
    {
    }

    internal KeptMessages(IFiles files, string path, string quarantine)
    {
        _files = files;
        _path = path;
        _quarantine = quarantine;
    }

    /// <summary>Keeps messages, durable when it returns.</summary>
    /// <returns>What they are read and let go by.</returns>
    /// <exception cref="IOException">They could not be written.</exception>
    public string Write(ShardId shard, long seq, IReadOnlyList<byte[]> messages)
    {
        var writer = new ByteWriter();
        writer.Take(HeadBytes).Clear();
        foreach (byte[] message in messages)
        {
            writer.UInt32((uint)message.Length);
            message.CopyTo(writer.Take(message.Length));
        }

        byte[] bytes = writer.Written.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Crc32C.Of(bytes.AsSpan(HeadBytes)));
        _files.CreateDirectory(_path);
        // Those of an earlier time that went back to the same record may be there still.
        string name;
        int times = 0;
        do
        {
            name = string.Create(CultureInfo.InvariantCulture, $"shard-{shard.Value:D4}-{seq:D12}-{times++}{Suffix}");
        }
        while (_files.Exists(Path.Combine(_path, name)));

        AtomicFile.Write(_files, Path.Combine(_path, name), file => file.Append(bytes));
        return name;
    }

    /// <summary>Those that are kept, the oldest first within a shard.</summary>
    public IReadOnlyList<string> List() => [.. _files.List(_path).Where(static name => name.EndsWith(Suffix, StringComparison.Ordinal))];

    /// <summary>Reads some; null where they are damaged and now in quarantine.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public IReadOnlyList<byte[]>? TryRead(string name)
    {
        byte[] bytes = AtomicFile.ReadAll(_files, Path.Combine(_path, name));
        if (bytes.Length < HeadBytes || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic || BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8)) != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12)) != Crc32C.Of(bytes.AsSpan(HeadBytes)))
        {
            PutAside(name);
            return null;
        }

        var messages = new List<byte[]>();
        for (int at = HeadBytes; at < bytes.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
            messages.Add(bytes.AsSpan(at + 4, length).ToArray());
            at += 4 + length;
        }

        return messages;
    }

    /// <summary>Moves some to quarantine: nobody can read them.</summary>
    /// <exception cref="IOException">They could not be moved.</exception>
    public void PutAside(string name)
    {
        _files.CreateDirectory(_quarantine);
        _files.Rename(Path.Combine(_path, name), Path.Combine(_quarantine, name));
        _files.FlushDirectory(_quarantine);
        _files.FlushDirectory(_path);
        StorageMetrics.Quarantined.Add(1);
    }

    /// <summary>Lets some go: whoever leads the shard has them.</summary>
    /// <exception cref="IOException">They are there again at the next start; sent twice they do no harm.</exception>
    public void Delete(string name) => _files.Delete(Path.Combine(_path, name));
}
