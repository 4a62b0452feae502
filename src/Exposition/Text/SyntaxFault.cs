namespace Pleiad.Exposition;

/// <summary>The first thing found wrong in a text, for scanners that must not throw because they look ahead.</summary>
internal struct SyntaxFault
{
    /// <summary>Offset in the page.</summary>
    internal int Place { get; private set; }

    /// <summary>What is wrong.</summary>
    internal string Reason { get; private set; }

    /// <summary>Notes the fault and returns the scanners' "no".</summary>
    internal int At(int place, string reason)
    {
        Place = place;
        Reason = reason;
        return -1;
    }

    internal readonly PageSyntaxException ToException(ReadOnlySpan<byte> page) => PageSyntaxException.At(page, Place, Reason);
}
