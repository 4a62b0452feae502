namespace Pleiad.Gateway;

/// <summary>What the browser may do with our pages: no inline script, no foreign origin, and no string becomes HTML.</summary>
internal static class UiPolicy
{
    private const string Shared = "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; ";

    /// <summary>The plain page: not even its own code may make HTML of a string.</summary>
    public const string PlainPage = Shared + "style-src 'self'; img-src 'self'; base-uri 'none'; trusted-types 'none'";

    /// <summary>
    /// The interface. Its libraries write style sheets while they run, so styles may be inline; the one policy of Trusted Types
    /// lets only text without markup through (src/Web/src/safety/trustedTypes.ts). Its base is its own address, for deep links.
    /// </summary>
    public const string Interface = Shared + "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; base-uri 'self'; trusted-types default";
}
