namespace Pleiad.Model.Tests;

public sealed class SampleColumnsTests
{
    private static readonly NativeHistogram s_histogram = new() { Count = 1, Sum = 2 };

    [Fact]
    public void Random_use_agrees_with_a_list()
    {
        var random = new Random(9);
        using var columns = new SampleColumns();
        for (int round = 0; round < 50; round++)
        {
            columns.Clear();
            var expected = new List<(long Time, double Value, bool Histogram, long Start)>();
            long time = 0;
            for (int step = 0; step < random.Next(1, 60); step++)
            {
                switch (random.Next(4))
                {
                    case 0:
                        columns.Add(++time, time * 2.0);
                        expected.Add((time, time * 2.0, false, 0));
                        break;
                    case 1:
                        columns.Add(++time, s_histogram);
                        columns.SetStartTime(time - 1);
                        expected.Add((time, 0, true, time - 1));
                        break;
                    case 2:
                        int room = random.Next(200);
                        columns.Reserve(room, out Span<long> times, out Span<double> values);
                        for (int i = 0; i < room; i++)
                        {
                            times[i] = ++time;
                            values[i] = -time;
                            expected.Add((time, -time, false, 0));
                        }

                        columns.Advance(room);
                        break;
                    default:
                        long through = time - random.Next(100);
                        columns.DropThrough(through);
                        expected.RemoveAll(e => e.Time <= through);
                        break;
                }
            }

            Assert.Equal(expected.Count, columns.Count);
            for (int i = 0; i < expected.Count; i++)
            {
                Assert.Equal(expected[i].Time, columns.Times[i]);
                Assert.Equal(expected[i].Value, columns.Values[i]);
                Assert.Equal(expected[i].Histogram, columns.HasHistograms && columns.Histograms[i] is not null);
                Assert.Equal(expected[i].Start, columns.HasStartTimes ? columns.StartTimes[i] : 0);
            }
        }
    }

    [Fact]
    public void A_warm_column_takes_samples_without_allocating()
    {
        using var columns = new SampleColumns();
        Fill();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fill();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Fill()
        {
            columns.Clear();
            for (int i = 0; i < 1000; i++)
            {
                columns.Add(i, i);
            }
        }
    }

    [Fact]
    public void More_cannot_be_counted_than_there_is_room_for()
    {
        using var columns = new SampleColumns();
        columns.Reserve(10, out Span<long> times, out _);
        Assert.Throws<ArgumentOutOfRangeException>(() => columns.Advance(100_000));
        Assert.True(times.Length >= 10);
        columns.Dispose();
        columns.Add(1, 1);
        Assert.Equal(1, columns.Count);
    }

    [Fact]
    public void Ranges_are_open_on_the_left_and_closed_on_the_right()
    {
        var range = new TimeRange(10, 20);
        Assert.Equal([false, true, true, false], new long[] { 10, 11, 20, 21 }.Select(range.Contains));
        Assert.True(TimeRange.Closed(10, 20).Contains(10));
        Assert.True(TimeRange.Closed(long.MinValue, 20).Contains(-5));
        Assert.False(range.Overlaps(0, 10));
        Assert.True(range.Overlaps(0, 11));
        Assert.True(range.Overlaps(20, 30));
        Assert.False(range.Overlaps(21, 30));
    }
}
