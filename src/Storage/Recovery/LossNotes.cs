using System.Globalization;
using System.Text;

namespace Pleiad.Storage;

/// <summary>
/// Notes in the quarantine of what was lost with files that are no more: records of the journal, chunks of snapshots. They outlast a restart, and whoever has seen
/// to the loss deletes them. docs/formats/data-directory.md.
/// </summary>
internal sealed class LossNotes(IFiles files, string quarantine)
{
    private const string Suffix = ".lost";
    private const string OfJournal = "journal-";

    /// <summary>Notes that chunks of a shard are lost, durably.</summary>
    /// <param name="shard">Of which.</param>
    /// <param name="file">That had them.</param>
    /// <param name="newestTime">Of the newest sample that may be among them.</param>
    /// <exception cref="IOException">It could not be noted.</exception>
    public void NoteChunks(int shard, string file, long newestTime) =>
        Write(Quarantine.PrefixOf(shard) + file + Suffix, "chunks of a snapshot", newestTime);

    /// <summary>Notes that a shard lacks records of the journal that a damaged snapshot had, durably.</summary>
    /// <param name="shard">Which.</param>
    /// <param name="nowMs">What they had was received before this time.</param>
    /// <exception cref="IOException">It could not be noted.</exception>
    public void NoteSnapshot(int shard, long nowMs) => Write(Quarantine.PrefixOf(shard) + "snapshot" + Suffix, "what only a snapshot had", Ahead(nowMs));

    /// <summary>Notes that records of the journal are lost, durably: of which shards nobody knows.</summary>
    /// <param name="segment">Number of the first segment that had some.</param>
    /// <param name="nowMs">What they had was received before this time.</param>
    /// <exception cref="IOException">It could not be noted.</exception>
    public void NoteRecords(long segment, long nowMs) => Write(
        string.Create(CultureInfo.InvariantCulture, $"{OfJournal}{segment:D12}{Suffix}"), "records of the journal", Ahead(nowMs));

    /// <summary>What is noted of a shard, and of all.</summary>
    /// <exception cref="IOException">It could not be read.</exception>
    public List<MissingSamples> Of(int shard)
    {
        var found = new List<MissingSamples>();
        foreach (string name in Names(shard))
        {
            found.Add(new MissingSamples(name, long.MinValue, ThroughOf(Encoding.UTF8.GetString(AtomicFile.ReadAll(files, Path.Combine(quarantine, name))))));
        }

        return found;
    }

    /// <summary>The names of these notes.</summary>
    /// <exception cref="IOException">They could not be listed.</exception>
    public IEnumerable<string> Names(int shard) => files.List(quarantine).Where(name =>
        name.EndsWith(Suffix, StringComparison.Ordinal)
        && (name.StartsWith(OfJournal, StringComparison.Ordinal) || name.StartsWith(Quarantine.PrefixOf(shard), StringComparison.Ordinal)));

    // Remote write takes samples that are somewhat ahead of the clock.
    private static long Ahead(long nowMs) => nowMs == long.MaxValue ? nowMs : nowMs + (10 * 60 * 1000);

    private static long ThroughOf(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ');
            if (words is ["through", _] && long.TryParse(words[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long through))
            {
                return through;
            }
        }

        return long.MaxValue;
    }

    private void Write(string name, string what, long through)
    {
        files.CreateDirectory(quarantine);
        string text = through == long.MaxValue ? $"lost {what}\n" : string.Create(CultureInfo.InvariantCulture, $"lost {what}\nthrough {through}\n");
        AtomicFile.Write(files, Path.Combine(quarantine, name), file => file.Append(Encoding.UTF8.GetBytes(text)));
        StorageMetrics.LossesNoted.Add(1);
    }
}
