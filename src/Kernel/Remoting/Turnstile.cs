namespace Pleiad.Kernel;

/// <summary>Lets so many through at once; one caller waits for room.</summary>
internal sealed class Turnstile(int countMax)
{
    private readonly Lock _gate = new();
    private int _count;
    private TaskCompletionSource? _room;

    /// <summary>Goes through, or waits until somebody leaves.</summary>
    public ValueTask EnterAsync()
    {
        lock (_gate)
        {
            if (_count < countMax)
            {
                _count++;
                return ValueTask.CompletedTask;
            }

            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task);
        }
    }

    /// <summary>Goes through, unless there are so many already.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            bool hasRoom = _count < countMax;
            _count += hasRoom ? 1 : 0;
            return hasRoom;
        }
    }

    /// <summary>Makes room; who waits has it.</summary>
    public void Leave()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            room = _room;
            _room = null;
            _count -= room is null ? 1 : 0;
        }

        room?.SetResult();
    }
}
