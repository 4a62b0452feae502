namespace Pleiad.PromQL;

/// <summary>Where something stands in the text of a query.</summary>
/// <param name="Start">Offset of the first character.</param>
/// <param name="End">Offset behind the last character.</param>
public readonly record struct SourceSpan(int Start, int End)
{
    /// <summary>Line and column of the start, both from 1, columns in characters.</summary>
    public (int Line, int Column) Place(string text)
    {
        int line = 1;
        int lineStart = 0;
        int upTo = Math.Min(Start, text.Length);
        for (int i = 0; i < upTo; i++)
        {
            if (text[i] == '\n')
            {
                line++;
                lineStart = i + 1;
            }
        }

        return (line, Start - lineStart + 1);
    }
}
