namespace Pleiad.Model;

/// <summary>
/// The texts of labels on their way to another node: each is sent once in a sequence of messages, in front of the first labels that have it, and
/// is named by its number from then on. Who reads keeps one string for it.
/// </summary>
public sealed class LabelSymbolsWriter
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private int[] _refs = new int[32];

    /// <summary>Writes labels into two fields of a message: the texts that are new, and the numbers of names and values in turn.</summary>
    public void Write(MessageWriter into, int symbolsField, int refsField, Labels labels)
    {
        if (_refs.Length < 2 * labels.Count)
        {
            Array.Resize(ref _refs, 2 * labels.Count);
        }

        for (int i = 0; i < labels.Count; i++)
        {
            _refs[2 * i] = NumberOf(into, symbolsField, labels.NameAt(i));
            _refs[(2 * i) + 1] = NumberOf(into, symbolsField, labels.ValueAt(i));
        }

        into.Numbers(refsField, _refs.AsSpan(0, 2 * labels.Count));
    }

    private int NumberOf(MessageWriter into, int symbolsField, string text)
    {
        if (!_numbers.TryGetValue(text, out int number))
        {
            number = _numbers.Count;
            _numbers.Add(text, number);
            into.Text(symbolsField, text);
        }

        return number;
    }
}

/// <summary>The other side of <see cref="LabelSymbolsWriter"/>.</summary>
public sealed class LabelSymbolsReader
{
    private readonly List<string> _symbols = [];

    /// <summary>Takes in a text that was sent.</summary>
    public void Add(string symbol) => _symbols.Add(symbol);

    /// <summary>The labels with these texts.</summary>
    /// <param name="refs">Numbers of names and values in turn.</param>
    /// <exception cref="WireFormatException">They are no labels.</exception>
    public Labels Read(List<int> refs)
    {
        if (refs.Count % 2 != 0)
        {
            throw new WireFormatException("a label without a value");
        }

        var pairs = new string[refs.Count];
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = (uint)refs[i] < (uint)_symbols.Count ? _symbols[refs[i]] : throw new WireFormatException($"text {refs[i]} of {_symbols.Count}");
            bool isValue = i % 2 == 1;
            if (pairs[i].Length == 0 || (!isValue && i > 0 && Utf8Order.Compare(pairs[i - 2], pairs[i]) >= 0))
            {
                throw new WireFormatException("labels that are not in order, or empty");
            }
        }

        return Labels.FromSortedPairs(pairs);
    }
}
