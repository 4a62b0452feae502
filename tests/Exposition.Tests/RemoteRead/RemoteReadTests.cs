using System.Text.Json;
using Pleiad.Model;
using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Exposition.Tests;

/// <summary>The messages of remote read against what a reference server sent and takes.</summary>
public class RemoteReadTests
{
    [SkippableFact]
    public void The_request_of_the_reference_is_read()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        RemoteReadRequest request = RemoteReadRequest.Read(Payload("read-request.pb"), queriesMax: 1);
        RemoteReadQuery query = request.Queries.Single();
        Assert.Equal((1700000000000, 1700000060000), (query.StartMs, query.EndMs));
        Assert.Equal(["__name__=\"http_requests_total\"", "job=~\"a.*\""], query.Matchers.Select(matcher => matcher.ToString()));
        Assert.True(request.WantsStream && request.TakesSamples);
    }

    [SkippableFact]
    public void Samples_are_the_bytes_of_the_reference()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        var writer = new RemoteReadWriter();
        byte[][] series = [.. SeriesOf("sample_response").Select(s => writer.Series(s.Labels, s.Samples))];
        byte[] response = writer.Response([series]);
        Assert.Equal(Payload("read-response-samples.pb"), response);
        Assert.Equal(response, Decoded(SnappyBlock.Encode(response)));
    }

    [SkippableFact]
    public void A_stream_is_the_bytes_that_a_reference_server_sent()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        var writer = new RemoteReadWriter();
        byte[] stream = [.. SeriesOf("streamed_response").SelectMany(s => writer.Frames(s.Labels, s.Samples, query: 0, frameBytesMax: 1 << 20))];
        Assert.Equal(Convert.ToHexString(Payload("read-response-streamed.bin")), Convert.ToHexString(stream));
    }

    [Fact]
    public void A_long_series_is_cut_into_chunks_of_120_samples_and_frames_of_the_limit()
    {
        using var samples = new SampleColumns();
        long time = 0;
        for (int i = 0; i < 300; i++)
        {
            // Differences of every length that the encoding knows.
            time += (i % 6) switch { 0 => 1, 1 => 9_000, 2 => 60_000, 3 => 500_000, 4 => 10_000_000_000, _ => 15_000 };
            samples.Add(time, i % 3 == 0 ? i : Math.Sin(i));
        }

        byte[] frames = new RemoteReadWriter().Frames(Labels.From(("__name__", "m")), samples, query: 3, frameBytesMax: 1);
        var counts = new List<int>();
        for (int at = 0; at < frames.Length;)
        {
            int length = 0;
            for (int shift = 0; ; shift += 7)
            {
                length |= (frames[at] & 0x7F) << shift;
                if (frames[at++] < 0x80)
                {
                    break;
                }
            }

            byte[] message = frames[(at + 4)..(at + 4 + length)];
            Assert.Equal(Crc32Castagnoli.Of(message), System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(frames.AsSpan(at)));
            Assert.Equal(new byte[] { 16, 3 }, message[^2..]);
            counts.Add(ChunkSamples(message));
            at += 4 + length;
        }

        Assert.Equal([120, 120, 60], counts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_encoded_as_snappy_decodes_to_the_same(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            byte[] bytes = new byte[random.Next(random.Next(2) == 0 ? 100 : 200_000)];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)random.Next(seed == 1 ? 2 : 256);
            }

            for (int copies = random.Next(20); copies > 0 && bytes.Length > 10; copies--)
            {
                int length = random.Next(bytes.Length / 2);
                bytes.AsSpan(random.Next(bytes.Length - length), length).ToArray().CopyTo(bytes, random.Next(bytes.Length - length));
            }

            Assert.Equal(bytes, Decoded(SnappyBlock.Encode(bytes)));
        }

        Assert.InRange(SnappyBlock.Encode(new byte[100_000]).Length, 1, 6_000);
    }

    [Fact]
    public void Without_a_list_of_forms_samples_are_wanted_and_the_first_known_form_wins()
    {
        Assert.Equal((false, true), Forms(new ProtoMessage()));
        Assert.Equal((true, false), Forms(new ProtoMessage().Packed(2, 7, 1)));
        Assert.Equal((false, true), Forms(new ProtoMessage().Varint(2, 0).Varint(2, 1)));

        static (bool, bool) Forms(ProtoMessage message)
        {
            RemoteReadRequest request = RemoteReadRequest.Read(message.ToArray(), 1);
            return (request.WantsStream, request.TakesSamples);
        }
    }

    [Theory]
    [InlineData(9, "a", "invalid matcher type")]
    [InlineData(2, "(", "invalid matcher: ")]
    public void A_matcher_that_is_none_is_refused(int type, string value, string reason)
    {
        ProtoMessage query = new ProtoMessage().Message(3, new ProtoMessage().Varint(1, type).Text(2, "job").Text(3, value));
        PageSyntaxException refused = Assert.Throws<PageSyntaxException>(() => RemoteReadRequest.Read(new ProtoMessage().Message(1, query).ToArray(), 1));
        Assert.StartsWith(reason, refused.Reason, StringComparison.Ordinal);
        Assert.Throws<PageLimitException>(() => RemoteReadRequest.Read(new ProtoMessage().Message(1, query).Message(1, query).ToArray(), 0));
    }

    // ChunkedReadResponse 1 → ChunkedSeries 2 → Chunk 4: the first two bytes of each chunk's data.
    private static int ChunkSamples(byte[] message)
    {
        int samples = 0;
        var response = new WireReader(message, 0, 0);
        while (response.TryReadField(out int field, out int type))
        {
            if (field != 1)
            {
                response.Skip(type);
                continue;
            }

            WireReader series = response.ReadMessage();
            while (series.TryReadField(out int part, out int partType))
            {
                if (part != 2)
                {
                    series.Skip(partType);
                    continue;
                }

                WireReader chunk = series.ReadMessage();
                while (chunk.TryReadField(out int of, out int ofType))
                {
                    if (of == 4)
                    {
                        ReadOnlySpan<byte> data = chunk.ReadBytes();
                        samples += (data[0] << 8) | data[1];
                    }
                    else
                    {
                        chunk.Skip(ofType);
                    }
                }
            }
        }

        return samples;
    }

    private static byte[] Decoded(byte[] block)
    {
        Assert.True(SnappyBlock.TryReadLength(block, out uint length, out int head));
        byte[] bytes = new byte[length];
        Assert.True(SnappyBlock.TryDecode(block.AsSpan(head), bytes));
        return bytes;
    }

    private static byte[] Payload(string file) => File.ReadAllBytes(ConformanceData.PathOf("remote-write/payloads/" + file));

    private static IEnumerable<(Labels Labels, SampleColumns Samples)> SeriesOf(string part)
    {
        using JsonDocument facts = JsonDocument.Parse(File.ReadAllBytes(ConformanceData.PathOf("remote-write/remote_read.json")));
        foreach (JsonElement series in facts.RootElement.GetProperty(part).GetProperty("decoded").EnumerateArray())
        {
            var samples = new SampleColumns();
            foreach (JsonElement sample in series.GetProperty("samples").EnumerateArray())
            {
                samples.Add(sample[0].GetInt64(), double.Parse(sample[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture));
            }

            yield return (Labels.From([.. series.GetProperty("labels").EnumerateObject().Select(l => (l.Name, l.Value.GetString()!))]), samples);
        }
    }
}
