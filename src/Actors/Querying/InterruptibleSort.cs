namespace Pleiad.Actors;

/// <summary>Sorts long lists for somebody who may give up meanwhile: a million label sets take seconds.</summary>
internal static class InterruptibleSort
{
    private const int LooksEvery = 4096;

    /// <summary>The items in order.</summary>
    /// <exception cref="OperationCanceledException">Nobody wants them any more.</exception>
    public static List<T> Of<T>(IEnumerable<T> items, Comparison<T> order, CancellationToken cancel)
    {
        List<T> list = [.. items];
        int compared = 0;
        try
        {
            list.Sort((left, right) =>
            {
                if (++compared % LooksEvery == 0)
                {
                    cancel.ThrowIfCancellationRequested();
                }

                return order(left, right);
            });
        }
        catch (InvalidOperationException e) when (e.InnerException is OperationCanceledException)
        {
            // The library wraps whatever a comparison throws.
            cancel.ThrowIfCancellationRequested();
        }

        return list;
    }
}
