namespace Pleiad.Model;

/// <summary>
/// Texts of many sources, each once: label names and values of all shards. Most shards have the same ones, so a source may say which
/// list it is about to add, and need not when an equal one was added already.
/// </summary>
/// <param name="grows">
/// Called after each <see cref="BetweenCalls"/> new texts with how many there are, and how many characters those since the last call have; it may throw, and then nothing more is added.
/// Null for nothing.
/// </param>
public sealed class TextUnion(Action<int, long>? grows = null)
{
    /// <summary>New texts between two calls of who wants to know of them.</summary>
    public const int BetweenCalls = 1024;

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly HashSet<ulong> _lists = [];
    private string? _last;
    private long _letters;
    private bool _isInOrder = true;

    /// <summary>How many.</summary>
    public int Count => _texts.Count;

    /// <summary>Whether a text is there.</summary>
    public bool Contains(string text) => _texts.Contains(text);

    /// <summary>Adds a text.</summary>
    public void Add(string text)
    {
        if (_texts.Add(text))
        {
            _isInOrder = _isInOrder && (_last is null || Utf8Order.Compare(_last, text) < 0);
            _last = text;
            _letters += text.Length;
            if (grows is not null && _texts.Count % BetweenCalls == 0)
            {
                grows(_texts.Count, _letters);
                _letters = 0;
            }
        }
    }

    /// <summary>Adds texts.</summary>
    public void Add(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        foreach (string text in texts)
        {
            Add(text);
        }
    }

    /// <summary>Announces a whole list of texts.</summary>
    /// <param name="hash">Of the list: equal lists have the same.</param>
    /// <returns>False where such a list has been announced, and its texts are there.</returns>
    public bool IsNew(ulong hash) => _lists.Add(hash);

    /// <summary>All of them, in order.</summary>
    public string[] Sorted()
    {
        // Nothing is ever taken out, so they come as they were added.
        string[] sorted = [.. _texts];
        if (!_isInOrder)
        {
            Array.Sort(sorted, Utf8Order.Comparer);
        }

        return sorted;
    }
}
