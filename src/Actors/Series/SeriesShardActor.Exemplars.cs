using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>Exemplars over a start: read with the shard, saved as often as it is looked whether a snapshot pays, and at the end.</content>
internal sealed partial class SeriesShardActor
{
    private long _exemplarsSaved;
    private bool _exemplarsAreLoaded;

    private async Task<Recovered> OpenAsync()
    {
        Task<IReadOnlyList<StoredExemplar>> exemplars = _home.LoadExemplarsAsync(_id);
        Shard shard = await _home.OpenAsync(_id, Timestamp.From(Context.Time.GetUtcNow()).Milliseconds).ConfigureAwait(false);
        return new Recovered(shard, await exemplars.ConfigureAwait(false));
    }

    private void RestoreExemplars(IReadOnlyList<StoredExemplar> saved)
    {
        _exemplars.Restore(saved);
        _exemplarsAreLoaded = true;
    }

    private void SaveExemplars()
    {
        // Before they are loaded there is nothing that the file does not have.
        if (_exemplarsAreLoaded && _exemplars.Changes != _exemplarsSaved)
        {
            _exemplarsSaved = _exemplars.Changes;
            Context.PipeToSelf(
                _home.SaveExemplarsAsync(_id, _exemplars.Copy()), static () => new ExemplarsSaved(null), static failure => new ExemplarsSaved(failure.Message));
        }
    }

    // Nobody is there any more to hear of it; who ends the node waits for it.
    private void SaveExemplarsAtEnd()
    {
        if (_exemplarsAreLoaded && _exemplars.Changes != _exemplarsSaved)
        {
            _ = _home.SaveExemplarsAsync(_id, _exemplars.Copy());
        }
    }

    private void OnExemplarsSaved(ExemplarsSaved saved)
    {
        if (saved.Failure is not null)
        {
            // The next look tries again.
            _exemplarsSaved = -1;
            _log.ExemplarsNotSaved(_id.Value, saved.Failure);
        }
    }

    private sealed record ExemplarsSaved(string? Failure);
}
