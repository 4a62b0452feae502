using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>Members and lists of files as the stores keep them: JSON, in which unknown keys are left alone and missing ones have their defaults.</summary>
internal static partial class StoredJson
{
    public static string Of(Member member) => JsonSerializer.Serialize(
        new StoredMember
        {
            Incarnation = member.Incarnation.Value,
            Name = member.Name,
            Address = member.Address,
            HttpAddress = member.HttpAddress,
            Roles = [.. member.Roles],
            Zone = member.Zone,
            Weight = member.Weight,
            FormatVersion = member.FormatVersion,
            Status = member.Status,
            Accusers = [.. member.Accusers.Select(static accuser => accuser.Value)],
        },
        Shapes.Default.StoredMember);

    public static Member MemberOf(string json)
    {
        StoredMember stored = JsonSerializer.Deserialize(json, Shapes.Default.StoredMember) ?? throw new ClusterStoreException("a member is null");
        return new Member
        {
            Incarnation = new NodeIncarnation(stored.Incarnation),
            Name = stored.Name,
            Address = stored.Address,
            HttpAddress = stored.HttpAddress,
            Roles = [.. stored.Roles],
            Zone = stored.Zone,
            Weight = stored.Weight,
            FormatVersion = stored.FormatVersion,
            Status = stored.Status,
            Accusers = [.. stored.Accusers.Select(static accuser => new NodeIncarnation(accuser))],
        };
    }

    public static string Of(ImmutableArray<SnapshotFile> files) => JsonSerializer.Serialize(files.ToArray(), Shapes.Default.SnapshotFileArray);

    public static ImmutableArray<SnapshotFile> FilesOf(string json) => [.. JsonSerializer.Deserialize(json, Shapes.Default.SnapshotFileArray) ?? []];

    public static string Of(IReadOnlyList<string> texts) => JsonSerializer.Serialize(texts.ToArray(), Shapes.Default.StringArray);

    internal sealed record StoredMember
    {
        public required Guid Incarnation { get; init; }

        public required string Name { get; init; }

        public required string Address { get; init; }

        public string HttpAddress { get; init; } = "";

        public string[] Roles { get; init; } = [];

        public string Zone { get; init; } = "";

        public double Weight { get; init; } = 1;

        public int FormatVersion { get; init; } = 1;

        public required MemberStatus Status { get; init; }

        public Guid[] Accusers { get; init; } = [];
    }

    [JsonSourceGenerationOptions(UseStringEnumConverter = true)]
    [JsonSerializable(typeof(StoredMember))]
    [JsonSerializable(typeof(SnapshotFile[]))]
    [JsonSerializable(typeof(string[]))]
    private sealed partial class Shapes : JsonSerializerContext;
}
