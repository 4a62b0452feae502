namespace Pleiad.Gateway;

/// <summary>The frame around every JSON answer: status, data or error, warnings.</summary>
internal static class Envelope
{
    /// <summary>Warnings shown at most, and infos likewise; the rest is counted.</summary>
    public const int AnnotationsMax = 10;

    /// <summary>Writes a success.</summary>
    public static async ValueTask WriteAsync(JsonText text, ApiAnswer answer, CancellationToken cancel)
    {
        text.ObjectStart().Name("status"u8).String("success").Name("data"u8);
        await answer.WriteDataAsync(text, cancel).ConfigureAwait(false);
        WriteAnnotations(text, "warnings"u8, "warning", answer.Warnings);
        WriteAnnotations(text, "infos"u8, "info", answer.Infos);
        text.ObjectEnd();
    }

    /// <summary>Writes an error.</summary>
    public static void WriteError(JsonText text, ApiErrorKind kind, string message) => text.ObjectStart()
        .Name("status"u8).String("error")
        .Name("errorType"u8).String(kind.TypeOf())
        .Name("error"u8).String(message)
        .ObjectEnd();

    private static void WriteAnnotations(JsonText text, ReadOnlySpan<byte> name, string kind, IReadOnlyList<string> all)
    {
        if (all.Count == 0)
        {
            return;
        }

        text.Name(name).ArrayStart();
        for (int i = 0; i < Math.Min(all.Count, AnnotationsMax); i++)
        {
            text.String(all[i]);
        }

        if (all.Count > AnnotationsMax)
        {
            text.String($"{all.Count - AnnotationsMax} more {kind} annotations omitted");
        }

        text.ArrayEnd();
    }
}
