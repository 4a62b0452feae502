using System.Text;

namespace Pleiad.Scraping.Tests;

/// <summary>Bytes of protobuf pages (io.prometheus.client.MetricFamily, each with its length in front), with names no client library would send.</summary>
internal static class ProtobufPage
{
    public const string Type = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    /// <summary>A family of one gauge.</summary>
    public static byte[] Gauge(string name, (string Name, string Value)[] labels, double value)
    {
        byte[] metric =
        [
            .. labels.SelectMany(static label => Field(1, [.. Field(1, Encoding.UTF8.GetBytes(label.Name)), .. Field(2, Encoding.UTF8.GetBytes(label.Value))])),
            .. Field(2, [0x09, .. BitConverter.GetBytes(value)]),
        ];
        byte[] family = [.. Field(1, Encoding.UTF8.GetBytes(name)), 0x18, 0x01, .. Field(4, metric)];
        return [.. Varint(family.Length), .. family];
    }

    private static byte[] Field(int number, byte[] bytes) => [(byte)((number << 3) | 2), .. Varint(bytes.Length), .. bytes];

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (uint rest = (uint)value; ; rest >>= 7)
        {
            if (rest < 0x80)
            {
                bytes.Add((byte)rest);
                return [.. bytes];
            }

            bytes.Add((byte)(rest | 0x80));
        }
    }
}
