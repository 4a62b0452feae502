namespace Pleiad.Scraping;

/// <summary>YAML of a configuration file, with errors that name the file.</summary>
internal static class ConfigYaml
{
    /// <summary>The root of the first document; null where there is none.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="file">Named in errors.</param>
    /// <param name="moreDocuments">Whether documents follow the first one. They are not read.</param>
    /// <exception cref="ConfigException">Not YAML, beyond a limit, or with tags of its own.</exception>
    public static YamlNode? Read(string text, string file, out bool moreDocuments)
    {
        try
        {
            return YamlReader.Read(text, out moreDocuments);
        }
        catch (YamlSyntaxException e)
        {
            throw new ConfigException(file, e.Line, string.Empty, e.Message);
        }
    }
}
