using System.Net;
using System.Text.Json;

namespace Pleiad.Scraping;

/// <summary>Tokens by the client credentials grant (RFC 6749, section 4.4): one at a time, kept until shortly before it expires.</summary>
internal sealed class OAuth2Tokens : IDisposable
{
    /// <summary>Bytes that an answer may have.</summary>
    public const int AnswerBytesMax = 1024 * 1024;

    // So much earlier than it expires a token is no longer used.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly OAuth2Config _config;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http;
    private readonly SemaphoreSlim _one = new(1);
    private string _authorization = string.Empty;
    private DateTimeOffset _goodUntil = DateTimeOffset.MinValue;
    private bool _secretInForm;

    public OAuth2Tokens(OAuth2Config config, TimeProvider clock)
    {
        _config = config;
        _clock = clock;
        _http = new HttpMessageInvoker(HttpCaller.HandlerOf(config.Tls, config.Proxy));
    }

    /// <summary>The value of the header <c>Authorization</c>.</summary>
    /// <exception cref="FetchFailure">No token was given.</exception>
    public async ValueTask<string> AuthorizationAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_clock.GetUtcNow() >= _goodUntil)
            {
                await RenewAsync(cancel).ConfigureAwait(false);
            }

            return _authorization;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _one.Dispose();
    }

    private async Task RenewAsync(CancellationToken cancel)
    {
        string secret = _config.ClientSecretFile.Length > 0
            ? SecretFile.Read(_config.ClientSecretFile, "oauth2 client secret", FetchKind.CredentialsFailed)
            : _config.ClientSecret.Reveal();
        try
        {
            HttpStatusCode status = await TryRenewAsync(secret, _secretInForm, cancel).ConfigureAwait(false);
            if (status is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest)
            {
                // RFC 6749, section 2.3.1: servers take the secret in the header, some only in the form.
                _secretInForm = !_secretInForm;
                status = await TryRenewAsync(secret, _secretInForm, cancel).ConfigureAwait(false);
            }

            if (status != HttpStatusCode.OK)
            {
                throw new FetchFailure(FetchKind.CredentialsFailed, $"oauth2: cannot fetch token: {(int)status} {status}");
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or UriFormatException or InvalidOperationException or NotSupportedException)
        {
            // The last three: a token URL that is none, and an answer whose texts are not Unicode.
            throw new FetchFailure(FetchKind.CredentialsFailed, $"oauth2: cannot fetch token: {FetchErrors.Of(e, _config.TokenUrl).Message}");
        }
    }

    private async Task<HttpStatusCode> TryRenewAsync(string secret, bool secretInForm, CancellationToken cancel)
    {
        var form = new List<KeyValuePair<string, string>> { KeyValuePair.Create("grant_type", "client_credentials") };
        if (_config.Scopes.Count > 0)
        {
            form.Add(KeyValuePair.Create("scope", string.Join(' ', _config.Scopes)));
        }

        form.AddRange(_config.EndpointParameters);
        if (secretInForm)
        {
            form.Add(KeyValuePair.Create("client_id", _config.ClientId));
            form.Add(KeyValuePair.Create("client_secret", secret));
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, _config.TokenUrl) { Content = new FormUrlEncodedContent(form) };
        if (!secretInForm)
        {
            request.Headers.TryAddWithoutValidation(
                "Authorization", HttpCaller.BasicOf(Uri.EscapeDataString(_config.ClientId), Uri.EscapeDataString(secret)));
        }

        using HttpResponseMessage response = await _http.SendAsync(request, cancel).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            await response.Content.LoadIntoBufferAsync(AnswerBytesMax, cancel).ConfigureAwait(false);
            Take(await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false));
        }

        return response.StatusCode;
    }

    private void Take(byte[] answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer, new JsonDocumentOptions { MaxDepth = 16 });
        JsonElement root = document.RootElement;
        string token = Text(root, "access_token");
        if (token.Length == 0)
        {
            throw new FetchFailure(FetchKind.CredentialsFailed, "oauth2: server response missing access_token");
        }

        string type = Text(root, "token_type");
        double seconds = root.TryGetProperty("expires_in", out JsonElement expires)
            && (expires.ValueKind == JsonValueKind.Number ? expires.TryGetDouble(out double number) : double.TryParse(expires.ToString(), out number))
                ? Math.Clamp(number, 0, TimeSpan.FromDays(365).TotalSeconds)
                : TimeSpan.FromDays(365).TotalSeconds;
        _authorization = $"{(type.Length == 0 || type.Equals("bearer", StringComparison.OrdinalIgnoreCase) ? "Bearer" : type)} {token}";
        _goodUntil = _clock.GetUtcNow() + TimeSpan.FromSeconds(seconds) - Margin;
    }

    private static string Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : string.Empty;
}
