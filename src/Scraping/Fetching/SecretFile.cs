namespace Pleiad.Scraping;

/// <summary>Files of passwords, tokens, keys and certificates: read when they are needed, so that a renewed file needs no reload.</summary>
internal static class SecretFile
{
    /// <summary>Characters such a file may have.</summary>
    public const int CharsMax = 1024 * 1024;

    /// <summary>The content of a file, surrounding white space cut off.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it holds, for the error: <c>password</c>.</param>
    /// <param name="failure">How the fetch ends where it cannot be read.</param>
    /// <exception cref="FetchFailure">It cannot be read, or is larger than <see cref="CharsMax"/>.</exception>
    public static string Read(string path, string what, FetchKind failure)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.CanSeek && file.Length > CharsMax)
            {
                throw new FetchFailure(failure, $"unable to read {what} file {path}: larger than {CharsMax} bytes");
            }

            using var reader = new StreamReader(file);
            return reader.ReadToEnd().Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            string reason = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "no such file or directory",
                UnauthorizedAccessException => "permission denied",
                _ => "it cannot be read",
            };
            throw new FetchFailure(failure, $"unable to read {what} file {path}: open {path}: {reason}");
        }
    }
}
