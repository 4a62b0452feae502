namespace Pleiad.Gateway;

/// <summary>A successful answer of the API.</summary>
/// <param name="WriteDataAsync">Writes the value of <c>data</c>; drains the text where it may be long.</param>
/// <param name="Warnings">Texts for <c>warnings</c>; the member is left out where there are none.</param>
/// <param name="Infos">Likewise <c>infos</c>.</param>
internal sealed record ApiAnswer(
    Func<JsonText, CancellationToken, ValueTask> WriteDataAsync, IReadOnlyList<string> Warnings, IReadOnlyList<string> Infos)
{
    /// <summary>Whether something may be missing, because nobody answered for the shards it lies on; a warning says so too.</summary>
    public bool IsPartial { get; init; }

    /// <summary>What is held for the answer until it has been written; null for nothing.</summary>
    public IDisposable? Held { get; init; }

    /// <summary>An answer that is written in one go.</summary>
    public static ApiAnswer Of(Action<JsonText> writeData) => Of(writeData, []);

    /// <summary>An answer that is written in one go, with warnings.</summary>
    public static ApiAnswer Of(Action<JsonText> writeData, IReadOnlyList<string> warnings) => new(
        (text, _) =>
        {
            writeData(text);
            return default;
        },
        warnings,
        []);

    /// <summary>A list that may be long.</summary>
    public static ApiAnswer List<T>(IReadOnlyList<T> items, Action<JsonText, T> writeItem, IReadOnlyList<string> warnings) => new(
        async (text, cancel) =>
        {
            text.ArrayStart();
            foreach (T item in items)
            {
                writeItem(text, item);
                await text.DrainIfLargeAsync(cancel).ConfigureAwait(false);
            }

            text.ArrayEnd();
        },
        warnings,
        []);
}
