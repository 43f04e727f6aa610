using System.Net;
using System.Net.Http.Json;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Calendar;

/// <summary>Dates that nobody can mean are refused at every door, also where the calendar ends and a zone has no instant for them.</summary>
public sealed class FarDateTests
{
    /// <summary>On both sides of UTC.</summary>
    private static readonly string[] Zones = ["America/Los_Angeles", "Pacific/Auckland"];

    private static readonly string[] Dates =
    [
        "9999-12-31", "9999-12-31T23:59", "9999-12-31T23:59:59.999", "9999-12-31T23:59-14:00", "9999-12-31 at six", "31 december 9999 at 23:59", "9998-06-01",
        "0001-01-01", "0001-01-01T00:00", "0001-01-01T00:00+14:00", "0000-01-01", "1 january 0000", "-9998-01-01", "-9998-01-01T00:00", "-0001-06-01T00:00Z", "1899-12-31", "1 january 1899",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Api_DateThatNobodyCanMean_IsABadRequest()
    {
        await using var server = await TestServer.StartAsync();
        var faults = new List<string>();
        foreach (var zone in Zones)
        {
            using var user = await server.RegisterAsync($"{zone[..3]}@example.com", timeZone: zone);
            foreach (var (method, path, body) in Dates.SelectMany(RequestsWith))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
                using var answer = await user.Http.SendAsync(request, Token);
                if (answer.StatusCode != HttpStatusCode.BadRequest || answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
                {
                    faults.Add($"{zone} {method} {path} {body}: {answer.StatusCode}");
                }
            }
        }

        Assert.Empty(faults);
    }

    [Fact]
    public async Task Tools_DateThatNobodyCanMean_IsAnErrorThatSaysSo()
    {
        await using var store = await StoreFixture.CreateAsync();
        var faults = new List<string>();
        foreach (var zone in Zones)
        {
            var user = await store.AddUserAsync(zone, zone);
            foreach (var (tool, arguments) in Dates.SelectMany(CallsWith))
            {
                var result = await user.CallAsync(tool, arguments);
                if (result.Outcome != ToolOutcome.Error || !result.Content.Contains(" date ", StringComparison.Ordinal))
                {
                    faults.Add($"{zone} {tool} {arguments}: {result.Outcome}: {result.Content}");
                }
            }
        }

        Assert.Empty(faults);
    }

    private static IEnumerable<(string Method, string Path, object? Body)> RequestsWith(string date)
    {
        var asked = Uri.EscapeDataString(date);
        return
        [
            ("POST", "api/todos", new { title = "x", due_date = date }),
            ("POST", "api/reminders", new { text = "x", remind_at = date }),
            ("POST", "api/calendar-events", new { title = "x", event_from = date, event_to = "2026-12-01T11:00" }),
            ("POST", "api/calendar-events", new { title = "x", event_from = "2026-12-01T10:00", event_to = date }),
            ("POST", "api/calendar-events", new { title = "x", event_from = "2026-12-01", event_to = "2026-12-01", recurrence = "FREQ=DAILY;UNTIL=99991231" }),
            ("GET", $"api/calendar-events?from={asked}", null),
            ("GET", $"api/calendar-events?to={asked}", null),
            ("GET", $"api/agenda?from={asked}", null),
            ("GET", $"api/agenda?from=2026-12-01&to={asked}", null),
            ("GET", $"api/free-time?duration_minutes=30&from={asked}", null),
            ("GET", $"api/free-time?duration_minutes=30&to={asked}", null),
        ];
    }

    private static IEnumerable<(string Tool, object Arguments)> CallsWith(string date) =>
    [
        ("create_todo", new { title = "x", due_date = date }),
        ("create_reminder", new { reminder_text = "x", reminder_date = date }),
        ("create_calendar_event", new { title = "x", event_from = date, event_to = "2026-12-01T11:00" }),
        ("create_calendar_event", new { title = "x", event_from = "2026-12-01T10:00", event_to = date }),
        ("get_calendar_events", new { from = date }),
        ("get_agenda", new { from = "2026-12-01", to = date }),
        ("find_free_time", new { duration_minutes = 30, from = date }),
    ];
}
