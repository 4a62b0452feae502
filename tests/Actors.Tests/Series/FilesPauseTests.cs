using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

public sealed class FilesPauseTests
{
    private readonly VirtualTime _time = new();
    private readonly FilesPause _pause = new();

    [Fact]
    public void Who_gets_nothing_asks_again_up_to_twice_a_minute() => Assert.Equal([0, 10, 20, 30, 30, 30, 30], Pauses(7));

    [Fact]
    public void Who_lacks_samples_though_he_got_files_asks_again_up_to_once_an_hour()
    {
        Assert.Equal([0, 10], Pauses(2));
        _pause.Taken(lacks: false);
        Assert.Equal([20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600], Pauses(10));
    }

    [Fact]
    public void Who_got_files_that_lack_samples_themselves_asks_again_up_to_twice_a_minute()
    {
        Assert.Equal([0, 10], Pauses(2));
        _pause.Taken(lacks: true);
        Assert.Equal([20, 30, 30], Pauses(3));
        _pause.Taken(lacks: false);
        Assert.Equal([30, 60, 120], Pauses(3));
        _pause.Taken(lacks: true);
        Assert.Equal([30, 30, 30], Pauses(3));
    }

    [Fact]
    public void Who_lacked_nothing_meanwhile_begins_anew()
    {
        _ = Pauses(5);
        _pause.Taken(lacks: false);
        _pause.End();
        Assert.Equal([0, 10, 20, 30, 30, 30], Pauses(6));
    }

    // Seconds before each question.
    private List<int> Pauses(int questions)
    {
        var pauses = new List<int>();
        for (int question = 0; question < questions; question++)
        {
            int waited = 0;
            for (; !_pause.IsOver(_time); waited++)
            {
                Assert.True(waited < 4000);
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            _pause.Begin(_time);
            pauses.Add(waited);
        }

        return pauses;
    }
}
