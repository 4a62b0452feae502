namespace Pleiad.Actors.Tests;

public sealed class LatencyWindowTests
{
    [Fact]
    public void Of_the_newest_answers_95_in_100_took_at_most_what_it_says_and_few_say_nothing()
    {
        var window = new LatencyWindow();
        for (int i = 1; i < 20; i++)
        {
            window.Add(TimeSpan.FromMilliseconds(i));
        }

        Assert.Equal(TimeSpan.Zero, window.P95());
        for (int i = 1; i <= 1000; i++)
        {
            window.Add(TimeSpan.FromMilliseconds(1000 + (i % 100)));
        }

        Assert.InRange(window.P95(), TimeSpan.FromMilliseconds(1090), TimeSpan.FromMilliseconds(1099));
    }
}
