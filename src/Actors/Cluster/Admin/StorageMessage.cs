using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>What a node is asked to do with all of its storage; answered by an <see cref="AdminAnswer"/> when it is done.</summary>
/// <param name="Task">What.</param>
/// <param name="SkipsHead">Of a copy: leaves out what is in no block yet.</param>
/// <param name="Name">Of a copy.</param>
internal sealed record StorageMessage(StorageTask Task, bool SkipsHead = false, string Name = "")
{
    /// <summary>The number of the message.</summary>
    public const ushort Number = NodeMessages.WriteFrom + 4;

    private const int NameLengthMax = 64;

    /// <summary>The message.</summary>
    public NodeMessage ToMessage()
    {
        var message = new MessageWriter();
        message.Number(1, (ulong)Task);
        message.Number(2, SkipsHead ? 1UL : 0);
        message.Text(3, Name);
        return new NodeMessage(Number, message.Memory);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static StorageMessage Read(ReadOnlySpan<byte> message)
    {
        var task = (StorageTask)0;
        bool skipsHead = false;
        string name = string.Empty;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    task = (StorageTask)reader.Number((int)StorageTask.Copy);
                    break;
                case 2:
                    skipsHead = reader.Number() != 0;
                    break;
                case 3:
                    name = reader.Text();
                    break;
            }
        }

        // It becomes the name of a directory.
        bool isNamed = name.Length is > 0 and <= NameLengthMax && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-');
        return Enum.IsDefined(task) && (task != StorageTask.Copy || isNamed)
            ? new StorageMessage(task, skipsHead, name)
            : throw new WireFormatException($"task {(int)task} with the name \"{name}\"");
    }
}

/// <summary>What a node can be asked to do with all of its storage.</summary>
internal enum StorageTask
{
    /// <summary>Move the heads into blocks.</summary>
    Seal = 1,

    /// <summary>Write blocks without what is deleted.</summary>
    Clean = 2,

    /// <summary>Copy the blocks.</summary>
    Copy = 3,
}
