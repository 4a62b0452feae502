namespace Pleiad.Actors;

/// <summary>Waiting for places to change.</summary>
internal static class ShardPlacesPause
{
    /// <summary>Completes as soon as something else is known than what was seen, and at the latest after a pause.</summary>
    public static async Task NewerWithinAsync(this IShardPlaces places, ShardPlaces seen, TimeSpan pause, TimeProvider time, CancellationToken cancel)
    {
        using var over = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, over.Token);
        try
        {
            await places.NewerThanAsync(seen, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The pause is over.
        }
    }
}
