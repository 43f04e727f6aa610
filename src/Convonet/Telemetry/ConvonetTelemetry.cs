namespace Convonet.Telemetry;

/// <summary>placeholder</summary>
public static class ConvonetTelemetry
{
    /// <summary>Name of the ActivitySource and of the Meter.</summary>
    public const string Name = "Convonet";
}
