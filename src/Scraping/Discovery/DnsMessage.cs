using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Pleiad.Scraping;

/// <summary>Types of records, by their numbers on the wire.</summary>
internal enum DnsType : ushort
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A name server.</summary>
    Ns = 2,

    /// <summary>A mail exchanger.</summary>
    Mx = 15,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>A service: host and port.</summary>
    Srv = 33,
}

/// <summary>A record of an answer.</summary>
/// <param name="Type">What was asked for.</param>
/// <param name="Target">A name with its final dot, or an address as text.</param>
/// <param name="Port">Of a service; else 0.</param>
internal sealed record DnsRecord(DnsType Type, string Target, int Port);

/// <summary>An answer.</summary>
/// <param name="Code">0: success; 3: there is no such name.</param>
/// <param name="IsTruncated">There is more, to be asked for over TCP.</param>
/// <param name="Records">Those of the type asked for.</param>
internal sealed record DnsAnswer(int Code, bool IsTruncated, IReadOnlyList<DnsRecord> Records)
{
    public const int Success = 0;
    public const int NoSuchName = 3;
}

/// <summary>Questions and answers of the DNS as bytes.</summary>
/// <remarks>RFC 1035, section 4; SRV: RFC 2782; AAAA: RFC 3596. Whatever a server sends, reading ends: names point backwards only.</remarks>
internal static class DnsMessage
{
    private const int HeadBytes = 12;
    private const int NameBytesMax = 255;
    private const int LabelBytesMax = 63;
    private const ushort ClassInternet = 1;
    private const ushort Response = 0x8000;
    private const ushort RecursionDesired = 0x0100;
    private const ushort Truncation = 0x0200;

    /// <summary>A question for one name.</summary>
    /// <exception cref="FormatException">The name is none.</exception>
    public static byte[] Question(ushort id, string name, DnsType type)
    {
        var bytes = new List<byte>(HeadBytes + name.Length + 6);
        Add(bytes, id);
        Add(bytes, RecursionDesired);
        Add(bytes, 1);
        bytes.AddRange(new byte[6]);
        foreach (string label in name.TrimEnd('.').Split('.'))
        {
            byte[] text = Encoding.UTF8.GetBytes(label);
            if (text.Length is 0 or > LabelBytesMax)
            {
                throw new FormatException($"\"{name}\" is no domain name");
            }

            bytes.Add((byte)text.Length);
            bytes.AddRange(text);
        }

        bytes.Add(0);
        if (bytes.Count - HeadBytes > NameBytesMax)
        {
            throw new FormatException($"\"{name}\" is longer than a domain name may be");
        }

        Add(bytes, (ushort)type);
        Add(bytes, ClassInternet);
        return [.. bytes];
    }

    /// <summary>Reads what came back.</summary>
    /// <param name="message">The bytes.</param>
    /// <param name="question">What was sent: an answer repeats its number, its name and its type.</param>
    /// <returns>Null where it is no answer to this question.</returns>
    /// <exception cref="FormatException">It is broken.</exception>
    public static DnsAnswer? Read(ReadOnlySpan<byte> message, ReadOnlySpan<byte> question)
    {
        if (message.Length < HeadBytes || !message[..2].SequenceEqual(question[..2]))
        {
            return null;
        }

        ushort flags = U16(message, 2);
        int questions = U16(message, 4);
        int answers = U16(message, 6);
        if ((flags & Response) == 0 || questions > 1)
        {
            return null;
        }

        int at = HeadBytes;
        if (questions == 1)
        {
            string asked = ReadName(question, HeadBytes, out int askedEnd);
            if (!string.Equals(ReadName(message, at, out at), asked, StringComparison.OrdinalIgnoreCase)
                || at + 4 > message.Length || !message.Slice(at, 4).SequenceEqual(question.Slice(askedEnd, 4)))
            {
                return null;
            }

            at += 4;
        }

        ushort wanted = U16(question, question.Length - 4);
        var records = new List<DnsRecord>();
        for (int i = 0; i < answers; i++)
        {
            ReadName(message, at, out at);
            ushort type = U16(message, at);
            int length = U16(message, at + 8);
            at += 10;
            if (at + length > message.Length)
            {
                throw Broken();
            }

            // Names that stand for others (CNAME) and what servers add are passed over.
            if (type == wanted && U16(message, at - 8) == ClassInternet)
            {
                records.Add(ReadRecord(message, at, length, (DnsType)type));
            }

            at += length;
        }

        return new DnsAnswer(flags & 0xF, (flags & Truncation) != 0, records);
    }

    private static DnsRecord ReadRecord(ReadOnlySpan<byte> message, int at, int length, DnsType type)
    {
        int nameAt = type switch { DnsType.Srv => at + 6, DnsType.Mx => at + 2, _ => at };
        switch (type)
        {
            case DnsType.A or DnsType.Aaaa:
                return length == (type == DnsType.A ? 4 : 16)
                    ? new DnsRecord(type, new IPAddress(message.Slice(at, length)).ToString(), 0)
                    : throw Broken();
            default:
                string target = ReadName(message, nameAt, out int end);
                return end == at + length ? new DnsRecord(type, target, type == DnsType.Srv ? U16(message, at + 4) : 0) : throw Broken();
        }
    }

    // Each pointer leads to before the place it stands at, so that they come to an end.
    private static string ReadName(ReadOnlySpan<byte> message, int at, out int end)
    {
        var name = new StringBuilder();
        int bytes = 0;
        int before = at;
        end = -1;
        while (true)
        {
            int length = U8(message, at);
            if (length >= 0xC0)
            {
                end = end < 0 ? at + 2 : end;
                int target = U16(message, at) & 0x3FFF;
                if (target >= before)
                {
                    throw Broken();
                }

                at = before = target;
                continue;
            }

            if (length > LabelBytesMax || (bytes += length + 1) > NameBytesMax)
            {
                throw Broken();
            }

            at++;
            if (length == 0)
            {
                end = end < 0 ? at : end;
                return name.Length == 0 ? "." : name.ToString();
            }

            if (at + length > message.Length)
            {
                throw Broken();
            }

            AppendLabel(name, message.Slice(at, length));
            at += length;
        }
    }

    // As zone files write them (RFC 1035, section 5.1): what could be taken for something else is escaped.
    private static void AppendLabel(StringBuilder name, ReadOnlySpan<byte> label)
    {
        foreach (byte b in label)
        {
            if (b is (byte)'.' or (byte)'\\' or (byte)'"')
            {
                name.Append('\\').Append((char)b);
            }
            else if (b is > 0x20 and < 0x7F)
            {
                name.Append((char)b);
            }
            else
            {
                name.Append(CultureInfo.InvariantCulture, $"\\{b:D3}");
            }
        }

        name.Append('.');
    }

    private static void Add(List<byte> bytes, ushort value)
    {
        bytes.Add((byte)(value >> 8));
        bytes.Add((byte)value);
    }

    private static int U8(ReadOnlySpan<byte> message, int at) => (uint)at < (uint)message.Length ? message[at] : throw Broken();

    private static ushort U16(ReadOnlySpan<byte> message, int at) =>
        at >= 0 && at + 2 <= message.Length ? BinaryPrimitives.ReadUInt16BigEndian(message[at..]) : throw Broken();

    private static FormatException Broken() => new("the answer is broken");
}
