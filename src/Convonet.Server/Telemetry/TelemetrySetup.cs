using Convonet.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Convonet.Server.Telemetry;

/// <summary>Exports spans and metrics when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to.</summary>
internal static class TelemetrySetup
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        // It prints whole addresses, and one of them is secret: the calendar's. Whoever names this very category gets them.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("convonet"))
            .WithTracing(tracing => tracing.AddSource(ConvonetTelemetry.Name).AddAspNetCoreInstrumentation().AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(ConvonetTelemetry.Name).AddAspNetCoreInstrumentation().AddMeter("System.Runtime").AddOtlpExporter());
    }
}
