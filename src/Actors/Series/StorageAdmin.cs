using System.Globalization;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>Asks every shard for what an operator wants of the whole storage.</summary>
internal sealed class StorageAdmin(ShardDirectory shards, DataDirectory directory, TimeProvider time) : IStorageAdmin, INodeStorage, IDisposable
{
    /// <summary>How long sealing and cleaning may take: a head of hours is written in seconds, but shards come one after the other and merge what they have.</summary>
    public static readonly TimeSpan SealTimeout = TimeSpan.FromMinutes(30);

    /// <summary>How long a shard may take to delete.</summary>
    public static readonly TimeSpan DeleteTimeout = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _copying = new(1, 1);

    /// <inheritdoc/>
    public async Task<string?> SealAsync(CancellationToken cancel)
    {
        try
        {
            HeadSealed[] done = await Task.WhenAll(
                shards.Owners.Select(owner => owner.Ask<HeadSealed>(new SealHead(), SealTimeout, cancel)));
            return done.Select(static one => one.Failure).FirstOrDefault(static failure => failure is not null);
        }
        catch (Exception e) when (e is AskTimeoutException or AskRefusedException)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    public async Task<string?> DeleteAsync(IReadOnlyList<Matcher> matchers, Timestamp from, Timestamp through, CancellationToken cancel)
    {
        if (through < from)
        {
            return null;
        }

        try
        {
            SamplesDeleted[] done = await Task.WhenAll(shards.Owners.Select(
                owner => owner.Ask<SamplesDeleted>(new DeleteSamples(matchers, from.Milliseconds, through.Milliseconds), DeleteTimeout, cancel)));
            return done.Select(static one => one.Failure).FirstOrDefault(static failure => failure is not null);
        }
        catch (Exception e) when (e is AskTimeoutException or AskRefusedException)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    public async Task<string?> CleanAsync(CancellationToken cancel)
    {
        try
        {
            TombstonesCleaned[] done = await Task.WhenAll(
                shards.Owners.Select(owner => owner.Ask<TombstonesCleaned>(new CleanTombstones(), SealTimeout, cancel)));
            return done.Select(static one => one.Failure).FirstOrDefault(static failure => failure is not null);
        }
        catch (Exception e) when (e is AskTimeoutException or AskRefusedException)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    public Task<SamplesDeleted> DeleteAsync(int shard, DeleteSamples what, TimeSpan timeout, CancellationToken cancel) =>
        shards.Owners[shard].Ask<SamplesDeleted>(what, timeout, cancel);

    /// <inheritdoc/>
    public Task<StorageCopy> CopyAsync(bool skipsHead, CancellationToken cancel) => CopyAsync(skipsHead, NameOfCopy(time.GetUtcNow()), cancel);

    /// <summary>The name of a copy that is made now.</summary>
    public static string NameOfCopy(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd'T'HHmmss'Z'}-{now.Ticks:x16}");

    /// <inheritdoc/>
    public async Task<StorageCopy> CopyAsync(bool skipsHead, string name, CancellationToken cancel)
    {
        await _copying.WaitAsync(cancel);
        try
        {
            if (!skipsHead && await SealAsync(cancel) is { } failure)
            {
                return new StorageCopy(null, failure);
            }

            // The views keep the files from being deleted while they are copied.
            using ViewLease views = await shards.ViewAsync(1, cancel);
            return await Task.Run(() => Copy(views, name, cancel), cancel);
        }
        finally
        {
            _copying.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _copying.Dispose();

    private StorageCopy Copy(ViewLease views, string name, CancellationToken cancel)
    {
        try
        {
            directory.CopyTo(name, views.Views, cancel);
            return new StorageCopy(name, null);
        }
        catch (IOException e)
        {
            return new StorageCopy(null, e.Message);
        }
    }
}
