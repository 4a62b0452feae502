using System.Text;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// A fragment, as another node is asked for it: not the plan, but what the plan follows from, and which part of it is meant. Planning is a pure
/// function, so the other node has the same plan; a fingerprint of the fragment shows where it does not.
/// </summary>
public sealed class FragmentRequest
{
    /// <summary>Goes up when the same text comes to mean another plan in a way that the fingerprint does not see.</summary>
    private const ulong PlansVersion = 1;

    internal FragmentRequest(QueryOrigin origin, int exchange, ulong fingerprint, long samplesLeft)
    {
        Origin = origin;
        Exchange = exchange;
        Fingerprint = fingerprint;
        SamplesLeft = samplesLeft;
    }

    internal QueryOrigin Origin { get; }

    internal int Exchange { get; }

    internal ulong Fingerprint { get; }

    /// <summary>Samples that the query may still hold.</summary>
    internal long SamplesLeft { get; }

    /// <summary>Whether somebody wants to know what it costs.</summary>
    internal bool IsMeasured { get; init; }

    /// <summary>Whether somebody wants to know how many samples each step touches.</summary>
    internal bool CountsSteps { get; init; }

    /// <summary>Writes it into a message.</summary>
    public void Write(MessageWriter into)
    {
        ArgumentNullException.ThrowIfNull(into);
        int origin = into.Begin(1);
        Origin.Write(into);
        into.End(origin);
        into.Number(2, (ulong)Exchange);
        into.Number(3, Fingerprint);
        into.Number(4, (ulong)SamplesLeft);
        into.Number(5, IsMeasured ? 1UL : 0);
        into.Number(6, CountsSteps ? 1UL : 0);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static FragmentRequest Read(ReadOnlySpan<byte> message)
    {
        QueryOrigin? origin = null;
        int exchange = 0;
        ulong fingerprint = 0;
        ulong samplesLeft = 0;
        bool isMeasured = false;
        bool countsSteps = false;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    origin = QueryOrigin.Read(reader.Bytes());
                    break;
                case 2:
                    exchange = reader.Number(int.MaxValue);
                    break;
                case 3:
                    fingerprint = reader.Number();
                    break;
                case 4:
                    samplesLeft = reader.Number();
                    break;
                case 5:
                    isMeasured = reader.Number() != 0;
                    break;
                case 6:
                    countsSteps = reader.Number() != 0;
                    break;
            }
        }

        return origin is null || samplesLeft > long.MaxValue
            ? throw new WireFormatException("a fragment of no query")
            : new FragmentRequest(origin, exchange, fingerprint, (long)samplesLeft) { IsMeasured = isMeasured, CountsSteps = countsSteps };
    }

    internal static ulong FingerprintOf(ExchangeNode exchange) =>
        XxHash64.Of(Encoding.UTF8.GetBytes(PromQL.Explain.Of(exchange)), PlansVersion);
}
