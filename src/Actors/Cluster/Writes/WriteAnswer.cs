using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>What became of samples that were sent to another node.</summary>
/// <param name="IsMoved">That node does not lead the shard: nothing was written, and nothing else here counts.</param>
/// <param name="Outcome">Otherwise.</param>
internal readonly record struct WriteAnswer(bool IsMoved, IngestOutcome Outcome)
{
    /// <summary>The number of the message.</summary>
    public const ushort Number = NodeMessages.WriteFrom + 1;

    /// <summary>It is led elsewhere.</summary>
    public static readonly WriteAnswer Moved = new(true, IngestOutcome.Nothing);

    /// <summary>The message.</summary>
    public NodeMessage ToMessage()
    {
        var message = new MessageWriter();
        message.Number(1, IsMoved ? 1UL : 0);
        message.Number(2, (ulong)Outcome.Accepted);
        message.Number(3, (ulong)Outcome.Duplicates);
        message.Number(4, (ulong)Outcome.OutOfOrder);
        message.Number(5, (ulong)Outcome.TooOld);
        message.Number(6, (ulong)Outcome.Conflicting);
        message.Number(7, (ulong)Outcome.SeriesOverLimit);
        message.Number(8, (ulong)Outcome.Invalid);
        message.Number(9, (ulong)Outcome.Histograms);
        message.Number(11, (ulong)Outcome.BeyondWindow);
        message.Number(12, (ulong)Outcome.LateOverLimit);
        if (Outcome.Failure is { } failure)
        {
            message.Text(10, failure);
        }

        return new NodeMessage(Number, message.Memory);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static WriteAnswer Read(NodeMessage message)
    {
        if (message.Number != Number)
        {
            throw new WireFormatException($"message {message.Number:x4} is no answer to a write");
        }

        int[] numbers = new int[13];
        string? failure = null;
        var reader = new MessageReader(message.Payload.Span);
        while (reader.Next(out int field))
        {
            if (field == 10)
            {
                failure = reader.Text();
            }
            else if (field <= 12)
            {
                numbers[field] = reader.Number(int.MaxValue);
            }
        }

        return new WriteAnswer(
            numbers[1] != 0,
            new IngestOutcome(numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7], numbers[8], failure)
            {
                Histograms = numbers[9], BeyondWindow = numbers[11], LateOverLimit = numbers[12],
            });
    }
}
