using System.Runtime.CompilerServices;

namespace Convonet.Models;

/// <summary>Reads the events of one streamed step with a provider's library. It is used for one step, by one reader.</summary>
/// <typeparam name="TEvent">The library's event.</typeparam>
internal abstract class StepReader<TEvent>
{
    /// <summary>Creates the reader of a step.</summary>
    /// <param name="request">The step.</param>
    /// <param name="provider">Name of the provider, for messages.</param>
    protected StepReader(ModelRequest request, string provider)
    {
        Provider = provider;
        Calls = new StepToolCalls(request, Updates);
    }

    /// <summary>Name of the provider, for messages.</summary>
    protected string Provider { get; }

    /// <summary>What the current event brings; emptied before each event.</summary>
    protected List<ModelUpdate> Updates { get; } = [];

    /// <summary>The step's tool calls.</summary>
    protected StepToolCalls Calls { get; }

    /// <summary>Whether the provider's end marker came: nothing of interest follows it. Set by <see cref="Read"/>.</summary>
    protected bool Ended { get; set; }

    /// <summary>Yields the step's updates while its events arrive, and closes the stream of events in any case.</summary>
    public async IAsyncEnumerable<ModelUpdate> ReadAsync(IAsyncEnumerable<TEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var answering = false;
        await using var enumerator = events.GetAsyncEnumerator(cancellationToken);
        while (!Ended)
        {
            Updates.Clear();
            try
            {
                if (await enumerator.MoveNextAsync())
                {
                    answering = true;
                    Read(enumerator.Current);
                }
                else
                {
                    Ended = true;
                    ReadEnd();
                }
            }
            catch (Exception error) when (error is not OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                // A closed connection looks like a broken one; the caller closed it.
                throw new OperationCanceledException("The model call was cancelled.", error, cancellationToken);
            }
            catch (Exception error) when (IsComplete && error is not ModelException && !cancellationToken.IsCancellationRequested)
            {
                Ended = true;
                ReadEnd();
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && Failure(error, answering) is { } failure)
            {
                throw failure;
            }

            foreach (var update in Updates)
            {
                yield return update;
            }
        }
    }

    /// <summary>Whether all of the answer came, so that a connection that breaks now takes nothing away from it.</summary>
    protected virtual bool IsComplete => false;

    /// <summary>Turns an event into <see cref="Updates"/>.</summary>
    protected abstract void Read(TEvent streamed);

    /// <summary>The events ended without <see cref="Ended"/> having been set: a failure, unless the library hides the end marker.</summary>
    protected virtual void ReadEnd() =>
        throw new ModelException(ModelErrorKind.Unfinished, $"{Provider}'s answer ended before its end marker.");

    /// <summary>The failure that an exception of the provider's library means; null to have it judged as the transport's.</summary>
    protected abstract ModelException? Translate(Exception error);

    private ModelException? Failure(Exception error, bool answering) =>
        error is ModelException ? null : Translate(error) ?? TransportFailure.Translate(error, Provider, answering);
}
