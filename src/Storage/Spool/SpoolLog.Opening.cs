using System.Globalization;

namespace Pleiad.Storage;

/// <content>What the files held: chains as they were written, without what is torn or damaged.</content>
public sealed partial class SpoolLog
{
    // How often something that cannot be read came so far: between two records of a shard there may have been more of it.
    private int _breaks;

    private static string PathIn(DataDirectory directory) => Path.Combine(directory.Root, "spool");

    private static long[] NumbersIn(IFiles files, string path) =>
        [.. files.List(path).Select(static name => SpoolFormat.TryNumberOf(name, out long number) ? number : 0).Where(static number => number > 0).Order()];

    private void ReadPart(long number, bool isLast)
    {
        string path = PathOf(number);
        byte[] bytes = ReadSalvaging(path, out bool isWhole);
        var part = new SpoolPart(number) { Bytes = bytes.Length };
        _parts.Add(number, part);
        var found = new List<Found>();
        int end = isWhole ? 0 : bytes.Length;
        int at = SpoolFormat.IsHead(path, bytes) ? SpoolFormat.HeadBytes : 0;
        while (at < bytes.Length)
        {
            if (SpoolFormat.TryReadRecord(bytes.AsSpan(at), out SpooledRecord record, out long written, out int length))
            {
                found.Add(new Found(record with { Payload = bytes.AsMemory(at + SpoolFormat.RecordHeadBytes, length - SpoolFormat.RecordHeadBytes) }, written, at, _breaks));
                at += length;
                end = Math.Max(end, at);
                continue;
            }

            _breaks++;
            int next = SpoolFormat.NextRecord(bytes, at);
            if (next < bytes.Length && isWhole)
            {
                PutAside(number, bytes);
            }

            at = next;
        }

        if (!isWhole)
        {
            // On the sectors that the disk gives in their place it can be read again; nobody looks there once more for what the others did not give.
            PutAside(number, bytes);
        }

        if ((isLast || !isWhole) && found.Count > 0)
        {
            // Nobody knows whether the device has what was written last, and flushing it again would prove nothing. Damage stays where it is: it tells
            // that something may be missing there.
            AtomicFile.Write(_files, path, file => file.Append(bytes.AsSpan(0, end)));
            part.Bytes = end;
        }

        foreach (Found one in found)
        {
            ChainOf(one.Record.Shard).Link(PlaceOf(one.Record, part, one.At), one.Breaks);
            part.FirstAt = Math.Min(part.FirstAt, one.Written);
        }
    }

    private void PutAside(long number, byte[] bytes)
    {
        DamagedCount++;
        StorageMetrics.Quarantined.Add(1);
        _files.CreateDirectory(_quarantine);
        AtomicFile.Write(
            _files, Path.Combine(_quarantine, string.Create(CultureInfo.InvariantCulture, $"spool-{SpoolFormat.NameOf(number)}")), file => file.Append(bytes));
    }

    private readonly record struct Found(SpooledRecord Record, long Written, int At, int Breaks);
}
