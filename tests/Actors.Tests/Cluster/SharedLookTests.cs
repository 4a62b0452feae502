namespace Pleiad.Actors.Tests;

public sealed class SharedLookTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task However_many_ask_while_one_look_is_under_way_one_more_follows()
    {
        var looks = new Looks();
        var shared = new SharedLook<int>(looks.LookAsync);
        Task<int> first = shared.BeginningNowAsync(CancellationToken.None);
        TaskCompletionSource<int> firstLook = await looks.NextAsync();
        Task<int>[] later = [.. Enumerable.Range(0, 1000).Select(_ => shared.BeginningNowAsync(CancellationToken.None))];
        firstLook.SetResult(1);
        Assert.Equal(1, await first.WaitAsync(Patience));

        // What was under way when they asked is not theirs: it may have seen less.
        (await looks.NextAsync()).SetResult(2);
        Assert.All(await Task.WhenAll(later).WaitAsync(Patience), static seen => Assert.Equal(2, seen));
        Assert.Equal(2, looks.Count);
    }

    [Fact]
    public async Task Who_gives_up_leaves_nothing_queued()
    {
        var looks = new Looks();
        var shared = new SharedLook<int>(looks.LookAsync);
        Task<int> first = shared.BeginningNowAsync(CancellationToken.None);
        TaskCompletionSource<int> firstLook = await looks.NextAsync();
        for (int i = 0; i < 100; i++)
        {
            using var gone = new CancellationTokenSource();
            Task<int> given = shared.BeginningNowAsync(gone.Token);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        }

        Task<int> last = shared.BeginningNowAsync(CancellationToken.None);
        firstLook.SetResult(1);
        (await looks.NextAsync()).SetResult(2);
        Assert.Equal(2, await last.WaitAsync(Patience));
        Assert.Equal(2, looks.Count);
        Assert.Equal(1, await first);
    }

    [Fact]
    public async Task A_look_that_fails_fails_for_those_who_waited_for_it_alone()
    {
        var looks = new Looks();
        var shared = new SharedLook<int>(looks.LookAsync);
        Task<int> first = shared.BeginningNowAsync(CancellationToken.None);
        (await looks.NextAsync()).SetException(new InvalidOperationException("no"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => first.WaitAsync(Patience));
        Task<int> second = shared.BeginningNowAsync(CancellationToken.None);
        (await looks.NextAsync()).SetResult(2);
        Assert.Equal(2, await second.WaitAsync(Patience));
    }

    /// <summary>Looks that end when a test says so.</summary>
    private sealed class Looks
    {
        private readonly System.Threading.Channels.Channel<TaskCompletionSource<int>> _begun =
            System.Threading.Channels.Channel.CreateUnbounded<TaskCompletionSource<int>>();

        private int _count;

        public int Count => Volatile.Read(ref _count);

        public Task<int> LookAsync()
        {
            Interlocked.Increment(ref _count);
            var look = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            Assert.True(_begun.Writer.TryWrite(look));
            return look.Task;
        }

        public Task<TaskCompletionSource<int>> NextAsync() => _begun.Reader.ReadAsync().AsTask().WaitAsync(Patience);
    }
}
