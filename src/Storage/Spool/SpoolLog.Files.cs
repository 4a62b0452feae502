using System.Diagnostics.CodeAnalysis;

namespace Pleiad.Storage;

/// <content>Its files: one is written to, by one caller at a time; those of which no record is wanted any more go.</content>
public sealed partial class SpoolLog
{
    // Held over a write and its flush, and never waited for by anybody but who writes.
    private readonly Lock _writing = new();
    private readonly ByteWriter _writer = new();
    private IFile? _current;
    private SpoolPart? _currentPart;
    private long _nextNumber = 1;

    // Where they are, durable.
    private (SpoolPart Part, long At) Write(List<SpooledRecord> records, long now)
    {
        if (_current is null || _current.Length >= _settings.FileBytes)
        {
            BeginPart();
        }

        long at = _current.Length;
        try
        {
            _writer.Clear();
            foreach (SpooledRecord record in records)
            {
                SpoolFormat.WriteRecord(_writer, record, now);
            }

            _current.Append(_writer.Written);
            _current.Flush();
            return (_currentPart!, at);
        }
        catch (IOException)
        {
            GiveUpPart(at, at + _writer.Length);
            throw;
        }
        finally
        {
            _writer.Clear(1 << 20);
        }
    }

    [MemberNotNull(nameof(_current), nameof(_currentPart))]
    private void BeginPart()
    {
        EndPart();
        long number = _nextNumber++;
        IFile? file = null;
        try
        {
            file = _files.Create(PathOf(number));
            _writer.Clear();
            SpoolFormat.WriteHead(_writer, number);
            file.Append(_writer.Written);
            file.Flush();
            _files.FlushDirectory(_path);
        }
        catch (IOException)
        {
            file?.Dispose();
            AtomicFile.DeleteQuietly(_files, PathOf(number));
            throw;
        }

        var part = new SpoolPart(number) { Bytes = SpoolFormat.HeadBytes };
        lock (_gate)
        {
            _parts.Add(number, part);
            (_current, _currentPart) = (file, part);
        }
    }

    private void EndPart()
    {
        lock (_gate)
        {
            _current?.Dispose();
            (_current, _currentPart) = (null, null);
        }
    }

    // What was not flushed may be read back all the same, until the machine stops: it is cut off, so that nobody takes it for durable.
    private void GiveUpPart(long soundBytes, long bytesMax)
    {
        (IFile file, SpoolPart part) = (_current!, _currentPart!);
        long bytes = bytesMax;
        try
        {
            file.Truncate(soundBytes);
            bytes = soundBytes;
        }
        catch (IOException)
        {
            // Where it is written again, that counts.
        }

        lock (_gate)
        {
            part.Bytes = bytes;
        }

        EndPart();
        DeleteDeadParts();
    }

    private void DeleteDeadParts()
    {
        SpoolPart[] dead;
        lock (_gate)
        {
            dead = [.. _parts.Values.Where(part => part.Live == 0 && part != _currentPart && !part.IsDying)];
            Array.ForEach(dead, static part => part.IsDying = true);
        }

        foreach (SpoolPart part in dead)
        {
            try
            {
                _files.Delete(PathOf(part.Number));
                lock (_gate)
                {
                    _parts.Remove(part.Number);
                    if (_unread.Count > 0)
                    {
                        foreach ((SpoolPart Part, long At) gone in _unread.Keys.Where(read => read.Part == part).ToArray())
                        {
                            _unread.Remove(gone);
                        }
                    }
                }
            }
            catch (IOException)
            {
                // It is tried again with the next one.
                lock (_gate)
                {
                    part.IsDying = false;
                }
            }
        }
    }
}
