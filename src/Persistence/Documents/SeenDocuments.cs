using Pleiad.Dashboards;

namespace Pleiad.Persistence;

/// <summary>The documents that were seen last, up to a number of bytes; the ones not seen for longest are forgotten first. Any thread may call it.</summary>
internal sealed class SeenDocuments(long bytesMax)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Kind, string Id), LinkedListNode<DashboardDocument>> _byKey = [];
    private readonly LinkedList<DashboardDocument> _byAge = [];
    private long _bytes;

    /// <summary>Remembers a document as it is now; null where there is none any more.</summary>
    public void Note(string kind, string id, DashboardDocument? document)
    {
        lock (_lock)
        {
            if (_byKey.Remove((kind, id), out LinkedListNode<DashboardDocument>? old))
            {
                Forget(old);
            }

            if (document is null || document.Body.Length > bytesMax)
            {
                return;
            }

            _bytes += document.Body.Length;
            _byKey.Add((kind, id), _byAge.AddLast(document));
            while (_bytes > bytesMax)
            {
                LinkedListNode<DashboardDocument> oldest = _byAge.First!;
                _byKey.Remove((oldest.Value.Kind, oldest.Value.Id));
                Forget(oldest);
            }
        }
    }

    /// <summary>A document as it was seen last; null where it was not, or was forgotten.</summary>
    public DashboardDocument? Find(string kind, string id)
    {
        lock (_lock)
        {
            return _byKey.GetValueOrDefault((kind, id))?.Value;
        }
    }

    private void Forget(LinkedListNode<DashboardDocument> node)
    {
        _byAge.Remove(node);
        _bytes -= node.Value.Body.Length;
    }
}
