using Pleiad.PromQL;

namespace Pleiad.Actors.Tests;

public sealed class QueryAdmissionTests
{
    [Fact]
    public async Task As_many_as_may_run_run_at_once_and_the_next_one_waits_for_a_place()
    {
        using var admission = new QueryAdmission(runningMax: 2, waitingMax: 1);
        QueryAdmission.Slot first = await admission.EnterAsync(CancellationToken.None);
        Task<QueryAdmission.Slot> second = admission.EnterAsync(CancellationToken.None);
        Assert.True(second.IsCompletedSuccessfully);
        Task<QueryAdmission.Slot> third = admission.EnterAsync(CancellationToken.None);
        Assert.False(third.IsCompleted);
        first.Dispose();
        (await third.WaitAsync(TestActorSystem.HangGuard)).Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task One_more_than_may_wait_is_refused_at_once()
    {
        using var admission = new QueryAdmission(runningMax: 1, waitingMax: 2);
        QueryAdmission.Slot running = await admission.EnterAsync(CancellationToken.None);
        Task<QueryAdmission.Slot>[] waiting = [admission.EnterAsync(CancellationToken.None), admission.EnterAsync(CancellationToken.None)];
        QueryException refused = await Assert.ThrowsAsync<QueryException>(() => admission.EnterAsync(CancellationToken.None));
        Assert.Equal(QueryErrorKind.Unavailable, refused.Kind);
        Assert.Contains("1 are running and 2 are waiting", refused.Message, StringComparison.Ordinal);

        // The refused one left no trace: both that wait get their turn, and then the place is free again.
        running.Dispose();
        foreach (Task<QueryAdmission.Slot> one in waiting)
        {
            (await one.WaitAsync(TestActorSystem.HangGuard)).Dispose();
        }

        Assert.True(admission.EnterAsync(CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_query_that_gives_up_waiting_gives_its_place_in_the_queue_back()
    {
        using var admission = new QueryAdmission(runningMax: 1, waitingMax: 1);
        QueryAdmission.Slot running = await admission.EnterAsync(CancellationToken.None);
        using var client = new CancellationTokenSource();
        Task<QueryAdmission.Slot> impatient = admission.EnterAsync(client.Token);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient.WaitAsync(TestActorSystem.HangGuard));

        Task<QueryAdmission.Slot> next = admission.EnterAsync(CancellationToken.None);
        Assert.False(next.IsCompleted);
        running.Dispose();
        (await next.WaitAsync(TestActorSystem.HangGuard)).Dispose();
    }

    [Fact]
    public async Task A_place_given_back_twice_is_one_place()
    {
        using var admission = new QueryAdmission(runningMax: 1, waitingMax: 1);
        QueryAdmission.Slot slot = await admission.EnterAsync(CancellationToken.None);
        slot.Dispose();
        slot.Dispose();
        Assert.True(admission.EnterAsync(CancellationToken.None).IsCompletedSuccessfully);
        Assert.False(admission.EnterAsync(CancellationToken.None).IsCompleted);
    }
}
