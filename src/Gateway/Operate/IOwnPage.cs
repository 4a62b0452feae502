using System.Buffers;

namespace Pleiad.Gateway;

/// <summary>The metrics of this process as an exposition page.</summary>
public interface IOwnPage
{
    /// <summary>Writes the page.</summary>
    /// <param name="accept">The <c>Accept</c> header, which chooses the format; may be empty.</param>
    /// <param name="to">Where to.</param>
    /// <returns>The <c>Content-Type</c> of what was written.</returns>
    string Write(string accept, IBufferWriter<byte> to);
}
