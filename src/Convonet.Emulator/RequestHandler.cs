using System.Collections.ObjectModel;
using System.Text.Json;
using Convonet.Emulator.Brain;
using Convonet.Emulator.Faults;
using Convonet.Emulator.Recording;
using Convonet.Emulator.Scripts;
using Convonet.Emulator.Wire;

namespace Convonet.Emulator;

/// <summary>Answers every request: finds the API, records the request, checks it, and lets the script or the brain answer.</summary>
internal sealed class RequestHandler(EmulatorOptions options, RequestLog log, ScriptQueue scripts, Func<string, ScriptGate> gates)
{
    private readonly StandingFaults _standing = new(options.Faults);
    private int _live;

    internal int Live => Volatile.Read(ref _live);

    /// <summary>Set when the emulator stops; ends answers that wait.</summary>
    internal CancellationToken Stopping { get; set; }

    internal async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        var api = WireFormat.ApiOf(path);
        if (context.Request.Method == HttpMethods.Post && api != EmulatedApi.None)
        {
            await AnswerAsync(context, WireFormat.Of(api));
        }
        else
        {
            await StaticPages.WriteAsync(context, path, options.Record ? gates : null);
        }
    }

    private async Task AnswerAsync(HttpContext context, WireFormat format)
    {
        Interlocked.Increment(ref _live);
        RecordedRequest? record = null;
        var wasCut = false;
        try
        {
            var (body, bytes) = await ReadBodyAsync(context);
            record = Record(context, format.Api, body, bytes);
            using var watch = context.RequestAborted.Register(record.ClientGone);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, Stopping);
            void BeforeCut() => wasCut = watch.Unregister();
            await AnswerAsync(context, format, record, body, bytes, BeforeCut, stop.Token);
        }
        catch (Exception error) when (context.RequestAborted.IsCancellationRequested && error is OperationCanceledException or IOException)
        {
            // Whatever is cancelled first goes on at once, and may get here before the registration above has been called.
            if (!wasCut)
            {
                record?.ClientGone();
            }
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (BadHttpRequestException error)
        {
            await RejectAsync(context, format, record, new Rejection(error.StatusCode, format.MessageOf(error.StatusCode)), CancellationToken.None);
        }
        finally
        {
            Interlocked.Decrement(ref _live);
            if (record is not null)
            {
                record.End();
                options.Ended?.Invoke(record);
            }
        }
    }

    private async Task AnswerAsync(
        HttpContext context, WireFormat format, RecordedRequest record, JsonElement body, int bytes, Action beforeCut, CancellationToken cancellationToken)
    {
        format.AddHeaders(context.Response.Headers);
        try
        {
            var (prompt, script) = Receive(context.Request, format, record, body, bytes);
            var faults = FaultsOf(context.Request, script);
            if (faults.FirstOrDefault(fault => fault.Name == "status") is { } status)
            {
                throw new RejectedException(StatusRejection(format, status));
            }

            var now = options.Time.GetLocalNow();
            var encoder = format.Encode(prompt, body, now);
            var steps = StepFaults.Apply(script?.Steps ?? DemoBrain.Answer(prompt, now), faults, prompt, format.Api, encoder.NewCallId);
            var writer = new AnswerWriter(context, record, format, encoder, options, gates, prompt.Stream) { BeforeCut = beforeCut };
            await writer.RunAsync(steps, faults, cancellationToken);
        }
        catch (RejectedException rejected)
        {
            await RejectAsync(context, format, record, rejected.Rejection, cancellationToken);
        }
        catch (FormatException error) when (!context.Response.HasStarted)
        {
            await RejectAsync(context, format, record, new Rejection(400, $"{Fault.Header}: {error.Message}"), cancellationToken);
        }
    }

    /// <summary>Reads the request and takes its script.</summary>
    private (Prompt Prompt, Script? Script) Receive(HttpRequest request, WireFormat format, RecordedRequest record, JsonElement body, int bytes)
    {
        try
        {
            if (format.CheckHeaders(request) is { } refused)
            {
                throw new RejectedException(refused);
            }

            if (body.ValueKind != JsonValueKind.Object)
            {
                throw new RejectedException(new Rejection(400, format.NotJson));
            }

            var prompt = format.Read(request, body, bytes);
            return (prompt, scripts.Take(record));
        }
        finally
        {
            // Not seen before it has its script: who waited for this request may send the next one, which must not get this one's.
            log.Add(record);
        }
    }

    /// <summary>A header beats a script's faults, and those beat the faults of the options.</summary>
    private IReadOnlyList<Fault> FaultsOf(HttpRequest request, Script? script)
    {
        var text = request.Headers.TryGetValue(Fault.Header, out var header) ? header.ToString() : script?.Faults;
        return text is null ? _standing.Take() : [.. Fault.ParseAll(text).Select(fault => new LatencyDraw(fault).Next())];
    }

    private static Rejection StatusRejection(WireFormat format, Fault fault)
    {
        var code = fault.Number("code", 500);
        return new Rejection(code, format.MessageOf(code))
        {
            RetryAfter = fault.Text("retry-after") is null ? null : TimeSpan.FromSeconds(fault.Number("retry-after", 0)),
        };
    }

    private static async Task RejectAsync(
        HttpContext context, WireFormat format, RecordedRequest? record, Rejection rejection, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = rejection.Status;
        context.Response.ContentType = "application/json";
        if (record is not null)
        {
            record.StatusCode = rejection.Status;
        }

        await context.Response.WriteAsync(WireJson.Text(format.Error(rejection, context.Response.Headers)), cancellationToken);
    }

    private RecordedRequest Record(HttpContext context, EmulatedApi api, JsonElement body, int bytes)
    {
        var request = context.Request;
        return options.Record
            ? new RecordedRequest(api, request.Path + request.QueryString, body, HeadersOf(request), options.Time.GetUtcNow(), bytes)
            : new RecordedRequest(api, request.Path, default, ReadOnlyDictionary<string, string>.Empty, options.Time.GetUtcNow(), 0);
    }

    private static Dictionary<string, string> HeadersOf(HttpRequest request) =>
        request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);

    private static async Task<(JsonElement Body, int Bytes)> ReadBodyAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        try
        {
            return (JsonElement.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)), (int)buffer.Length);
        }
        catch (JsonException)
        {
            return (default, (int)buffer.Length);
        }
    }
}
