namespace Pleiad.Persistence.Tests;

/// <summary>Which node leads which shard, as the nodes of a test report it; a test waits for what it expects.</summary>
internal sealed class LeadBoard
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, string> _leads = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set(int shard, string? node, string by)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (node is not null)
            {
                _leads[shard] = node;
            }
            else if (_leads.GetValueOrDefault(shard) == by)
            {
                _leads.Remove(shard);
            }

            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    /// <summary>Waits until the leads are as expected, two minutes at most.</summary>
    public async Task UntilAsync(Func<IReadOnlyDictionary<int, string>, bool> expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (expected(_leads))
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(patience.Token);
        }
    }
}
