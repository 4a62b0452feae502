namespace Pleiad.Actors.Tests;

public sealed class ClockWatchActorTests
{
    private const int JumpedForwards = 200;
    private const int JumpedBackwards = 201;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(10.001, JumpedForwards)]
    [InlineData(3600, JumpedForwards)]
    [InlineData(-10.001, JumpedBackwards)]
    [InlineData(-3600, JumpedBackwards)]
    public void A_jump_of_the_wall_clock_is_logged_once(double seconds, int expected)
    {
        var log = new RecordingLogger();
        using TestActorSystem test = TestActorSystem.OnTurns();
        test.ActorOf(() => new ClockWatchActor(log));
        test.Advance(Look * 3);
        Assert.Empty(log.Entries);

        test.Time.JumpWallClock(TimeSpan.FromSeconds(seconds));
        test.Advance(Look * 10);
        (int id, string text) = Assert.Single(log.Entries);
        Assert.Equal(expected, id);
        Assert.Contains(TimeSpan.FromSeconds(Math.Abs(seconds)).ToString(), text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    [InlineData(0.5)]
    public void Small_steps_are_not_logged_however_many_there_are(double seconds)
    {
        var log = new RecordingLogger();
        using TestActorSystem test = TestActorSystem.OnTurns();
        test.ActorOf(() => new ClockWatchActor(log));
        for (int i = 0; i < 20; i++)
        {
            test.Time.JumpWallClock(TimeSpan.FromSeconds(seconds));
            test.Advance(Look);
        }

        Assert.Empty(log.Entries);
    }
}
