using System.Runtime.CompilerServices;
using Convonet.Speech.Recognition;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>An ear that never hears a word.</summary>
internal sealed class DeafEar : ISpeechToText
{
    public string Name => "deaf";

    public bool StreamsPartials => false;

    public Task<IRecognitionSession> OpenAsync(CancellationToken cancellationToken = default) => Task.FromResult<IRecognitionSession>(new Session());

    private sealed class Session : IRecognitionSession
    {
        private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Push(ReadOnlyMemory<byte> audio, TimeSpan position)
        {
        }

        public int FinishUtterance()
        {
            _finished.TrySetResult();
            return 0;
        }

        public async IAsyncEnumerable<Transcript> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await _finished.Task.WaitAsync(cancellationToken);
            yield return new Transcript(0, "", TimeSpan.Zero) { IsFinal = true };
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
