using System.Globalization;

namespace Convonet.Load.Client;

/// <summary>
/// The people whose sessions the load opens. A change of what somebody has is told to all of their windows: with one user for hundreds of sessions that would be
/// most of what is measured.
/// </summary>
internal static class Users
{
    /// <summary>How many: few, because a password costs the server a tenth of a second.</summary>
    private const int Count = 20;

    /// <summary>Makes their accounts.</summary>
    /// <returns>The cookie of each.</returns>
    public static async Task<string[]> RegisterAsync(Uri server)
    {
        // Each sees its own cookie alone.
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server };
        var cookies = new string[Count];
        for (var i = 0; i < Count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"user{i}");
            using var response = await http.PostAsJsonAsync("api/account/register", new { email = $"{name}@example.org", password = $"{name} measures the server", name });
            response.EnsureSuccessStatusCode();
            cookies[i] = response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        }

        return cookies;
    }
}
