using Pleiad.TestKit;

namespace Pleiad.Node.Tests;

/// <summary>Whatever becomes of one look, the next one comes.</summary>
public sealed class ConfigurationFollowerTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_look_that_fails_is_told_once_and_followed_by_the_next()
    {
        var time = new VirtualTime();
        var log = new LogLines();
        var looked = new SemaphoreSlim(0);
        int looks = 0;
        var follower = new ConfigurationFollower(LookAsync, time, log);
        for (int look = 0; look < 5; look++)
        {
            using (var guard = new CancellationTokenSource(HangGuard))
            {
                while (time.NextTimer is null)
                {
                    guard.Token.ThrowIfCancellationRequested();
                    await Task.Yield();
                }
            }

            time.Advance(ConfigurationFollower.Interval);
            Assert.True(await looked.WaitAsync(HangGuard));
        }

        await follower.DisposeAsync();
        Assert.Equal(2, log.Errors.Count);
        Assert.EndsWith("is repeated: unforeseen", log.Errors[0], StringComparison.Ordinal);

        Task LookAsync(CancellationToken cancel)
        {
            looked.Release();
            return ++looks switch
            {
                1 or 2 => throw new InvalidOperationException("unforeseen"),
                3 => throw new OperationCanceledException("of somebody else"),
                _ => Task.CompletedTask,
            };
        }
    }
}
